"""A dataset at a glance: how much there is of each task, and how long its pages are."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.compute as pc
from rich.table import Table

from webagents.data.dataset import Dataset

WORD = r"[A-Za-z]{1,6}|[^A-Za-z\s]"
"""What counts as a token: up to six letters, or one other sign that is no space.

An estimate for tokenizers that are trained on HTML and split digits, at 20 MB a second. Of markup,
a general tokenizer makes more tokens, of prose fewer.
"""


class Lengths(NamedTuple):
    """How some numbers are distributed; of none, all 0."""

    mean: float
    p50: int
    p95: int
    max: int

    @classmethod
    def of(cls, numbers: array[int]) -> Lengths:
        """The distribution of these."""
        if not numbers:
            return cls(0.0, 0, 0, 0)
        values = np.frombuffer(numbers, np.uint32)
        p50, p95 = np.percentile(values, (50, 95), method="inverted_cdf")
        return cls(float(values.mean()), int(p50), int(p95), int(values.max()))


class TaskSummary(NamedTuple):
    """What there is of one task, or of all.

    characters, tokens: the lengths of the steps' html; tokens are estimated, see `WORD`.
    """

    episodes: int
    steps: int
    successes: int
    characters: Lengths
    tokens: Lengths


class Summary(NamedTuple):
    """What there is in a dataset."""

    tasks: Mapping[str, TaskSummary]
    total: TaskSummary


def summarise(dataset: str | Path | Dataset) -> Summary:
    """Reads the pages of a dataset once, a few at a time; eight bytes a step are remembered.

    Raises:
        UserError: there is no dataset.
    """
    opened = dataset if isinstance(dataset, Dataset) else Dataset(dataset)
    characters: dict[str, array[int]] = {}
    tokens: dict[str, array[int]] = {}
    for batch in opened.batches(columns=["task", "html"]):
        names, html = batch.column("task").to_pylist(), batch.column("html")
        for found, counts in (
            (characters, pc.utf8_length(html)),
            (tokens, pc.count_substring_regex(html, pattern=WORD)),
        ):
            for name, count in zip(names, counts.to_pylist(), strict=True):
                found.setdefault(name, array("I")).append(count or 0)
    tasks = {
        name: TaskSummary(
            episodes=counts["episodes"],
            steps=counts["steps"],
            successes=counts["successes"],
            characters=Lengths.of(characters[name]),
            tokens=Lengths.of(tokens[name]),
        )
        for name, counts in opened.tasks.items()
    }
    total = TaskSummary(
        *(sum(getattr(task, name) for task in tasks.values()) for name in TaskSummary._fields[:3]),
        *(Lengths.of(sum(found.values(), array("I"))) for found in (characters, tokens)),
    )
    return Summary(tasks, total)


def table(summary: Summary) -> Table:
    """The summary for a terminal: a row a task, and the total."""
    shown = Table(title="episodes, and the tokens (estimated) of a step's html")
    shown.add_column("task", no_wrap=True)
    columns = ("episodes", "solved", "steps", "each", "mean", "median", "95%", "longest")
    for name in columns:
        shown.add_column(name, justify="right")
    for name, task in summary.tasks.items():
        shown.add_row(name, *_cells(task))
    shown.add_section()
    shown.add_row("all", *_cells(summary.total), style="bold")
    return shown


def _cells(task: TaskSummary) -> list[str]:
    each = task.steps / max(task.episodes, 1)
    return [
        *(f"{n:,}" for n in (task.episodes, task.successes, task.steps)),
        f"{each:.1f}",
        *(f"{n:,.0f}" for n in task.tokens),
    ]
