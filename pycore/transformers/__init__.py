"""Transformers: attention, positions, blocks, and a whole encoder (lesson 04)."""
