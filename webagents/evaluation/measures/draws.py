"""What several episodes of a task say: one of k, all of k, and how long until a success."""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import fmean
from typing import NamedTuple

from webagents.errors import UserError
from webagents.evaluation.measures.rates import check_count


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


class Passes(NamedTuple):
    """Both `pass_at_k` and `pass_hat_k`, as means over tasks."""

    k: int
    pass_at_k: float
    pass_hat_k: float


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


def passes(counts: Iterable[tuple[int, int]], k: int) -> Passes:
    """Both over several tasks, given as (successes, episodes) of each, each weighing the same.

    Where a task is played once on each of its seeds, k episodes are k seeds of the task.

    Raises:
        UserError: no task, or a draw that `pass_at_k` refuses.
    """
    tasks = list(counts)
    if not tasks:
        raise UserError("pass@k is of at least one task, none was given")
    return Passes(
        k,
        fmean(pass_at_k(episodes, successes, k) for successes, episodes in tasks),
        fmean(pass_hat_k(episodes, successes, k) for successes, episodes in tasks),
    )


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


def _check_draw(episodes: int, successes: int, k: int) -> None:
    check_count(successes, episodes)
    if not 1 <= k <= episodes:
        raise UserError(f"k is between 1 and the number of episodes ({episodes}), not {k}")
