"""An episode as the viewer shows it, whichever kind of folder it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webagents.types import NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An action and what came of it; None for what was not kept.

    notes: the policy's own.
    """

    action: str
    error: str
    reward: float | None = None
    time_ms: float | None = None
    terminated: bool = False
    truncated: bool = False
    notes: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A page as it was seen, and what was done there.

    html, picture: None where none was kept; the picture is the bytes of an image file.
    move: None at the end.
    """

    instruction: str
    url: str = ""
    html: str | None = None
    picture: bytes | None = None
    move: Move | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An episode.

    id: tells it from the others of its folder.
    success, reward: None where it is void.
    failure: a key of `outcomes.FAILURES`.
    reason: why it is void, "" when it is not.
    moments: one more than there are actions, the last one after the last action.
    """

    id: str
    task: str
    seed: int
    source: str
    split: str
    success: bool | None
    reward: float | None
    failure: str
    reason: str
    instruction: str
    moments: tuple[Moment, ...]
    info: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    @property
    def steps(self) -> int:
        """How many actions there are."""
        return len(self.moments) - 1

    @property
    def void(self) -> bool:
        """Whether the machinery broke, so that the episode does not count."""
        return self.failure == "void"
