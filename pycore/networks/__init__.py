"""Neural networks: reverse-mode differentiation, layers, losses and optimisers (lesson 01)."""
