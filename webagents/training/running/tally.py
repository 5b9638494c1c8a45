"""What a person is told of a run while it goes on."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import NamedTuple

from webagents.progress import Finished, Tally, duration
from webagents.training.running.trials import Standing


class StepDone(NamedTuple):
    """What progress is told of a step; `steps` counts its tokens."""

    steps: int
    loss: float
    success: bool | None = None
    void: bool = False


@dataclass(slots=True)
class StepTally(Tally):
    """Counts steps, and tells the loss of the last, and the success of the best trial."""

    unit: str = "steps"
    losses: list[float] = field(default_factory=list)
    standing: Standing = field(default_factory=Standing)

    def add(self, finished: Finished) -> None:
        """Counts a step of this session."""
        Tally.add(self, finished)
        self.losses = [*self.losses[-19:], getattr(finished, "loss", math.nan)]

    def __str__(self) -> str:
        seconds = max(time.monotonic() - self.started, 1e-9)
        if not self.fresh_done:
            return ""
        left = duration((self.total - self.done) * seconds / self.fresh_done)
        loss = sum(self.losses) / max(len(self.losses), 1)
        words = f"loss {loss:.3f} · {self.steps / seconds:,.0f} tokens/s · {left} left"
        best = self.standing.best
        return words if best is None else f"best success {best:.1%} · {words}"
