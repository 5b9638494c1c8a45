"""Anything that acts: scripted experts, random choice, replay, models."""

from webagents.policies.loading import load_policy

__all__ = ["load_policy"]
