"""The rates behind a comparison, in the data and in every draw of the seeds.

Legend of the arrays: R resamples and the data before them, S seeds, T tasks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webagents.evaluation.measures.resampling import Floats, Resamples
from webagents.evaluation.outcomes import Outcome

Bools = NDArray[np.bool_]

CELLS = 20_000_000
"""How many numbers all draws of the seeds hold at most, 160 MB: beyond, there are fewer draws."""


class Played:
    """Outcomes as a table with a row for each task and a column for each seed, and the draws.

    outcomes: of each task, in the order of their seeds.
    draws, resamples: of the seeds, the same for every rate; how many there are.
    """

    def __init__(self, outcomes: Iterable[Outcome], resamples: int) -> None:
        self.outcomes: dict[str, list[Outcome]] = {}
        for outcome in sorted(outcomes, key=lambda o: o.seed):
            self.outcomes.setdefault(outcome.task, []).append(outcome)
        seeds = sorted({o.seed for found in self.outcomes.values() for o in found})
        self._columns = {seed: column for column, seed in enumerate(seeds)}
        self._success = {task: self._row(found) for task, found in self.outcomes.items()}
        self.resamples = min(resamples, max(200, CELLS // len(seeds)))
        self.draws = Resamples.draw(len(seeds), resamples=self.resamples)

    def counts(self, task: str) -> tuple[int, int]:
        """How many of the task's episodes succeeded, and how many there are."""
        found = self.outcomes[task]
        return sum(bool(outcome.success) for outcome in found), len(found)

    def shared(self, tasks: Iterable[str]) -> Bools:
        """The seeds on which all of the tasks count, (S,)."""
        rows = [np.isfinite(self._success[task]) for task in tasks]
        return np.asarray(np.logical_and.reduce(rows), bool)

    def rates(self, tasks: Iterable[str], seeds: Bools) -> Floats:
        """The tasks' success rates over these seeds, (T, 1 + R)."""
        rows = [self._success[task] for task in tasks]
        return self.draws.rates(np.where(seeds, rows, np.nan)).T

    def base(self, compared: Iterable[Drawn]) -> Floats:
        """The mean rate of all their different parts, each over the seeds it is needed for."""
        needed: dict[str, Bools] = {}
        for one in compared:
            for part in one.parts:
                needed[part] = needed.get(part, np.zeros_like(one.shared)) | one.shared
        rows = [np.where(seeds, self._success[part], np.nan) for part, seeds in needed.items()]
        return mean_of(self.draws.rates(rows).T if rows else [])

    def hops(self, task: str, parts: Sequence[str]) -> list[DrawnHop]:
        """What each part took; nothing where no episode tells of that many parts."""
        flags = np.full((len(parts), len(self._columns)), np.nan)
        for outcome in self.outcomes[task]:
            if len(outcome.subtasks) == len(parts):
                flags[:, self._columns[outcome.seed]] = list(outcome.subtasks.values())
        told = np.isfinite(flags[0])
        if not told.any():
            return []
        hops = []
        reached = told
        for part, done in zip(parts, flags, strict=True):
            alone = self._success.get(part, np.full_like(done, np.nan))
            seeds = told & np.isfinite(alone)
            seeds = seeds if seeds.any() else told
            rows = [np.where(reached & seeds, done, np.nan), np.where(seeds, alone, np.nan)]
            rate, rate_alone = self.draws.rates(rows).T
            hops.append(DrawnHop(part, int((reached & seeds).sum()), rate, rate_alone))
            reached = reached & (done == 1)
        return hops

    def _row(self, outcomes: Iterable[Outcome]) -> Floats:
        row = np.full(len(self._columns), np.nan)
        for outcome in outcomes:
            row[self._columns[outcome.seed]] = bool(outcome.success)
        return row


@dataclass(frozen=True, slots=True)
class DrawnHop:
    """A part's rate after the parts before it and alone, (1 + R,) each; nan where unknown."""

    part: str
    reached: int
    rate: Floats
    alone: Floats

    @property
    def cost(self) -> Floats:
        """The one less the other."""
        return self.rate - self.alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A composed task's rates over the seeds it shares with all its parts, (1 + R,) each.

    parts: the rate of each different part.
    shared: those seeds, (S,).
    missing: parts that were not played on any of its seeds.
    """

    composed: Floats
    product: Floats
    base: Floats
    parts: dict[str, Floats]
    shared: Bools
    missing: tuple[str, ...]
    hops: list[DrawnHop]

    @classmethod
    def of(cls, played: Played, task: str, parts: Sequence[str]) -> Drawn:
        """The rates of one task and its parts."""
        different = list(dict.fromkeys(parts))
        missing = tuple(
            part
            for part in different
            if part not in played.outcomes or not played.shared([task, part]).any()
        )
        shared = np.zeros_like(played.shared([task]))
        if not missing:
            shared = played.shared([task, *different])
        there = [part for part in different if part not in missing]
        composed, *rates = played.rates([task, *there], shared)
        by_part = dict(zip(there, rates, strict=True))
        unknown = np.full_like(composed, np.nan)
        return cls(
            composed=composed,
            product=unknown if missing else np.prod([by_part[p] for p in parts], axis=0),
            base=unknown if missing else np.mean(rates, axis=0),
            parts=by_part,
            shared=shared,
            missing=missing,
            hops=played.hops(task, parts),
        )

    @property
    def seeds(self) -> int:
        """On how many seeds the task and all its parts count."""
        return int(self.shared.sum())

    @property
    def compared(self) -> bool:
        """Whether there is such a seed."""
        return self.seeds > 0

    @property
    def gap(self) -> Floats:
        """The composition gap."""
        return self.composed - self.product


def mean_of(rates: Sequence[Floats] | Floats) -> Floats:
    """The mean over tasks (T, 1 + R) in the data and every draw, over those that have a value.

    Of no tasks: nan.
    """
    stacked = np.asarray(rates, float) if len(rates) else np.full((1, 1), np.nan)
    known = np.isfinite(stacked)
    number = known.sum(axis=0)
    mean = np.full(number.shape, np.nan)
    np.divide(np.where(known, stacked, 0.0).sum(axis=0), number, out=mean, where=number > 0)
    return mean


def relative(known: Floats, composed: Floats) -> Floats:
    """The relative gap in the data and every draw, nan where nothing could be lost."""
    gap = np.full(known.shape, np.nan)
    np.divide(known - composed, known, out=gap, where=known > 0)
    return gap


def first(values: Floats) -> float | None:
    """What the data give, without the draws; None where that is nothing."""
    return float(values[0]) if np.isfinite(values[0]) else None
