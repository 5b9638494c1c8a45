"""Benchmarks: which tasks, seeds and settings a result is of, in a file; and runs of them.

A benchmark is a JSON file, one of ``envs/benchmarks`` or one's own::

    {"version": 1, "about": "...", "tasks": "@webgum56", "episodes": 100, "seed_start": 0,
     "settings": {"split": "test"}}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from webagents.envs import catalogue
from webagents.errors import UserError, clipped
from webagents.evaluation import journal
from webagents.evaluation.report import Report
from webagents.evaluation.run import EvaluateConfig, Play, evaluate
from webagents.planners.settings import LanguageSettings
from webagents.progress import Shown, shown
from webagents.resources import content

SETTINGS = ("screenshots", "view", "clicks", "layout", "goals", "split", "time_limit", "clock")
"""The settings of `EvaluateConfig` that a benchmark may fix; others are as by default."""

JOURNAL = Path("runs/journal.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """What is played.

    name: the file's name, without ``.json``.
    tasks: ids, sets and globs, by comma.
    episodes: how many a task, on the seeds from `seed_start` on.
    settings: how, by the names of `SETTINGS`.
    version: grows with each change after which results are others.
    about: what it is, in a line.
    """

    name: str
    tasks: str
    episodes: int
    seed_start: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1
    about: str = ""

    @property
    def plan(self) -> str:
        """A digest of all that is played: results of the same plan can be compared.

        It is of the tasks' ids, not of the sets' names, for sets may change.
        """
        ids = [spec.id for spec in catalogue.select(self.tasks)]
        told = [ids, self.episodes, self.seed_start, sorted(self.settings.items())]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]

    @classmethod
    def read(cls, path: Path) -> Benchmark:
        """The benchmark of a file.

        Raises:
            UserError: there is none, or it is not of this form.
        """
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UserError(f"no benchmark can be read from {path}: {error}") from error
        known = [each.name for each in fields(cls) if each.name != "name"]
        if not isinstance(told, dict) or not {"tasks", "episodes"} <= told.keys() <= set(known):
            raise UserError(
                f"{path} is no benchmark: an object with tasks and episodes, and nothing but "
                f"{', '.join(known)}"
            )
        made = cls(name=path.stem, **told)
        for name, kind in (
            ("tasks", str),
            ("episodes", int),
            ("seed_start", int),
            ("version", int),
            ("about", str),
            ("settings", dict),
        ):
            if not isinstance(getattr(made, name), kind):
                raise UserError(f"{path}: {name}={clipped(getattr(made, name))} cannot be")
        if unknown := sorted(set(made.settings) - set(SETTINGS)):
            there = ", ".join(SETTINGS)
            raise UserError(f"{path}: no setting {clipped(unknown[0])}; there are {there}")
        return made


def shipped() -> dict[str, Benchmark]:
    """The benchmarks that come with the package, by name."""
    files = sorted(content("envs", "benchmarks").glob("*.json"))
    return {path.stem: Benchmark.read(path) for path in files}


def named(name: str) -> Benchmark:
    """The benchmark of a name, or of a file ``*.json``.

    Raises:
        UserError: there is none.
    """
    if name.endswith(".json"):
        return Benchmark.read(Path(name))
    known = shipped()
    if name not in known:
        there = ", ".join(known)
        raise UserError(f"no benchmark {clipped(name)}; there are {there}, or a *.json of yours")
    return known[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs(LanguageSettings):
    """How a benchmark is run, whoever plays.

    benchmark: the name of one of ours, or a JSON file of your own.
    out: the folder of the run, see `evaluate`.
    journal: the file to which a line is added when the run is done.
    comment: a word about the run, for the journal.
    workers: how many pages are played at once.
    engine: "local" or "ray", see `evaluate`.
    players: over how many of Ray's actors the pages are spread.
    deciders: how many of Ray's actors hold the policy, see `evaluate`.
    remote: addresses of environment servers, by comma, on which the pages are then.
    """

    benchmark: str
    out: Path
    journal: Path = JOURNAL
    comment: str = ""
    workers: int = 4
    engine: str = "local"
    players: int | None = None
    deciders: int = 1
    remote: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkConfig(Runs):
    """What `benchmark` does.

    policy: what plays, see `evaluate`.
    """

    policy: str

    def of_run(self, what: Benchmark) -> EvaluateConfig:
        """The settings of the evaluation that it is.

        Raises:
            UserError: the benchmark's settings cannot be.
        """
        language = {each.name: getattr(self, each.name) for each in fields(LanguageSettings)}
        return EvaluateConfig(
            policy=self.policy,
            tasks=what.tasks,
            out=self.out,
            episodes=what.episodes,
            seed_start=what.seed_start,
            workers=self.workers,
            engine=self.engine,
            players=self.players,
            deciders=self.deciders,
            remote=self.remote,
            **what.settings,
            **language,
        )


def run_benchmark(
    config: BenchmarkConfig,
    *,
    progress: Shown = shown,
    play: Play | None = None,
    browser: str = "",
) -> Report:
    """Plays a policy on a benchmark, or goes on with that, and enters the result in the journal.

    play, browser: see `evaluate`.

    Raises:
        UserError: no such benchmark, or a journal that is none; see `evaluate` as well.
        KeyboardInterrupt: it was stopped, and is not in the journal; the same call resumes.
    """
    what = named(config.benchmark)
    kept = journal.opened(config.journal)  # rather told now than after hours of playing
    report = evaluate(config.of_run(what), progress=progress, play=play, browser=browser)
    told = {**asdict(what), "plan": what.plan}
    del told["about"]
    entry = journal.Entry.of(report, told, folder=config.out, comment=config.comment)
    journal.append(kept, entry)
    return report
