"""Compares every registered task with Farama's `miniwob` package (being written)."""
