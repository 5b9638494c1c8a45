"""Training WebAgent's parts: a planner, and a program writer, on visits that went well.

::

    webagents collect --policy webagent:scripted,scripted --tasks @sites --out visits
    webagents train-part planner visits --out runs/planner --steps 3000

Source: Gur et al. 2024, WebAgent, section 3.2 (self-experience supervision).
"""

from webagents.training.parts.settings import PartTraining
from webagents.training.parts.teaching import Lore, PartTeacher, lore_of
from webagents.training.parts.training import train_part

__all__ = ["Lore", "PartTeacher", "PartTraining", "lore_of", "train_part"]
