"""The numbers an evaluation is judged by, each with its interval or estimator and their source.

A success is an episode the task itself judged solved; void episodes enter none of these.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist, fmean
from typing import NamedTuple

from webagents.errors import UserError


class Estimate(NamedTuple):
    """A rate and its interval, all in [0, 1]. Without data: mean nan, low 0.0, high 1.0."""

    mean: float
    low: float
    high: float


UNKNOWN = Estimate(math.nan, 0.0, 1.0)
"""What is known of a rate when nothing was played: nothing."""


class PassUntil(NamedTuple):
    """What sampling until enough successes found.

    mean: the unbiased estimate of the success rate; nan when nothing was sampled.
    successes, trials: how many were seen, in how many episodes.
    complete: whether the wanted successes came before the budget (or the outcomes) ran out.
    """

    mean: float
    successes: int
    trials: int
    complete: bool


def wilson(successes: int, episodes: int, confidence: float = 0.95) -> Estimate:
    """The success rate with Wilson's score interval; of 0 episodes, `UNKNOWN`.

    Unlike mean ± z·s it keeps a width at 0% and 100% and never leaves [0, 1].
    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference";
    recommended for small samples by Brown, Cai & DasGupta 2001.

    Raises:
        UserError: fewer than 0 or more successes than episodes, or a confidence outside (0, 1).
    """
    _check_count(successes, episodes)
    z = _two_sided_z(confidence)
    return _score_interval(successes / episodes, episodes, z) if episodes else UNKNOWN


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
    """
    tasks = [(successes, episodes) for successes, episodes in counts if episodes]
    for successes, episodes in tasks:
        _check_count(successes, episodes)
    z = _two_sided_z(confidence)
    if not tasks:
        return UNKNOWN
    smooth = [(successes + 0.5) / (episodes + 1) for successes, episodes in tasks]
    variance = (
        sum(r * (1 - r) / n for r, (_, n) in zip(smooth, tasks, strict=True)) / len(tasks) ** 2
    )
    middle = fmean(smooth)
    rate = fmean(successes / episodes for successes, episodes in tasks)
    return _score_interval(rate, middle * (1 - middle) / variance, z)


def pass_at_k(episodes: int, successes: int, k: int) -> float:
    """The chance that at least one of k episodes succeeds: 1 − C(n−c, k) / C(n, k), unbiased.

    Source: Chen et al. 2021, "Evaluating large language models trained on code", section 2.1.

    Raises:
        UserError: unless 0 <= successes <= episodes and 1 <= k <= episodes.
    """
    _check_draw(episodes, successes, k)
    return 1 - math.comb(episodes - successes, k) / math.comb(episodes, k)


def pass_hat_k(episodes: int, successes: int, k: int) -> float:
    """The chance that all of k episodes succeed (pass^k, reliability): C(c, k) / C(n, k), unbiased.

    Source: Yao et al. 2024, "tau-bench", section 4.

    Raises:
        UserError: unless 0 <= successes <= episodes and 1 <= k <= episodes.
    """
    _check_draw(episodes, successes, k)
    return math.comb(successes, k) / math.comb(episodes, k)


def composition_gap(composed: float, parts: Sequence[float]) -> float:
    """Success on a composed task less what its parts would give if they failed independently.

    S_composed − Π S_i: below 0 where composing costs more than its parts do alone. The rates must
    come from the same seeds.
    Source: Hosseini et al. 2024, "Not all LLM reasoners are created equal" (compositional GSM),
    for two parts; the product over n parts is the plain generalisation.

    Raises:
        UserError: no parts, or a rate outside [0, 1].
    """
    if not parts:
        raise UserError("a composition has at least one part, none was given")
    for rate in (composed, *parts):
        if not 0 <= rate <= 1:
            raise UserError(f"a success rate lies between 0 and 1, {rate!r} does not")
    return composed - math.prod(parts)


def pass_until(
    outcomes: Iterable[bool], *, successes: int = 2, budget: int | None = 1000
) -> PassUntil:
    """Samples outcomes until `successes` came or `budget` are spent; reads no further than that.

    With r successes wanted and the r-th at trial K the estimate is (r − 1) / (K − 1); with the
    budget spent first, the successes seen over the budget. Both together are exactly unbiased, at
    rates where a fixed 100 episodes would read 0%. The published r / K is biased upwards, and with
    r = 1 so is every estimate. The policy must sample (no greedy decoding) and stay as it is.
    Outcomes that end before the budget count as a budget of their number.
    Source: Hu et al. 2023, "Predicting emergent abilities with infinite resolution evaluation"
    (PassUntil); the estimator: Haldane 1945, "On a method of estimating frequencies".

    Raises:
        UserError: fewer than 2 wanted successes, or a budget below them.
    """
    if successes < 2:
        raise UserError(f"the estimate is biased below 2 successes, {successes} were asked for")
    if budget is not None and budget < successes:
        raise UserError(f"a budget of {budget} episodes has no room for {successes} successes")
    seen = trials = 0
    for outcome in outcomes:
        trials += 1
        seen += bool(outcome)
        if seen == successes:
            return PassUntil((seen - 1) / (trials - 1), seen, trials, True)
        if trials == budget:
            break
    return PassUntil(seen / trials if trials else math.nan, seen, trials, False)


def zero_success_bound(episodes: int, confidence: float = 0.95) -> float:
    """The rate above which no success at all in `episodes` would be a surprise; 1.0 of none.

    1 − (1 − confidence)^(1/n), the one-sided exact (Clopper & Pearson 1934) bound.
    """
    _two_sided_z(confidence)
    return 1.0 if episodes == 0 else 1 - (1 - confidence) ** (1 / episodes)


def _two_sided_z(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise UserError(f"a confidence lies between 0 and 1, {confidence!r} does not")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _score_interval(rate: float, episodes: float, z: float) -> Estimate:
    shrink = 1 + z**2 / episodes
    centre = (rate + z**2 / (2 * episodes)) / shrink
    half = z / shrink * math.sqrt(rate * (1 - rate) / episodes + z**2 / (4 * episodes**2))
    # At a rate of 0 or 1 one limit is the rate itself; rounding must not say otherwise.
    low = 0.0 if rate == 0 else max(0.0, centre - half)
    high = 1.0 if rate == 1 else min(1.0, centre + half)
    return Estimate(rate, low, high)


def _check_count(successes: int, episodes: int) -> None:
    if not 0 <= successes <= episodes:
        raise UserError(f"{successes} successes in {episodes} episodes cannot be")


def _check_draw(episodes: int, successes: int, k: int) -> None:
    _check_count(successes, episodes)
    if not 1 <= k <= episodes:
        raise UserError(f"k is between 1 and the number of episodes ({episodes}), not {k}")
