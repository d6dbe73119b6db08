"""Figures of lesson 01, neural networks."""
