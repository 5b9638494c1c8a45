"""Intervals of numbers made from several rates: the bootstrap over shared seeds.

Legend of the arrays: R resamples and the data before them, S seeds, T tasks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from webagents.errors import UserError
from webagents.evaluation.measures.rates import check_confidence

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """A number of any size and its interval; both limits None where the data say nothing of it."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Resamples:
    """Seeds drawn again and again, the same draws for every task.

    Composed and base tasks are looked at on the same draws, so that what moves both moves their
    difference as little as it should. Tasks are not drawn: those of a benchmark are all there are.
    Source: Efron & Tibshirani 1993, "An introduction to the bootstrap", chapters 6 and 13.

    weights: (1 + R, S), how often each draw has each seed; row 0 is the data itself, once each.
    """

    weights: Floats

    @classmethod
    def draw(cls, seeds: int, *, resamples: int = 2000, seed: int = 0) -> Resamples:
        """`resamples` draws of as many seeds as there are, with replacement.

        seed: of the generator; the same seed gives the same draws.

        Raises:
            UserError: no seed, or no resample.
        """
        if seeds < 1 or resamples < 1:
            raise UserError(f"cannot draw {resamples} resamples of {seeds} seeds")
        chance = np.random.default_rng(seed)
        drawn = chance.multinomial(seeds, np.full(seeds, 1 / seeds), size=resamples)
        return cls(np.vstack([np.ones((1, seeds)), drawn]))

    def rates(self, outcomes: ArrayLike) -> Floats:
        """The success rates in the data and in every draw, (1 + R, T); nan where none was drawn.

        outcomes: (T, S), 1 for a success, 0 for a failure, nan where it was not played.
        """
        found = np.asarray(outcomes, float)
        played = np.isfinite(found)
        successes = self.weights @ np.where(played, found, 0.0).T
        episodes = self.weights @ played.T.astype(float)
        rates = np.full_like(successes, np.nan)
        np.divide(successes, episodes, out=rates, where=episodes > 0)
        return rates


def interval(values: ArrayLike, confidence: float = 0.95) -> Interval | None:
    """The first value with the percentile interval of the others; None where it is nan.

    Draws without a value are left out. Without any spread there are no limits: where all episodes
    ended alike, drawing them again cannot say how far off the number may be.

    values: (1 + R,), of the data and of every draw (see `Resamples.rates`).

    Raises:
        UserError: a confidence outside (0, 1).
    """
    check_confidence(confidence)
    found = np.asarray(values, float)
    value, drawn = float(found[0]), found[1:][np.isfinite(found[1:])]
    if not np.isfinite(value):
        return None
    if not drawn.size or np.all(drawn == value):
        return Interval(value, None, None)
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(value, float(low), float(high))


def bootstrap(
    statistic: Callable[[Floats], Floats],
    outcomes: ArrayLike,
    *,
    resamples: int = 2000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Interval | None:
    """A number made from several tasks' success rates, with its interval over shared seeds.

    ``bootstrap(lambda s: s[:, 0] - s[:, 1] * s[:, 2], [composed, first, second])`` is the
    composition gap. Seeds that not every task was played on are left out. None where the number
    does not exist (nan).

    statistic: of the rates (1 + R, T), one number for each row.
    outcomes: (T, S), 1 for a success, 0 for a failure, nan where it was not played.

    Raises:
        UserError: no seed that every task was played on, or as `interval`.
    """
    found = np.atleast_2d(np.asarray(outcomes, float))
    shared = found[:, np.isfinite(found).all(axis=0)]
    draws = Resamples.draw(shared.shape[1], resamples=resamples, seed=seed)
    return interval(statistic(draws.rates(shared)), confidence)
