"""One evaluation from its settings to its report: plan, play, keep, report; resumed if need be."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from webagents.envs import catalogue
from webagents.errors import UserError, check_least, clipped
from webagents.evaluation import page
from webagents.evaluation.folder import RunFolder
from webagents.evaluation.outcomes import Outcome, latest
from webagents.evaluation.report import Report, build
from webagents.planners import settings
from webagents.planners.settings import LanguageSettings
from webagents.policies import load_policy
from webagents.policies.weights import weights_of
from webagents.progress import Shown, Tally, shown
from webagents.provenance import current_versions, write
from webagents.rollout import Job, rollout
from webagents.types import Episode, TaskSpec

log = logging.getLogger(__name__)

CHOICES: dict[str, tuple[str | None, ...]] = {
    "view": ("text", "visual"),
    "clicks": (None, "element", "pointer"),
    "time_limit": ("none", "original"),
    "clock": ("virtual", "real"),
    "keep": ("failures", "all", "none"),
    "layout": ("original", "moved"),
    "goals": ("human", "synthetic"),
    "split": ("test", "dev", "train", "all"),
    "engine": ("local", "ray"),
}
"""The settings that are one of a few words."""

FREE = {"out", "workers", "players", "deciders", "engine", "remote", "keep", "keep_per_task"}
FREE |= settings.FREE
"""The settings that change no episode, and so may differ when a run is resumed."""

Play = Callable[[Sequence[Job]], Iterator[Episode]]
"""Plays jobs and yields their episodes as they finish, in any order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateConfig(LanguageSettings):
    """What `evaluate` does.

    policy: what plays: a name (``expert``), ``replay:PATH``, a checkpoint, ``module:Class``, or
        ``llm:METHOD`` with --llm.
    tasks: what is played: ids, sets (``@webgum56``) and globs (``miniwob.click-*``), by comma.
    out: the folder of the run; new, empty, or an evaluation with the same settings to resume.
    episodes: how many a task, on as many seeds.
    seed_start: the first seed.
    workers: how many pages are played at once.
    screenshots: whether the policy sees screenshots; without, the report shows none either.
    view: what the html carries: "text", or "visual" with boxes, colours and shapes.
    clicks: "element" or "pointer"; None is each environment's own default.
    pages: a folder of the public CompWoB pages to play composed tasks on, instead of ours.
    layout: "original", or "moved" for MiniWoB's and CompWoB's pages with their parts elsewhere.
    shop: the catalogue WebShop is played on: an imported one's name, or a folder; None is ours.
    goals: WebShop's goals, "human" or "synthetic".
    split: the split that seeds stand for in WebShop's goals and the websites' requests: "test",
        "dev", "train" or "all".
    time_limit: "none", or "original" for the page's own.
    clock: "virtual" (exactly repeatable) or "real".
    engine: "local", or "ray" for the Ray cluster that RAY_ADDRESS names, or this machine.
    players: over how many of its actors the pages are spread; None: one for 2 pages.
    deciders: how many of its actors hold the policy, where it is a network.
    remote: addresses of environment servers (``http://127.0.0.1:8000``), by comma, on which the
        pages are then, spread evenly; $WEBAGENTS_TOKEN is their token.
    keep: whose last screenshots are stored: "failures", "all" or "none".
    keep_per_task: of how many episodes a task they are stored at most.
    """

    policy: str
    tasks: str
    out: Path
    episodes: int = 10
    seed_start: int = 0
    workers: int = 4
    screenshots: bool = True
    view: str = "text"
    clicks: str | None = None
    pages: str | None = None
    layout: str = "original"
    shop: str | None = None
    goals: str = "human"
    split: str = "test"
    time_limit: str = "none"
    clock: str = "virtual"
    engine: str = "local"
    players: int | None = None
    deciders: int = 1
    remote: str | None = None
    keep: str = "failures"
    keep_per_task: int = 3

    def __post_init__(self) -> None:
        LanguageSettings.__post_init__(self)
        check_least(
            self, episodes=1, seed_start=0, workers=1, players=1, deciders=1, keep_per_task=0
        )
        if self.players is not None and self.engine == "local":
            raise UserError("--players is for --engine ray; here, --workers says how many pages")
        for name, words in CHOICES.items():
            if getattr(self, name) not in words:
                known = ", ".join(map(str, words))
                raise UserError(f"no {name} {clipped(getattr(self, name))}; there is {known}")
        if self.remote is not None and not self.servers():
            raise UserError(f"remote={clipped(self.remote)} names no server")

    def as_dict(self) -> dict[str, Any]:
        """The settings as JSON values, and which weights the policy has (see `weights_of`)."""
        return self.resolved(asdict(self)) | {"out": str(self.out)} | weights_of(self.policy)

    def servers(self) -> tuple[str, ...]:
        """The addresses of the servers that have the pages; none where they are here."""
        words = (self.remote or "").split(",")
        return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))

    def env_options(self) -> dict[str, Any]:
        """What the environments are made with."""
        options = {
            "screenshots": self.screenshots,
            "view": self.view,
            "time_limit": self.time_limit,
            "clock": self.clock,
            "layout": self.layout,
            "goals": self.goals,
            "split": self.split,
        }
        chosen = {"clicks": self.clicks, "pages": self.pages, "shop": self.shop}
        return options | {key: value for key, value in chosen.items() if value is not None}


