"""A memory of how tasks were done, from a dataset of demonstrations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz, process

from webagents.data import Dataset

MOST_OF_A_TASK = 5
"""Exemplars kept of each task."""
_MOST_READ = 4 * MOST_OF_A_TASK
MOST_STEPS = 6
"""Steps of an exemplar; longer demonstrations are left out."""


class Exemplar(NamedTuple):
    """How a task was done: its pages and the action on each, in order."""

    task: str
    seed: int
    instruction: str
    steps: tuple[tuple[str, str], ...]


class Exemplars:
    """Exemplars, found by the likeness of their instructions."""

    def __init__(self, exemplars: Iterable[Exemplar]) -> None:
        self._exemplars = list(exemplars)
        self._instructions = [each.instruction for each in self._exemplars]

    @classmethod
    def read(cls, folder: Path) -> Exemplars:
        """The memory of a dataset: of each task its first few short demonstrations.

        Raises:
            UserError: there is no dataset there.
        """
        columns = ["episode_id", "task", "seed", "instruction", "html", "action"]
        found: dict[str, Exemplar] = {}
        begun: Counter[str] = Counter()
        for rows in Dataset(folder).batches(columns=columns):
            for row in rows.to_pylist():
                before = found.get(row["episode_id"])
                if before is None:
                    begun[row["task"]] += 1
                    if begun[row["task"]] > _MOST_READ:
                        continue
                steps = (*(before.steps if before else ()), (row["html"], row["action"]))
                found[row["episode_id"]] = Exemplar(
                    row["task"], row["seed"], row["instruction"], steps[: MOST_STEPS + 1]
                )
        counts: Counter[str] = Counter()
        kept = []
        for each in found.values():
            if len(each.steps) <= MOST_STEPS and counts[each.task] < MOST_OF_A_TASK:
                counts[each.task] += 1
                kept.append(each)
        return cls(kept)

    def nearest(self, instruction: str, number: int, *, but: tuple[str, int]) -> list[Exemplar]:
        """The exemplars whose instructions are most like this one, the most like last.

        but: task and seed of which none is shown: the episode's own.
        """
        ranked = process.extract(
            instruction, self._instructions, scorer=fuzz.token_set_ratio, limit=number + 1
        )
        like = [self._exemplars[place] for _, _, place in ranked]
        return [each for each in like if (each.task, each.seed) != but][:number][::-1]
