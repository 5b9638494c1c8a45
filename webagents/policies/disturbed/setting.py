"""What a disturbance knows besides the page: what stays the same through an episode."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """An episode, as far as a disturbance of its pages depends on it.

    key: the disturbance, the task and the seed.
    instruction: what is to be done.
    """

    key: str
    instruction: str

    def dice(self, what: str = "") -> random.Random:
        """Chance, the same for the same thing of the same episode at every step."""
        return random.Random(f"{self.key}/{what}")
