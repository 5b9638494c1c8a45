"""What is kept of one finished episode: a line of ``episodes.jsonl``, all a report is made from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from lxml import etree, html

from webagents.evaluation.asked import Asked, asked_in
from webagents.types import Episode

STUCK = 3
"""So many failed actions in a row at the step limit (or all there were) make it an "error"."""

FAILURES = {
    "": "solved",
    "wrong": "the task ended, with less than a success",
    "truncated": "the step limit came first",
    "error": f"the step limit came while the last {STUCK} actions (or all) had failed",
    "void": "the machinery broke; the episode does not count",
}
"""Every failure class and what it means."""


class Move(NamedTuple):
    """One action and why it failed, "" when it did not."""

    action: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One finished episode, without its pages.

    reward, success: None when void, for then there is neither.
    failure: a key of `FAILURES`.
    reason: why the machinery broke, "" when it did not.
    instruction: what was to be done, as the first page said it.
    moves: every action in order.
    subtasks: which parts of a composed task were done at the end, in logical order; empty for
        other tasks, and where the page cannot tell.
    depth: how many elements lie one in another on the first page, ``body`` the first; None where
        nobody looked (older files) or there was no page.
    asked: what its policy's language model was asked; None without one.
    screenshots: PNG files, oldest first, relative to the run's folder; mostly none are kept.
    seconds: wall time since the run's previous episode finished, so that they add up to the run's.
    """

    task: str
    seed: int
    reward: float | None
    success: bool | None
    steps: int
    failure: str
    reason: str = ""
    instruction: str = ""
    moves: tuple[Move, ...] = ()
    subtasks: Mapping[str, bool] = field(default_factory=dict)
    depth: int | None = None
    asked: Asked | None = None
    screenshots: tuple[str, ...] = ()
    seconds: float = 0.0

    @classmethod
    def of(
        cls, episode: Episode, *, seconds: float = 0.0, screenshots: Iterable[str] = ()
    ) -> Outcome:
        """What came of a finished episode."""
        void = bool(episode.void)
        first = episode.steps[0].observation if episode.steps else episode.observation
        return cls(
            task=episode.task,
            seed=episode.seed,
            reward=None if void else episode.reward,
            success=None if void else episode.success,
            steps=len(episode.steps),
            failure=failure(episode),
            reason=episode.void,
            instruction=first.instruction,
            moves=tuple(Move(step.action, step.error) for step in episode.steps),
            subtasks={k: bool(v) for k, v in episode.info.get("subtasks", {}).items()},
            depth=depth(first.html),
            asked=asked_in(episode),
            screenshots=tuple(screenshots),
            seconds=round(seconds, 4),
        )

    @property
    def job(self) -> tuple[str, int]:
        """The task and the seed: what was played."""
        return self.task, self.seed

    @property
    def void(self) -> bool:
        """Whether the episode does not count."""
        return self.failure == "void"

    def as_line(self) -> str:
        """The outcome as one line of JSON."""
        record = asdict(self)
        record["actions"] = [move._asdict() for move in self.moves]
        del record["moves"]
        if self.asked is None:
            del record["asked"]
        return json.dumps(record)

    @classmethod
    def from_line(cls, line: str | bytes) -> Outcome:
        """The outcome that `as_line` wrote.

        Raises:
            ValueError, KeyError, TypeError: the line is none of ours.
        """
        record: dict[str, Any] = json.loads(line)
        moves = tuple(Move(**move) for move in record.pop("actions"))
        screenshots = tuple(record.pop("screenshots"))
        asked = Asked(**record.pop("asked")) if "asked" in record else None
        return cls(**record, moves=moves, screenshots=screenshots, asked=asked)


def failure(episode: Episode) -> str:
    """The failure class of a finished episode: a key of `FAILURES`."""
    if episode.void:
        return "void"
    if episode.success:
        return ""
    if episode.steps and episode.steps[-1].terminated:
        return "wrong"
    last = episode.steps[-STUCK:]
    return "error" if last and all(step.error for step in last) else "truncated"


def depth(page: str) -> int | None:
    """The most elements that lie one in another, from ``body`` on; None without any."""
    # As bytes, for half a surrogate pair that a page's script wrote is no text lxml takes.
    text = page.encode("utf-8", "replace")
    try:
        root = html.document_fromstring(text, parser=html.HTMLParser(encoding="utf-8"))
    except etree.ParserError:  # no element at all
        return None
    body = root.find("body")
    level, levels = [root if body is None else body], 0
    while level:
        levels += 1
        level = [child for element in level for child in element if isinstance(child.tag, str)]
    return levels


def latest(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """One outcome a (task, seed), a later one taking the place of an earlier, by task and seed."""
    return [outcome for _, outcome in sorted({o.job: o for o in outcomes}.items())]
