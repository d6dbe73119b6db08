"""Tokenizers: from text to integers, and how the pieces are learned (lesson 02)."""
