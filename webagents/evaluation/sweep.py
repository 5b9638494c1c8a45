"""Several policies on one benchmark, such as a training's checkpoints, and how they compare."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

from rich.table import Table
from rich.text import Text

from webagents.errors import UserError, clipped
from webagents.evaluation.benchmark import Benchmark, BenchmarkConfig, Runs, named, run_benchmark
from webagents.evaluation.comparing import difference
from webagents.evaluation.formats import points
from webagents.evaluation.measures import Interval
from webagents.evaluation.report import Report
from webagents.evaluation.run import Play
from webagents.policies import load_policy
from webagents.progress import Shown, shown
from webagents.provenance import write

COMPARISON = "comparison.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepConfig(Runs):
    """What `sweep` does.

    policies: what plays, one after the other, see `evaluate`; the others are compared with the
        first.
    out: the folder in which each policy has the folder of its run.
    """

    policies: list[str]

    def __post_init__(self) -> None:
        Runs.__post_init__(self)
        if not self.policies:
            raise UserError("a sweep is of one policy at least; there is none")
        folders: dict[str, str] = {}
        for policy in self.policies:
            other = folders.setdefault(folder_of(policy), policy)
            if other != policy:
                raise UserError(
                    f"{clipped(other)} and {clipped(policy)} would have one folder, "
                    f"{folder_of(policy)}; sweep them apart, with another --out"
                )

    def runs(self) -> dict[str, BenchmarkConfig]:
        """The settings of each policy's run, each policy once."""
        shared = {each.name: getattr(self, each.name) for each in fields(Runs)}
        return {
            policy: BenchmarkConfig(
                policy=policy, **{**shared, "out": self.out / folder_of(policy)}
            )
            for policy in self.policies
        }


class Comparison(NamedTuple):
    """The reports of a sweep, by policy, in the order in which they were given."""

    benchmark: Benchmark
    reports: Mapping[str, Report]

    def against_first(self, policy: str) -> Interval | None:
        """How much more a policy succeeds than the first; None for that, or where none can say."""
        first, report = next(iter(self.reports.values())), self.reports[policy]
        return None if report is first else difference(report, first)

    def as_dict(self) -> dict[str, Any]:
        """The comparison as JSON values; numbers that do not exist are None."""
        return {
            "benchmark": {**asdict(self.benchmark), "plan": self.benchmark.plan},
            "policies": [self._row(policy, report) for policy, report in self.reports.items()],
        }

    def _row(self, policy: str, report: Report) -> dict[str, Any]:
        found, apart = report.overall, self.against_first(policy)
        return {
            "policy": policy,
            "run": folder_of(policy),
            "success": found.success._asdict() if found.episodes else None,
            "difference": apart and apart._asdict(),
            "reward": found.reward,
            "steps": found.steps,
            "episodes": found.episodes,
            "void": found.void,
            "tasks": {
                task: each.success.mean if each.episodes else None
                for task, each in report.tasks.items()
            },
        }


def folder_of(policy: str) -> str:
    """The name of a policy's folder: its own, without what names of files do not have."""
    return re.sub(r"[^\w.+-]+", "_", policy).strip("._") or "_"


def sweep(
    config: SweepConfig,
    *,
    begin: Callable[[str], None] = lambda policy: None,
    progress: Shown = shown,
    play: Play | None = None,
    browser: str = "",
) -> Comparison:
    """Plays every policy on the benchmark, or goes on with that, and compares them.

    Each has a run of its own, which is entered in the journal when it is done; the comparison is
    written beside them, to ``comparison.json``.

    begin: told each policy before it plays.
    play, browser: see `evaluate`.

    Raises:
        UnknownPolicy: one that cannot be loaded, before anything is played.
        UserError: see `run_benchmark`.
        KeyboardInterrupt: it was stopped; the same call resumes.
    """
    what = named(config.benchmark)
    runs = config.runs()
    for policy in runs:
        load_policy(policy, config.language())  # rather told now than after hours of playing
    reports = {}
    for policy, run in runs.items():
        begin(policy)
        reports[policy] = run_benchmark(run, progress=progress, play=play, browser=browser)
    made = Comparison(what, reports)
    write(config.out / COMPARISON, json.dumps(made.as_dict(), indent=2, allow_nan=False) + "\n")
    return made


def table_of(comparison: Comparison) -> Table:
    """The policies for the terminal, void episodes behind a +."""
    what = comparison.benchmark
    table = Table(
        title=Text(f"success on {what.name} v{what.version}"),
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    table.add_column("policy", overflow="fold")
    for column in ("success", "95% interval", "against the first", "reward", "steps", "episodes"):
        table.add_column(column, justify="right", no_wrap=True)
    for policy, report in comparison.reports.items():
        found = report.overall
        mean, low, high = found.success
        table.add_row(
            Text(policy),
            f"{mean:.1%}" if found.episodes else "-",
            f"{low:.1%} to {high:.1%}" if found.episodes else "-",
            _points(comparison.against_first(policy)),
            "-" if found.reward is None else f"{found.reward:.3f}",
            "-" if found.steps is None else f"{found.steps:.1f}",
            f"{found.episodes}+{found.void}" if found.void else str(found.episodes),
        )
    return table


def _points(apart: Interval | None) -> str:
    """A difference in percentage points, with its interval."""
    if apart is None:
        return ""
    value, low, high = apart
    return points(value) + (
        "" if low is None or high is None else f" ({points(low)} to {points(high)})"
    )
