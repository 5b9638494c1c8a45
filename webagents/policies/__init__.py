"""Anything that acts: scripted experts, random choice, replay, models."""
