"""Environment = Browser + Task: the task's half, and what a player needs to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from webagents.actions import Action
from webagents.browsers.base import Browser, Clicks, Clock, Page, PageOptions, View, ViewName
from webagents.errors import UserError, clipped
from webagents.types import NOTHING, TaskSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayOptions:
    """How episodes are played, whatever the task.

    view: what the html carries, ``"text"`` or ``"visual"`` (adds boxes, colours, geometry).
    screenshots: whether observations carry one.
    clicks: what a click on a covered element does: ``"element"`` lets the element receive it,
        ``"pointer"`` answers an error; None: as the task's source has it.
    clock: ``"virtual"`` moves the page's time only by actions, ``"real"`` lets it run.
    action_ms: page time that passes with each action, milliseconds.
    time_limit: ``"none"`` lifts the page's own time limit, ``"original"`` keeps it.
    reward: ``"raw"`` is the page's reward, ``"original"`` is scaled by the time left.
    seed_scheme: how a seed becomes the page's: ``"farama"`` as it is, ``"browsergym"`` as
        BrowserGym maps it.
    data_mode: the part of the page's data it draws from, ``"train"`` or ``"test"``.
    pages: a folder of the public CompWoB pages, on which composed tasks are played instead of ours;
        None: ours. Other tasks have their own pages in any case.
    layout: ``"original"``, or ``"moved"`` for MiniWoB's and CompWoB's pages with their parts at
        other places, drawn for the task and the seed (see `layouts`).
    shop: the catalogue that WebShop is played on: the name of one that was imported, or a folder;
        None: the bundled one. This and what follows concern WebShop alone, `split` websites too.
    goals: its goals, ``"human"`` for those that people wrote, ``"synthetic"`` for those made of
        products' attributes and options.
    split: which goals or requests seeds stand for, ``"test"``, ``"dev"``, ``"train"`` or
        ``"all"``; None: train, and all where there are too few goals to split.
    show_attrs: whether products have a page that lists their attributes.
    """

    view: ViewName = "text"
    screenshots: bool = True
    clicks: Clicks | None = None
    clock: Clock = "virtual"
    action_ms: float = 200.0
    time_limit: Literal["none", "original"] = "none"
    reward: Literal["raw", "original"] = "raw"
    seed_scheme: Literal["farama", "browsergym"] = "farama"
    data_mode: Literal["train", "test"] = "train"
    pages: str | None = None
    layout: Literal["original", "moved"] = "original"
    shop: str | Path | None = None
    goals: Literal["human", "synthetic"] = "human"
    split: Literal["test", "dev", "train", "all"] | None = None
    show_attrs: bool = False

    def __post_init__(self) -> None:
        """Raises `UserError` for a choice there is not."""
        choices: dict[str, tuple[Any, ...]] = {
            "view": ("text", "visual"),
            "clicks": (None, "element", "pointer"),
            "clock": ("virtual", "real"),
            "time_limit": ("none", "original"),
            "reward": ("raw", "original"),
            "seed_scheme": ("farama", "browsergym"),
            "data_mode": ("train", "test"),
            "layout": ("original", "moved"),
            "goals": ("human", "synthetic"),
            "split": (None, "test", "dev", "train", "all"),
            "show_attrs": (False, True),
        }
        for name, allowed in choices.items():
            value = getattr(self, name)
            if value not in allowed:
                known = ", ".join(repr(each) for each in allowed)
                raise UserError(f"{name}={clipped(value)} is not one of {known}")
        if not 0 <= self.action_ms <= 60_000:
            raise UserError(f"action_ms={self.action_ms!r} is not between 0 and 60000")
        if self.shop is not None and not isinstance(self.shop, str | Path):
            raise UserError(f"shop={clipped(self.shop)} is no name of a shop or folder")
        if self.pages is not None and not Path(str(self.pages)).is_dir():
            raise UserError(f"pages={clipped(self.pages)} is no folder of pages")


class Verdict(NamedTuple):
    """What a page's state means for the episode.

    ready: whether the task can be acted on yet.
    done: whether it is over.
    raw: the page's reward, as its own scale has it.
    original: the page's reward scaled by the time left.
    instruction: what is to be done.
    fields: the values in the instruction, by their names.
    subtasks: of a composed task, which of its parts are done so far, in their order; else empty.
    info: what `info` holds of this source of tasks alone.
    """

    ready: bool
    done: bool
    raw: float
    original: float
    instruction: str
    fields: dict[str, str]
    subtasks: Mapping[str, bool] = NOTHING
    info: Mapping[str, Any] = NOTHING


class Round(Protocol):
    """What holds for one episode: how texts are read on its pages, and how these are judged."""

    def read(self, text: str, view: View) -> Action:
        """The action that a text means on a page that was last seen as `view`.

        Raises:
            ActionError: none; the message is for the agent.
        """
        ...

    def judge(self, view: View) -> Verdict:
        """What the page's state means for the episode."""
        ...


class Task(Protocol):
    """One task: its page, how an episode begins there, and how it is judged."""

    spec: TaskSpec

    @property
    def browser(self) -> Browser | None:
        """What it is played in instead of a browser process; None: it needs one."""
        ...

    def page(self, options: PlayOptions) -> PageOptions:
        """How its page is shown and driven."""
        ...

    def url(self, options: PlayOptions) -> str:
        """The address of its page.

        Raises:
            UserError: the options ask for a page there is not.
        """
        ...

    async def start(
        self, page: Page, seed: int, options: PlayOptions, asked: Mapping[str, Any]
    ) -> Round:
        """Begins an episode on a freshly opened page; what holds for it.

        asked: the options of `reset`, such as the number of a goal.

        Raises:
            UserError: an option there is not.
        """
        ...

    def close(self) -> None:
        """Gives back what it holds (its site); safe to call again."""
        ...


def play_options(given: Mapping[str, Any]) -> PlayOptions:
    """The options of an environment's keyword arguments.

    Raises:
        UserError: one that there is not, or a choice that is none.
    """
    known = PlayOptions.__dataclass_fields__
    for name in given:
        if name not in known:
            raise UserError(f"no option {clipped(name)}; the options are {', '.join(known)}")
    return PlayOptions(**given)


def no_options(task: str, asked: Mapping[str, Any]) -> None:
    """Raises `UserError` if `reset` was asked for anything, as by ``options={"goal": 3}``."""
    for name in asked:
        raise UserError(f"no reset option {clipped(name)}: {task} takes none")
