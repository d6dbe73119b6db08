"""Embeddings: word vectors, how they are learned, compared and searched (lesson 03)."""
