"""Our own planner and program writer: small networks that point at elements and copy words."""

from webagents.planners.compact.asking import planner_prompt, writer_prompt
from webagents.planners.compact.parts import CompactPlanner, CompactWriter, Part
from webagents.planners.compact.tongue import KINDS, Clause, Kind, Tongue

__all__ = [
    "KINDS",
    "Clause",
    "CompactPlanner",
    "CompactWriter",
    "Kind",
    "Part",
    "Tongue",
    "planner_prompt",
    "writer_prompt",
]
