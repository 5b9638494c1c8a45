"""One collection from its settings to its dataset: plan, play, keep; resumed if need be."""

from __future__ import annotations

import math
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal, NamedTuple

from webagents.collection.crew import ProcessCrew
from webagents.collection.ledger import LINES, Ledger
from webagents.collection.plan import Plan
from webagents.collection.player import Played, Player, Playing
from webagents.collection.quotas import from_table, uniform
from webagents.crews import Crew, dispatch
from webagents.data.summary import About
from webagents.data.writer import SHARD_BYTES, DatasetWriter
from webagents.envs.task import play_options
from webagents.errors import UserError, check_least, clipped
from webagents.planners import settings
from webagents.planners.settings import LanguageSettings
from webagents.policies import load_policy
from webagents.policies.weights import weights_of
from webagents.progress import Shown, Tally, shown
from webagents.provenance import Made, current_versions
from webagents.types import Demanding

FREE = {"out", "workers", "players", "engine", "resume", "enough", *settings.FREE}
"""The settings that change no episode, and so may differ when a collection is resumed."""

PAGES_A_PLAYER = 2

MakeCrew = Callable[[Playing, int], Crew[Played]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectConfig(LanguageSettings):
    """What `collect` does.

    policy: what plays: a name (``expert``), ``replay:PATH``, a checkpoint, ``module:Class``, or
        ``llm:METHOD`` with --llm.
    out: the folder of the dataset; new or empty, or with --resume one that was begun before.
    tasks: what is played: ids, sets (``@webgum56``) and globs (``miniwob.click-*``), by comma.
    episodes: how many are kept of each task.
    quotas: instead of --episodes, how many of which task: a bundled table (``webgum347k``), or a
        TOML file of lines such as ``"miniwob.click-test" = 100``.
    scale: what the quotas are multiplied with.
    seed_start: the first seed of each task.
    keep: "successes", or "all" to keep failed episodes too.
    source: what the episodes are marked with; by default the policy, with the language model that
        it asks.
    screenshots: whether they are kept.
    view: what the html carries: "text", or "visual" with boxes, colours and shapes.
    clicks: "element" or "pointer"; None is each environment's own default.
    pages: a folder of the public CompWoB pages to play composed tasks on, instead of ours.
    shop: the catalogue WebShop is played on: an imported one's name, or a folder; None is ours.
    goals: WebShop's goals, "human" or "synthetic".
    split: the split that seeds stand for in WebShop's goals and the websites' requests: "test",
        "dev", "train" or "all".
    workers: how many pages are played at once.
    players: over how many processes (or Ray actors) the pages are spread; None: one for 2 pages.
    engine: "local", or "ray" for the Ray cluster that RAY_ADDRESS names, or this machine.
    resume: go on with a collection that was stopped or killed.
    enough: play nothing, and make a dataset of what a collection has that was stopped or killed;
        `resume` goes on all the same.
    """

    policy: str
    out: Path
    tasks: str | None = None
    episodes: int = 100
    quotas: str | None = None
    scale: float = 1.0
    seed_start: int = 0
    keep: str = "successes"
    source: str | None = None
    screenshots: bool = True
    view: str = "text"
    clicks: str | None = None
    pages: str | None = None
    shop: str | None = None
    goals: str = "human"
    split: str = "train"
    workers: int = 4
    players: int | None = None
    engine: str = "local"
    resume: bool = False
    enough: bool = False

    def __post_init__(self) -> None:
        LanguageSettings.__post_init__(self)
        check_least(self, episodes=1, seed_start=0, workers=1, players=1)
        if not 0 < self.scale < math.inf:
            raise UserError(f"scale is above 0, not {self.scale}")
        for name, words in {"keep": ("successes", "all"), "engine": ("local", "ray")}.items():
            if getattr(self, name) not in words:
                known = ", ".join(words)
                raise UserError(f"no {name} {clipped(getattr(self, name))}; there is {known}")
        if self.tasks is None and self.quotas is None:
            raise UserError("nothing to play: give --tasks, or --quotas")
        play_options(self.play())

    def as_dict(self) -> dict[str, Any]:
        """The settings as JSON values, and which weights the policy has (see `weights_of`)."""
        return self.resolved(asdict(self)) | {"out": str(self.out)} | weights_of(self.policy)

    def play(self) -> dict[str, Any]:
        """How the episodes are played; see `PlayOptions`."""
        options = {
            "screenshots": self.screenshots,
            "view": self.view,
            "goals": self.goals,
            "split": self.split,
        }
        chosen = {"clicks": self.clicks, "pages": self.pages, "shop": self.shop}
        return options | {key: value for key, value in chosen.items() if value is not None}

    def wanted(self) -> dict[str, int]:
        """How many episodes are kept of each task, by its id."""
        if self.quotas is not None:
            return from_table(self.quotas, tasks=self.tasks, scale=self.scale)
        return uniform(str(self.tasks), self.episodes)

    def playing(self) -> Playing:
        """What the players are told."""
        pages = math.ceil(self.workers / self.number_of_players)
        keep: Literal["successes", "all"] = "all" if self.keep == "all" else "successes"
        return Playing(
            policy=self.policy,
            source=self.source or self.player(self.policy),
            language=self.language(),
            keep=keep,
            pages=pages,
            play=self.play(),
        )

    @property
    def goes_on(self) -> bool:
        """Whether there is a collection already."""
        return self.resume or self.enough

    @property
    def number_of_players(self) -> int:
        """How many processes or actors there are."""
        return min(self.workers, self.players or math.ceil(self.workers / PAGES_A_PLAYER))


class Collected(NamedTuple):
    """What came of a collection.

    tasks: each task's episodes ``wanted``, ``kept``, ``tried`` and ``failed``.
    void: how many a broken machine made void, again and again; resuming tries them again.
    """

    out: Path
    tasks: dict[str, Counter[str]]
    void: int


def collect(
    config: CollectConfig,
    *,
    progress: Shown = shown,
    crew: MakeCrew | None = None,
    browser: str = "",
    shard_bytes: int = SHARD_BYTES,
) -> Collected:
    """Plays the policy on the tasks and keeps its episodes as a dataset.

    Every episode is safe when it has finished: a collection that was stopped, or killed, goes on
    where it was when it is started again with `resume`, and gives the same files as one that was
    not, whatever the number of players.

    crew: what makes the players; by default as `config.engine` says.
    browser: its name and version, for the dataset's card.
    shard_bytes: see `DatasetWriter`.

    Raises:
        UnknownTask, UnknownPolicy: nothing of that name.
        UserError: `config.out` cannot be used.
        MachineError: the players cannot play.
        KeyboardInterrupt: it was stopped; the same call with `resume` goes on.
    """
    wanted = config.wanted()
    _check_policy(config, wanted)
    made = Made(config=config.as_dict(), versions=current_versions(browser))
    how = config.playing()
    about = _about(config, made)
    if config.enough and not (config.out / LINES).exists():
        raise UserError(f"{config.out} holds no collection that was begun")
    with (
        _nothing_left(config),
        DatasetWriter(config.out, about, resume=config.goes_on, shard_bytes=shard_bytes) as writer,
    ):
        made.keep(config.out, "collection", free=FREE)
        plan = Plan(wanted, config.seed_start)
        with closing(Ledger(config.out, how.source, plan, writer)) as ledger:
            ledger.place()
            if not plan.complete and not config.enough:
                tally = Tally(sum(wanted.values()), "collecting", counts=attrgetter("kept"))
                make = crew or CREWS[config.engine]()
                with (
                    closing(make(how, config.number_of_players)) as players,
                    progress(tally.after(ledger.lines)) as told,
                ):
                    for played in dispatch(plan, players, ahead=2 * how.pages + 4):
                        if (line := ledger.hear(played)) is not None:
                            told(line)
            tried = ledger.tried()
            if config.enough and not plan.complete:
                writer.place_rest()
            if config.enough or plan.complete:
                writer.about = _about(config, made, tried)
                ledger.finish()
            else:
                writer.suspend()
    tasks = {
        task: Counter(wanted=n, tried=0, kept=0, failed=0) + tried.get(task, Counter())
        for task, n in wanted.items()
    }
    return Collected(config.out, tasks, ledger.void)


@contextmanager
def _nothing_left(config: CollectConfig) -> Iterator[None]:
    """Takes a folder away again in which what cannot be played was to be collected.

    Otherwise it would hold an empty dataset with settings that nobody can go on with.
    """
    new = not config.goes_on and not (config.out.exists() and any(config.out.iterdir()))
    try:
        yield
    except UserError:
        lines = config.out / LINES
        if new and lines.exists() and lines.stat().st_size == 0:
            shutil.rmtree(config.out)
        raise


def _check_policy(config: CollectConfig, tasks: Iterable[str]) -> None:
    """Raises `UnknownPolicy`, before anything is made, for one that cannot play the tasks."""
    policy = load_policy(config.policy, config.language())
    if isinstance(policy, Demanding):
        for task in tasks:
            policy.needs(task)


def _local() -> MakeCrew:
    return ProcessCrew


def _ray() -> MakeCrew:
    from webagents.crews.ray_crew import RayCrew

    return lambda how, size: RayCrew(partial(Player, how), size)


CREWS: Mapping[str, Callable[[], MakeCrew]] = {"local": _local, "ray": _ray}
"""What makes the players, by the engine's name."""


def _about(
    config: CollectConfig, made: Made, tried: Mapping[str, Mapping[str, int]] | None = None
) -> About:
    """The dataset's card. Settings that change no episode are left out of it."""
    settings = {name: value for name, value in made.config.items() if name not in FREE}
    played = config.quotas or config.tasks
    return About(
        title=f"Demonstrations of {config.player(config.policy)} on {played}",
        origin=(
            f"Played by webagents, from seed {config.seed_start} of each task"
            + (f", on the shop {config.shop}; " if config.shop else "; ")
            + ("successful episodes only." if config.keep == "successes" else "all episodes.")
        ),
        licence="other" if config.shop else "mit",
        made={"config": settings, "versions": dict(made.versions), "tried": tried or {}},
    )
