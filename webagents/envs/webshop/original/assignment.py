"""Which goal a session is given: that of a number, or one by chance.

Source: princeton-nlp/WebShop, envs/web_agent_text_env.py, `SimServer.receive`.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

from webagents.envs.webshop.catalogue.goals import Goals
from webagents.errors import UserError

Goal = Mapping[str, Any]


def numbered(goals: Iterable[Goal] | Mapping[Any, Any]) -> Sequence[Goal] | Mapping[int, Goal]:
    """Goals by number, from any collection of them, a mapping of numbers, or one goal alone."""
    if isinstance(goals, Mapping):
        return [goals] if "instruction_text" in goals else goals
    return goals if isinstance(goals, Sequence) else list(goals)


class Assignment:
    """Gives goals to sessions.

    goals: the original's goals, as a list or by number.
    rng: for goals by chance.
    """

    def __init__(self, goals: Sequence[Goal] | Mapping[int, Goal], rng: random.Random) -> None:
        self.goals = goals
        self._rng = rng

    def numbered(self, number: int) -> Goal:
        """The goal of a number; where there is one goal alone, that one.

        Raises:
            UserError: there is none of that number.
        """
        try:
            return self.goals[number]
        except (IndexError, KeyError):
            count = len(self.goals)
            if count == 1:
                return self.drawn()
            raise UserError(f"no goal {number}; there are {count} goals, counted from 0") from None

    def drawn(self) -> Goal:
        """A goal by chance, as the original draws it.

        Each goal is drawn by the weight of the one before it, the last by its own as well.

        Raises:
            UserError: there are no goals.
        """
        numbers, ends = self._ends
        drawn = bisect(ends, self._rng.uniform(0, ends[-1]))
        return self.goals[numbers[min(drawn, len(numbers) - 1)]]

    @cached_property
    def _ends(self) -> tuple[Sequence[int], list[float]]:
        """The goals' numbers, and their weights summed up, from 0."""
        goals = self.goals
        numbers = list(goals) if isinstance(goals, Mapping) else range(len(goals))
        if not numbers:
            raise UserError("there are no goals; give at least one")
        if isinstance(goals, Goals):
            weights = goals.all_weights().tolist()
        else:
            weights = [goals[number].get("weight", 1) for number in numbers]
        return numbers, list(accumulate(weights, initial=0.0))
