"""Reports beside one another: what a policy is better by, on the same tasks and seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from webagents.evaluation.measures import Interval, bootstrap
from webagents.evaluation.measures.resampling import Floats
from webagents.evaluation.report import Report


def difference(one: Report, other: Report) -> Interval | None:
    """How much higher the mean success over tasks is in one report, with its 95% interval.

    It is paired: of the tasks both have, on the seeds on which every one of them counts in both.
    None where there is no such seed.
    """
    tasks = sorted(one.tasks.keys() & other.tasks.keys())
    seeds = sorted({episode.seed for report in (one, other) for episode in report.episodes})
    found = np.concatenate([_outcomes(report, tasks, seeds) for report in (one, other)])
    if not tasks or not np.isfinite(found).all(axis=0).any():
        return None

    def higher(rates: Floats) -> Floats:
        means: Floats = (rates[:, : len(tasks)] - rates[:, len(tasks) :]).mean(axis=1)
        return means

    return bootstrap(higher, found)


def _outcomes(report: Report, tasks: Sequence[str], seeds: Sequence[int]) -> Floats:
    """1 for a success, 0 for a failure, nan for what does not count, (tasks, seeds)."""
    rows = {task: row for row, task in enumerate(tasks)}
    columns = {seed: column for column, seed in enumerate(seeds)}
    found = np.full((len(tasks), len(seeds)), np.nan)
    for episode in report.episodes:
        if episode.success is not None and episode.task in rows:
            found[rows[episode.task], columns[episode.seed]] = episode.success
    return found
