"""How often which task is learned from: shares of its episodes, drawn anew in every epoch.

A share follows from what there is of each task and from how well the policy does in it. Nothing is
repeated within an epoch: of the task that is to weigh most all is taken, of the others less.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from statistics import fmean
from typing import Literal, get_args

from webagents.data.mixing import rebalance
from webagents.data.stream import Held

Balance = Literal["none", "uniform", "weak", "html-t5++"]

BALANCES: tuple[Balance, ...] = get_args(Balance)

BY_RATES = frozenset({"weak", "html-t5++"})
"""Those that look at how well the policy does in each task."""

LEAST_FAILURE = 0.1
"""What a task that is solved counts for where weights are rates of failure, so that it is not
forgotten: a tenth of one that always fails. Our choice."""

Rates = Mapping[str, float]
"""The success rate, 0 to 1, in each task that was played."""


def shares_of(balance: Balance, held: Mapping[str, Held], rates: Rates) -> dict[str, float]:
    """The share, 0 to 1, of each task's episodes that an epoch takes; the largest is 1.

    none: all of every task.
    uniform: as many steps of every task, for it is steps that are learned from.
    weak: of every task steps in proportion to its rate of failure, at least `LEAST_FAILURE`, times
        the root of its steps an episode, for one wrong step spoils all; a task that was not played
        counts as the mean of those that were. Without rates, uniform. The root is our choice.
    html-t5++: HTML-T5++'s recipe by `rebalance`: the weakest tasks' episodes more often, by 77/347
        of all there are, and half of those of easy tasks. Without rates, none.

    held: what there is of each task, all of its splits' episodes or steps above 0.
    """
    weights = _WEIGHTS[balance](held, rates)
    most = max(weights.values(), default=1.0)
    return {task: weight / most for task, weight in weights.items()}


def _none(held: Mapping[str, Held], rates: Rates) -> dict[str, float]:
    return dict.fromkeys(held, 1.0)


def _uniform(held: Mapping[str, Held], rates: Rates) -> dict[str, float]:
    return {task: 1 / one.steps for task, one in held.items()}


def _weak(held: Mapping[str, Held], rates: Rates) -> dict[str, float]:
    failures = {task: max(1 - rates[task], LEAST_FAILURE) for task in sorted(held) if task in rates}
    if not failures:
        return _uniform(held, rates)
    usual = fmean(failures.values())
    return {
        task: failures.get(task, usual) / one.steps * sqrt(one.steps / one.episodes)
        for task, one in held.items()
    }


def _html_t5pp(held: Mapping[str, Held], rates: Rates) -> dict[str, float]:
    counts = {task: one.episodes for task, one in held.items()}
    without_end = dict.fromkeys(counts, sum(counts.values()))
    quotas = rebalance(counts, rates, without_end)
    return {task: sum(quotas[task]) / counts[task] for task in held}


_WEIGHTS: Mapping[Balance, Callable[[Mapping[str, Held], Rates], dict[str, float]]] = {
    "none": _none,
    "uniform": _uniform,
    "weak": _weak,
    "html-t5++": _html_t5pp,
}
