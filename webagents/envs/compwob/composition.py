"""What a composed task is made of: its parts, their rules, its sentence, its sizes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webagents import phrases
from webagents.envs.task_tables import COUNT, TEXT, Kind, check, is_words
from webagents.errors import UserError, clipped

WIDTH = 160
BASE_HEIGHT = 210
_BASE_AREA = 160  # what a MiniWoB page has below its instruction
_LINE_HEIGHT, _LINE_LETTERS = 11.5, 27

# Source: the public pages' own style rules, the instruction's height by the page's.
_QUERY_HEIGHTS = {210: 44, 300: 54, 400: 74, 580: 94, 770: 124, 950: 144}

FLAG = Kind("true or false", lambda value: isinstance(value, bool))
EDITS = Kind(
    "a list of pairs of texts",
    lambda value: isinstance(value, list) and all(is_words(e) and len(e) == 2 for e in value),
)
PARTS = Kind(
    "a list of names, or of tables with a task",
    lambda value: (
        bool(value)
        and isinstance(value, list)
        and all(isinstance(each, str | dict) for each in value)
    ),
)
SCREEN = Kind("a whole number from 1 on", lambda value: COUNT.fits(value) and value > 0)

PART_KEYS = {
    "task": TEXT,
    "shared": FLAG,
    "gated": FLAG,
    "waits": FLAG,
    "screen": SCREEN,
    "page": TEXT,
    "edits": EDITS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedPart:
    """One part of a composed task.

    task: the name of its MiniWoB task.
    shared: it has no button of its own and is read when the next part's is pressed.
    gated: it counts only where every part before it is done at that moment.
    waits: it does not react before the control of the part before it has been used.
    screen: on which screen it is, from 1.
    page: the name of the MiniWoB page it is made from; "" for the task's own.
    edits: what is changed in that page's source beside what ``parts.toml`` has.
    """

    task: str
    shared: bool = False
    gated: bool = False
    waits: bool = False
    screen: int = 1
    page: str = ""
    edits: tuple[tuple[str, str], ...] = ()

    @property
    def floats(self) -> bool:
        """Whether it lies over the others."""
        return bool(phrases.part_tables()[self.task].get("floats"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A composed task.

    parts: in the order in which they are to be done.
    height, query: the task's and its instruction's height, CSS pixels.
    strict: whether a wrong screen ends the episode at once; otherwise the next one comes.
    sentence: the instruction's template (see `webagents.phrases`).
    other: that of the other order, "" where there is none: the page leaves room for both.
    """

    parts: tuple[ComposedPart, ...]
    height: int
    query: int
    strict: bool
    sentence: str
    other: str


def read_parts(entries: Sequence[str | Mapping[str, Any]], *, where: str) -> list[ComposedPart]:
    """The parts that a list of names and tables stands for.

    Raises:
        UserError: an unknown task or key, or rules that cannot be kept; names `where`.
    """
    if not PARTS.fits(list(entries)):
        raise UserError(f"{where}: parts must be {PARTS.words}, not {clipped(entries)}")
    parts = [_part(entry, where=where) for entry in entries]
    if parts[-1].shared:
        raise UserError(f"{where}: the last part, {parts[-1].task}, cannot be shared: none follows")
    if [part.screen for part in parts] != sorted(part.screen for part in parts):
        raise UserError(f"{where}: the screens must not go back from one part to the next")
    singles = [p.task for p in parts if phrases.part_tables()[p.task].get("single")]
    if len(singles) > 1:
        raise UserError(f"{where}: {' and '.join(singles)} cannot be on one page")
    for one, other in itertools.pairwise(parts):
        if one.shared and one.screen != other.screen:
            raise UserError(f"{where}: {one.task} is shared with a part on another screen")
    return parts


def composition(
    entries: Sequence[str | Mapping[str, Any]],
    *,
    where: str,
    height: int | None = None,
    strict: bool = False,
    forward: str | None = None,
    reverse: str | None = None,
    first: int = 1,
    reversed_order: bool = False,
) -> Composition:
    """A composition.

    entries: names of MiniWoB tasks, or tables with the keys of `ComposedPart`.
    where: what an error message begins with.
    height: the task's height, CSS pixels; None: as much as its parts may need.
    strict: see `Composition`.
    forward, reverse: the templates of its sentences; None: the usual ones.
    first: how many parts the reverse sentence puts behind its "after".
    reversed_order: whether the sentence is the reverse one.

    Raises:
        UserError: a choice that is none.
    """
    parts = read_parts(entries, where=where)
    told = [phrases.Part(part.task, own_button=not part.shared) for part in parts]
    one_way = forward or phrases.forward(told)
    other_way = reverse
    if other_way is None and len(parts) > 1:
        told_first = all(phrases.phrase(part.task).doing for part in parts[:first])
        other_way = phrases.reverse(told, first) if told_first else None
    if reversed_order and other_way is None:
        raise UserError(f"{where}: there is no reverse order of these parts")
    query = _QUERY_HEIGHTS.get(height or 0) or _query_height(one_way, other_way or "")
    return Composition(
        parts=tuple(parts),
        height=height or _height(parts, query),
        query=query,
        strict=strict,
        sentence=other_way or "" if reversed_order else one_way,
        other=one_way if reversed_order else other_way or "",
    )


def _part(entry: str | Mapping[str, Any], *, where: str) -> ComposedPart:
    table: dict[str, Any] = {"task": entry} if isinstance(entry, str) else dict(entry)
    check(table, PART_KEYS, where=f"{where}: part", needed=("task",))
    table["edits"] = tuple(map(tuple, table.get("edits", ())))
    try:
        asked = phrases.phrase(table["task"])
    except UserError as error:
        raise UserError(f"{where}: {error}") from None
    if table.get("shared") and not asked.ends:
        raise UserError(f"{where}: {table['task']} has no button that it could share")
    return ComposedPart(**table)


def _query_height(*sentences: str) -> int:
    lines = max(len(sentence) for sentence in sentences) / _LINE_LETTERS + 1
    return max(44, round(lines * _LINE_HEIGHT))


def _height(parts: Sequence[ComposedPart], query: int) -> int:
    stacked: dict[int, int] = {}
    for part in parts:
        stacked[part.screen] = stacked.get(part.screen, 0) + (not part.floats)
    return max(BASE_HEIGHT, query + 6 + _BASE_AREA * max(1, *stacked.values()))
