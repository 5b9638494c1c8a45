"""How many episodes of which task: HTML-T5++'s recipe."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

ADDED = 77_000 / 347_000
WEAK_TASKS = 16
EASY_FROM = 0.8
KEPT_OF_EASY = 0.5
"""HTML-T5++'s numbers: 77K demonstrations of 16 weak tasks joined WebGUM's 347K, and of the easy
tasks' episodes every other was left out: 424K became 282K, and success 95.2% where it was 85.6%
(94.1% with the 77K alone). Source: Furuta et al. 2024, "Exposing Limitations of Language Model
Agents in Sequential-Task Compositions on the Web" (TMLR, arXiv 2311.18751), section 4.5.

Which tasks were easy, and how many of the 77K each weak one got, was not found: a success rate of
0.8 is what the paper's classes are said to begin at, and the shares are even here. Of WebGUM's
counts and HTML-T5-XL's rates, this makes 265K, with 12 weak tasks below 0.8."""


class Quota(NamedTuple):
    """How many episodes of a task are taken, at most.

    base: of those there are.
    extra: of those that are added.
    """

    base: int
    extra: int


def rebalance(
    counts: Mapping[str, int],
    rates: Mapping[str, float],
    extra: Mapping[str, int],
    *,
    added: float = ADDED,
    weak_tasks: int = WEAK_TASKS,
    easy_from: float = EASY_FROM,
    kept_of_easy: float = KEPT_OF_EASY,
) -> dict[str, Quota]:
    """What is taken of each task so that weak ones weigh more and easy ones less.

    A task without a rate is neither weak nor easy: it is taken as it is, and nothing is added.

    counts: how many episodes there are of each task.
    rates: the success rate in each task, 0 to 1, of a model trained on them.
    extra: how many more there are in the sources that are added from.
    added: how many are added in all, as a share of those there are.
    weak_tasks: how many tasks are added to: those with the lowest rates, none of them easy.
    easy_from: the success rate from which a task is easy.
    kept_of_easy: the share that is kept of an easy task's episodes, rounded up.
    """
    easy = {task for task, rate in rates.items() if rate >= easy_from}
    open_to_more = (task for task in rates if task not in easy and extra.get(task))
    weak = sorted(open_to_more, key=lambda task: (rates[task], task))[:weak_tasks]
    shares = _even(round(added * sum(counts.values())), {task: extra[task] for task in weak})
    return {
        task: Quota(
            base=share_of(counts.get(task, 0), kept_of_easy if task in easy else 1.0),
            extra=shares.get(task, 0),
        )
        for task in sorted({*counts, *extra})
    }


def share_of(number: int, share: float) -> int:
    """A share of a number, rounded up, so that a small task does not vanish."""
    return math.ceil(round(number * share, 6))


def _even(wanted: int, there: Mapping[str, int]) -> dict[str, int]:
    """Shares as even as what there is allows: what one cannot give, the others do."""
    shares: dict[str, int] = {}
    left = wanted
    for done, task in enumerate(sorted(there, key=lambda task: (there[task], task))):
        shares[task] = min(there[task], left // (len(there) - done))
        left -= shares[task]
    return shares
