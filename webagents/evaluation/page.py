"""The report as one HTML file that needs nothing else, safe to open whatever the pages said.

Everything that a page or a policy wrote is escaped, and the file's own policy lets no script run
but the one written here.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, zip_longest
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from webagents.evaluation import formats, plots
from webagents.evaluation.compositions.plots import drawings
from webagents.evaluation.outcomes import FAILURES, Outcome, latest
from webagents.evaluation.report import Report, pooled
from webagents.progress import duration
from webagents.templates import environment, source


class Limits(NamedTuple):
    """How much of the failures the page shows, so that it stays small."""

    per_task: int = 3
    failures: int = 60
    moves: int = 40
    image_bytes: int = 12_000_000


@dataclass(frozen=True, slots=True)
class ShownFailure:
    """A failed episode as the page shows it.

    images: data URLs of its last screenshots; those the limits leave out are links.
    left_out: how many moves before the shown ones are not.
    """

    outcome: Outcome
    images: list[str]
    links: list[str]
    left_out: int


def render(
    report: Report,
    outcomes: Iterable[Outcome],
    folder: Path,
    tags: Mapping[str, Collection[str]] | None = None,
    limits: Limits = Limits(),  # noqa: B008 (a constant)
) -> str:
    """The page of a report.

    outcomes: the episodes the report was built from.
    folder: where their screenshots lie.
    tags: what each task needs; names of sets (``@...``) among them are passed over.
    """
    final = latest(outcomes)
    failed = [o for o in final if o.failure and not o.void]
    chosen = _spread(failed, limits)
    asked_tasks = [report.tasks[task] for task in report.asked]
    template = _TEMPLATES.get_template("report.html.jinja")
    script = Markup(source(_TEMPLATES, "report.js"))  # noqa: S704 (ours)
    return template.render(
        report=report,
        overall=report.overall,
        asked=report.asked_in_all,
        asked_episodes=sum(task.episodes + task.void for task in asked_tasks),
        kinds=Counter(o.failure for o in final),
        meanings=FAILURES,
        plots={name: Markup(svg) for name, svg in _plots(report, tags or {}).items()},  # noqa: S704 (matplotlib escapes)
        composition_plots={
            name: Markup(svg)  # noqa: S704 (matplotlib escapes)
            for name, svg in (drawings(report.composition) if report.composition else {}).items()
        },
        failures=_shown(chosen, folder, limits),
        failed=len(failed),
        voids=Counter(o.reason for o in final if o.void).most_common(20),
        by_task={
            task: Counter(outcome.failure for outcome in of_task)
            for task, of_task in groupby(final, lambda outcome: outcome.task)
        },
        style=Markup(source(_TEMPLATES, "report.css")),  # noqa: S704 (ours)
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _spread(failed: Sequence[Outcome], limits: Limits) -> list[Outcome]:
    """The failures to show: the first of every task, then the second, up to the limits.

    Those with screenshots come first within a task; the result is in order of task and seed.
    """
    queues: dict[str, list[Outcome]] = {}
    for outcome in sorted(failed, key=lambda o: (not o.screenshots, o.seed)):
        queue = queues.setdefault(outcome.task, [])
        if len(queue) < limits.per_task:
            queue.append(outcome)
    rounds = chain.from_iterable(zip_longest(*(queues[task] for task in sorted(queues))))
    return sorted([o for o in rounds if o][: limits.failures], key=lambda o: o.job)


def _shown(
    chosen: Iterable[Outcome], folder: Path, limits: Limits
) -> dict[str, list[ShownFailure]]:
    """The failures by task, their screenshots inside while there is room."""
    room = limits.image_bytes
    shown: dict[str, list[ShownFailure]] = {}
    for outcome in chosen:
        images, links = [], []
        for name in outcome.screenshots:
            path = folder / name
            size = path.stat().st_size if path.is_file() else math.inf
            if size <= room:
                room -= int(size)
                images.append(
                    f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"
                )
            else:
                links.append(name)
        left_out = max(0, len(outcome.moves) - limits.moves)
        shown.setdefault(outcome.task, []).append(ShownFailure(outcome, images, links, left_out))
    return shown


def _plots(report: Report, tags: Mapping[str, Collection[str]]) -> dict[str, str]:
    """The plots that there is something to draw for, by name."""
    drawn: dict[str, str] = {}
    tasks = {name: task.success for name, task in report.tasks.items() if task.episodes}
    if len(tasks) > 1:
        drawn["tasks"] = plots.success_by_task(tasks)
    members: dict[str, list[str]] = {}
    for task in tasks:
        for tag in tags.get(task, ()):
            if not tag.startswith("@"):
                members.setdefault(tag, []).append(task)
    if len(tasks) > 1 and members:
        drawn["tags"] = plots.success_by_tag(
            {t: pooled(report.tasks, m, report.episodes).success for t, m in members.items()},
            {tag: len(tasks_of) for tag, tasks_of in members.items()},
        )
    if tasks:
        drawn["steps"] = plots.steps_taken(report.episodes)
    return drawn


_TEMPLATES = environment("webagents", "evaluation")
_TEMPLATES.filters.update(
    breakable=formats.breakable,
    clip=formats.clip,
    duration=duration,
    interval=formats.interval,
    minus=formats.minus,
    money=formats.money,
    number=formats.number,
    p_value=formats.p_value,
    percent=formats.percent,
    points=formats.points,
    rate=formats.rate,
    share=formats.share,
)
