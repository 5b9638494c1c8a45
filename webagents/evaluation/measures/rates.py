"""A success rate and how far off it may be."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from statistics import NormalDist, fmean
from typing import NamedTuple

from webagents.errors import UserError
from webagents.evaluation.measures.beta import incomplete_beta


class Estimate(NamedTuple):
    """A rate and its interval, all in [0, 1]. Without data: mean nan, low 0.0, high 1.0."""

    mean: float
    low: float
    high: float


UNKNOWN = Estimate(math.nan, 0.0, 1.0)
"""What is known of a rate when nothing was played: nothing."""


def wilson(successes: int, episodes: int, confidence: float = 0.95) -> Estimate:
    """The success rate with Wilson's score interval; of 0 episodes, `UNKNOWN`.

    Unlike mean ± z·s it keeps a width at 0% and 100% and never leaves [0, 1].
    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference";
    recommended for small samples by Brown, Cai & DasGupta 2001.

    Raises:
        UserError: fewer than 0 or more successes than episodes, or a confidence outside (0, 1).
    """
    check_count(successes, episodes)
    z = two_sided_z(confidence)
    return _score_interval(successes / episodes, episodes, z) if episodes else UNKNOWN


def exact(successes: int, episodes: int, confidence: float = 0.95) -> Estimate:
    """The success rate with the exact interval; of 0 episodes, `UNKNOWN`.

    The rates at which neither this many successes or more, nor this many or fewer, are rarer than
    (1 − confidence) / 2. It never covers less than it says, and so is wider than Wilson's: for
    rates near 0% or 100% that have to be bounded for certain.
    Source: Clopper & Pearson 1934, "The use of confidence or fiducial limits illustrated in the
    case of the binomial"; a binomial's tail is I_p(k, n − k + 1).

    Raises:
        UserError: as `wilson`.
    """
    check_count(successes, episodes)
    check_confidence(confidence)
    if not episodes:
        return UNKNOWN
    tail = (1 - confidence) / 2
    failures = episodes - successes
    low, high = 0.0, 1.0
    if successes:
        low = _where(lambda p: incomplete_beta(successes, failures + 1, p) > tail)
    if failures:
        high = _where(lambda p: incomplete_beta(successes + 1, failures, p) > 1 - tail)
    return Estimate(successes / episodes, low, high)


def zero_success_bound(episodes: int, confidence: float = 0.95) -> float:
    """The rate above which no success at all in `episodes` would be a surprise; 1.0 of none.

    1 − (1 − confidence)^(1/n), the one-sided exact (Clopper & Pearson 1934) bound.

    Raises:
        UserError: a confidence outside (0, 1).
    """
    check_confidence(confidence)
    return 1.0 if episodes == 0 else 1 - (1 - confidence) ** (1 / episodes)


def macro(counts: Iterable[tuple[int, int]], confidence: float = 0.95) -> Estimate:
    """The mean of several tasks' success rates, given as (successes, episodes) of each.

    The tasks of a set are all there are, so only their episodes are a sample: the interval says
    what other seeds of the same tasks would give, not what other tasks would. It is Wilson's at
    the number of episodes that, drawn from one task, would vary as much as these do:

        N = m(1 − m) / v,  v = Σ r_i (1 − r_i) / n_i / T²,  m = Σ r_i / T

    with T tasks and r_i = (c_i + 1/2) / (n_i + 1), Jeffreys' rates, for v is never 0 then. Of one
    task, and of tasks that all succeed, this is exactly Wilson's interval of all their episodes; of
    tasks that differ it is narrower, as it should be. Simulated over 3 to 56 tasks of 1 to 100
    episodes it covers the true mean 93% to 100% of the time. Tasks without episodes are left out.
    Source: Wilson's interval at a design-based effective sample size, Korn & Graubard 1998,
    "Confidence intervals for proportions with small expected number of positive counts".

    Raises:
        UserError: as `wilson`.
    """
    tasks = [(successes, episodes) for successes, episodes in counts if episodes]
    for successes, episodes in tasks:
        check_count(successes, episodes)
    z = two_sided_z(confidence)
    if not tasks:
        return UNKNOWN
    smooth = [(successes + 0.5) / (episodes + 1) for successes, episodes in tasks]
    variance = (
        sum(r * (1 - r) / n for r, (_, n) in zip(smooth, tasks, strict=True)) / len(tasks) ** 2
    )
    middle = fmean(smooth)
    rate = fmean(successes / episodes for successes, episodes in tasks)
    return _score_interval(rate, middle * (1 - middle) / variance, z)


def check_count(successes: int, episodes: int) -> None:
    """Raises a `UserError` unless so many of the episodes can have been successes."""
    if not 0 <= successes <= episodes:
        raise UserError(f"{successes} successes in {episodes} episodes cannot be")


def check_confidence(confidence: float) -> None:
    """Raises a `UserError` unless it lies between 0 and 1."""
    if not 0 < confidence < 1:
        raise UserError(f"a confidence lies between 0 and 1, {confidence!r} does not")


def two_sided_z(confidence: float) -> float:
    """How many standard deviations to both sides of the mean hold that share of a normal variate.

    Raises:
        UserError: a confidence outside (0, 1).
    """
    check_confidence(confidence)
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _score_interval(rate: float, episodes: float, z: float) -> Estimate:
    shrink = 1 + z**2 / episodes
    centre = (rate + z**2 / (2 * episodes)) / shrink
    half = z / shrink * math.sqrt(rate * (1 - rate) / episodes + z**2 / (4 * episodes**2))
    # At a rate of 0 or 1 one limit is the rate itself; rounding must not say otherwise.
    low = 0.0 if rate == 0 else max(0.0, centre - half)
    high = 1.0 if rate == 1 else min(1.0, centre + half)
    return Estimate(rate, low, high)


def _where(beyond: Callable[[float], bool]) -> float:
    """The rate from which on `beyond` holds, by halving [0, 1] until no number lies between."""
    low, high = 0.0, 1.0
    while low < (middle := (low + high) / 2) < high:
        low, high = (low, middle) if beyond(middle) else (middle, high)
    return high
