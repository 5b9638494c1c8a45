"""Which episodes to show of a large set: the same number of each task, spread over all it has."""

from __future__ import annotations

from collections.abc import Mapping


def sample(counts: Mapping[str, int], total: int | None) -> dict[str, set[int]]:
    """The places of the chosen episodes among those of their task, counted from 0.

    A task with fewer than its share leaves the rest to the others; where there are more tasks than
    episodes, the tasks that have one are spread over all.

    counts: how many episodes each task has.
    total: how many to choose; None: all.
    """
    if total is None:
        return {task: set(range(count)) for task, count in counts.items()}
    tasks = [task for task, count in counts.items() if count]
    chosen = {tasks[place] for place in _spread(len(tasks), total)}
    shares: dict[str, set[int]] = {task: set() for task in counts}
    left, waiting = total, sorted(chosen, key=lambda task: (counts[task], task))
    for number, task in enumerate(waiting):
        share = min(counts[task], left // (len(waiting) - number))
        shares[task] = _spread(counts[task], share)
        left -= share
    return shares


def _spread(count: int, wanted: int) -> set[int]:
    """So many of the first `count` numbers, or all there are, evenly spaced."""
    if wanted >= count:
        return set(range(count))
    return {place * count // wanted for place in range(wanted)}