def evaluate(
    config: EvaluateConfig,
    *,
    progress: Shown = shown,
    play: Play | None = None,
    browser: str = "",
) -> Report:
    """Plays the policy on the tasks and writes ``report.json``, ``report.html`` and the episodes.

    Every episode is on disk when it has finished, so that a run that was stopped, or killed, goes
    on where it was when it is started again with the same settings; void ones are played again.
    However playing ends, the report of what was played is written.

    play: what plays the jobs; by default the policy of the settings, in a browser.
    browser: its name and version, for the report.

    Raises:
        UnknownTask, UnknownPolicy: nothing of that name.
        UserError: `config.out` cannot be used (see `RunFolder.open`).
        KeyboardInterrupt: it was stopped; the same call resumes.
    """
    specs = {spec.id: spec for spec in catalogue.select(config.tasks)}
    play = play or _player(config)
    versions = current_versions(browser)
    folder = RunFolder.open(config.out, config.as_dict(), versions, free=FREE)
    seeds = range(config.seed_start, config.seed_start + config.episodes)
    plan = {(task, seed) for task in specs for seed in seeds}
    done = [o for o in latest(folder.outcomes) if o.job in plan and not o.void]
    played = {outcome.job for outcome in done}
    jobs = [Job(task, seed) for task in specs for seed in seeds if (task, seed) not in played]
    try:
        tally = Tally(len(plan)).after(done)
        with progress(tally) as told, closing(_closable(play(jobs))) as episodes:
            for outcome in record(episodes, folder, keep=config.keep, most=config.keep_per_task):
                told(outcome)
    finally:
        if folder.outcomes:
            report = _report(config, folder, versions, specs, planned=len(plan))
    return report


def record(
    episodes: Iterator[Episode], folder: RunFolder, *, keep: str = "failures", most: int = 3
) -> Iterator[Outcome]:
    """Keeps each finished episode in the folder, then tells what came of it.

    keep, most: whose last screenshots are stored and of how many episodes a task (see
        `EvaluateConfig`).
    """
    stored: dict[str, int] = {}
    for outcome in folder.outcomes:
        stored[outcome.task] = stored.get(outcome.task, 0) + bool(outcome.screenshots)
    since = time.monotonic()
    for episode in episodes:
        wanted = {"failures": not episode.success, "all": True, "none": False}[keep]
        screenshots: tuple[str, ...] = ()
        if wanted and stored.get(episode.task, 0) < most:
            screenshots = folder.keep_screenshots(episode)
            stored[episode.task] = stored.get(episode.task, 0) + bool(screenshots)
        now = time.monotonic()
        outcome = Outcome.of(episode, seconds=now - since, screenshots=screenshots)
        since = now
        folder.append(outcome)
        yield outcome


def _player(config: EvaluateConfig) -> Play:
    options = config.env_options() | {"servers": config.servers()}
    if config.engine == "ray":
        from webagents.evaluation.spread import play_on_ray

        return play_on_ray(
            config.policy,
            config.language(),
            workers=config.workers,
            players=config.players,
            deciders=config.deciders,
            options=options,
        )
    policy = load_policy(config.policy, config.language())

    def play(jobs: Sequence[Job]) -> Iterator[Episode]:
        return rollout(jobs, policy, workers=config.workers, **options)

    return play


def _report(
    config: EvaluateConfig,
    folder: RunFolder,
    versions: dict[str, str],
    played: Mapping[str, TaskSpec],
    planned: int,
) -> Report:
    specs = {**catalogue.load(), **played}
    report = build(
        folder.outcomes,
        config.as_dict(),
        sets=catalogue.named_sets(),
        specs=specs,
        versions=versions,
        planned=planned,
    )
    tags = {task: spec.tags for task, spec in specs.items()}
    write(folder.path / "report.json", report.as_json())
    write(folder.path / "report.html", page.render(report, folder.outcomes, folder.path, tags))
    return report


def _closable(episodes: Iterator[Episode]) -> Generator[Episode, None, None]:
    """As a generator, which closes what it reads from when it is closed."""
    yield from episodes
