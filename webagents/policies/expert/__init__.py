"""Scripted experts: one small function a task, by families, that sees what any policy sees."""

from webagents.policies.expert.policy import ExpertPolicy
from webagents.policies.expert.sight import STEADY

__all__ = ["STEADY", "ExpertPolicy"]
