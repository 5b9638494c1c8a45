"""Policies that ask a language model: for programs, or for one action after the other."""

from webagents.policies.planned.exemplars import Exemplar, Exemplars
from webagents.policies.planned.loading import METHODS, read_planned
from webagents.policies.planned.programs import ProgramPolicy
from webagents.policies.planned.prompted import RciPolicy, SynapsePolicy, ZeroShotPolicy

__all__ = [
    "METHODS",
    "Exemplar",
    "Exemplars",
    "ProgramPolicy",
    "RciPolicy",
    "SynapsePolicy",
    "ZeroShotPolicy",
    "read_planned",
]
