"""What the language model of a policy was asked: questions, tokens and costs of episodes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from webagents.types import Episode


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a language model was asked, those answers counted alike that were kept and paid before.

    questions: how many.
    prompt_tokens, completion_tokens: what it read and wrote, as it says.
    cost: of those tokens; None where no prices are known.
    """

    questions: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None

    def __add__(self, other: Asked) -> Asked:
        costs = [each.cost for each in (self, other) if each.cost is not None]
        return Asked(
            questions=self.questions + other.questions,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cost=sum(costs) if costs else None,
        )

    def as_dict(self) -> dict[str, int | float | None]:
        """The counts as JSON values; costs to a billionth, for sums of them are not exact."""
        return asdict(self) | {"cost": None if self.cost is None else round(self.cost, 9)}


def asked_in(episode: Episode) -> Asked | None:
    """What was asked for an episode, as its decisions' notes say; None where they do not."""
    found = [_read(step.notes["asked"]) for step in episode.steps if "asked" in step.notes]
    return total(each for each in found if each is not None)


def total(parts: Iterable[Asked | None]) -> Asked | None:
    """All of it; None where there is none."""
    known = [each for each in parts if each is not None]
    return sum(known[1:], known[0]) if known else None


def _read(told: Any) -> Asked | None:
    """A note of ours; None for what another policy may have noted under the name."""
    if not isinstance(told, Mapping) or told.keys() != {each.name for each in fields(Asked)}:
        return None
    numbers = [value for name, value in told.items() if name != "cost" or value is not None]
    counted = all(isinstance(each, int | float) and math.isfinite(each) for each in numbers)
    return Asked(**told) if counted else None
