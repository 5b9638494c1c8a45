"""The records everything passes around: what an agent sees, does, and has lived through.

All are frozen. An :class:`Episode` is a policy's whole memory: policies keep no state of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Screenshot = NDArray[np.uint8]
"""uint8 (height, width, 3), RGB, one CSS pixel each."""

NOTHING: Mapping[str, Any] = MappingProxyType({})
"""An empty mapping that cannot be written to: the default of optional mappings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What an agent sees of a page at one moment.

    instruction: what is to be done, in words.
    html: the rendered page; each element an action can name carries ``ref="<int>"``.
    url: the page's address.
    error: why the last action failed, "" when it did not.
    screenshot: uint8 (height, width, 3), RGB, one CSS pixel each; None without screenshots.
    """

    instruction: str
    html: str
    url: str = ""
    error: str = ""
    screenshot: Screenshot | None = None

    @classmethod
    def from_dict(cls, observation: Mapping[str, Any]) -> Observation:
        """The record of an environment's observation dict (see `as_dict`)."""
        return cls(**observation)

    def as_dict(self) -> dict[str, Any]:
        """The Gymnasium observation: the same keys, `screenshot` only where there is one."""
        shown: dict[str, Any] = {
            "instruction": self.instruction,
            "html": self.html,
            "url": self.url,
            "error": self.error,
        }
        if self.screenshot is not None:
            shown["screenshot"] = self.screenshot
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a policy answers: one action's text, and notes for people (reasons, scores)."""

    action: str
    notes: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One move: what was seen, what was done about it, and what came of it.

    error: why the action failed, "" when it did not (also in the next observation).
    time_ms: the page's clock after the action.
    """

    observation: Observation
    action: str
    reward: float = 0.0
    terminated: bool = False
    truncated: bool = False
    error: str = ""
    time_ms: float = 0.0
    notes: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One play of one task: the steps so far and what is seen now.

    task: the task's id, such as ``miniwob.click-test``.
    seed: what `reset` was given.
    observation: the latest one, which the next action answers; after the end, the last page.
    success: the task's own judgement; False until the end.
    void: why the machinery broke and the episode does not count, "" when it did not.
    info: the environment's latest info dict.
    """

    task: str
    seed: int
    observation: Observation
    steps: tuple[Step, ...] = ()
    success: bool = False
    void: str = ""
    info: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    @property
    def reward(self) -> float:
        """The sum of the steps' rewards."""
        return float(sum(step.reward for step in self.steps))

    @property
    def done(self) -> bool:
        """Whether the episode is over: ended by the task, cut at its step limit, or void."""
        return bool(self.void) or (
            bool(self.steps) and (self.steps[-1].terminated or self.steps[-1].truncated)
        )

    def extended(self, step: Step, observation: Observation, info: Mapping[str, Any]) -> Episode:
        """This episode after one more step."""
        return replace(
            self,
            steps=(*self.steps, step),
            observation=observation,
            success=bool(info.get("success", False)),
            info=info,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSpec:
    """A catalogue entry: everything known of a task before it is played.

    id: ``miniwob.click-test``; the Gymnasium id is ``webagents/<id>-v1``.
    page: the page's path on its site.
    tags: what the task needs (``click``, ``type``, ``drag`` ...) and the sets it belongs to.
    max_steps: the step limit after which an episode is truncated.
    width, height: the task area and the screenshot, CSS pixels.
    window: the size the page is laid out in, CSS pixels (width, height).
    source: where the page comes from.
    success_at: the raw reward from which an episode counts as a success.
    limit_ms: the page's own time limit, milliseconds of page time.
    split: the task's side of the benchmark's own split, "train" or "test"; "" where it has none.
    group: the number of the benchmark's group of like tasks, which its split never parts; None
        where it has none.
    notes: what a user of the task should know, "" when nothing.
    parts: the ids of the tasks it is composed of, in the order they have to be done; empty for one
        that is not composed.
    browser: whether it is played in a browser; without one there are no pictures of it.
    made_by: the class that plays it, ``module:Class``; "" of one of the package's sources.
    details: what only its source needs to know, as the catalogue has it.
    """

    id: str
    page: str
    tags: frozenset[str]
    max_steps: int
    width: int
    height: int
    window: tuple[int, int]
    source: str
    success_at: float = 1.0
    limit_ms: float = 10_000.0
    split: str = ""
    group: int | None = None
    notes: str = ""
    parts: tuple[str, ...] = ()
    browser: bool = True
    made_by: str = ""
    details: Mapping[str, Any] = field(default_factory=lambda: NOTHING, hash=False)

    @property
    def env_id(self) -> str:
        """The Gymnasium id."""
        return f"webagents/{self.id}-v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a policy has to see of a task, which may be more than its episodes record.

    view: ``"text"``, or ``"visual"`` for boxes, colours and shapes.
    screenshots: whether it looks at pictures.
    """

    view: Literal["text", "visual"] = "text"
    screenshots: bool = False


@runtime_checkable
class Demanding(Protocol):
    """A policy that says what it has to see; it is shown that, whatever the episodes record."""

    def needs(self, task: str) -> Needs:
        """What it has to see of a task, by the task's id."""
        ...


@runtime_checkable
class Batching(Protocol):
    """A policy that is best held once and asked for many episodes together, as networks are.

    rows: how many it reads at once.
    """

    rows: int


@runtime_checkable
class Policy(Protocol):
    """Anything that acts. Batch first: one decision an episode, in the same order."""

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The next action of each episode, none of which is done."""
        ...
