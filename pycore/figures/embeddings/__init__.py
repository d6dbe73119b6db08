"""The figures of lesson 03, Embeddings."""
