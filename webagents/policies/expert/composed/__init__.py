"""Composed tasks, solved by the experts of their parts: each is shown its own part of the page."""

from webagents.policies.expert.composed.naming import parts_of
from webagents.policies.expert.composed.solving import solve

__all__ = ["parts_of", "solve"]
