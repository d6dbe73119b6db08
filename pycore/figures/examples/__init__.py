"""Figures of no lesson: what the author guide shows, and what a course for tests is made of."""
