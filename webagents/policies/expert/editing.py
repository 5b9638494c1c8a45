"""Text that is marked with the mouse, and styled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

import numpy as np

from webagents import html
from webagents.html import Element, find, find_all, ref_of, text_of
from webagents.policies.expert.colours import NAMED
from webagents.policies.expert.sight import (
    Experts,
    Sight,
    act,
    box_of,
    click,
    pictured,
    visual,
    wait,
)
from webagents.types import Screenshot

Point = tuple[float, float]
"""Across and down, CSS pixels."""

_WISH = re.compile(r"(?:give|make) (?:the text (\S+)|everything) the (?:style|color) (\w+)")
_BUTTONS = {"bold": "ql-bold", "italics": "ql-italic", "underlined": "ql-underline"}
_TAGS = {"strong": "bold", "em": "italics", "u": "underlined"}
_COLOURS = ("red", "orange", "yellow", "green", "blue", "purple")
_LINE = 13 * 1.42  # the editor's line height, CSS pixels
_INK = 128  # darker than this is text


def paragraph_marked(sight: Sight) -> str:
    """Drags over the paragraph of the instruction's ordinal, from either end, and submits."""
    paragraphs = sight.all("p") or sight.all(id="randomText")
    box = box_of(paragraphs[sight.rank - 1]) if sight.rank <= len(paragraphs) else None
    if box is None:
        return wait()
    start = (box.x, box.y + 3)
    end = (box.x + box.width - 1, box.y + box.height - 3)
    marking = _drag(*sight.either("from", (start, end), (end, start)))
    return click(sight.button("Submit")) if sight.done[-1:] == [marking] else marking


def _drag(start: Point, end: Point) -> str:
    (from_x, from_y), (to_x, to_y) = ((round(x), round(y)) for x, y in (start, end))
    return act("mouse_drag_and_drop", from_x=from_x, from_y=from_y, to_x=to_x, to_y=to_y)


def styled(sight: Sight) -> str:
    """Marks a word, or everything, gives it the style or colour, and submits."""
    wish = _WISH.search(sight.instruction)
    editor, picker = sight.find(class_="ql-editor"), sight.find(class_="ql-picker-label")
    first = sight.episode.steps[0].observation if sight.done else sight.episode.observation
    before = find(html.parse(first.html), class_="ql-editor")
    if wish is None or editor is None or before is None:
        return wait()
    word, style = wish.group(1) or "", wish.group(2)
    text = text_of(before)
    found = _styles(editor)
    if _text(editor) != text or found not in ([], [(word or text, style)]):
        return act("press", ref=ref_of(editor), key="ControlOrMeta+z")
    if found:
        return click(sight.button("Submit"))
    marking = act("press", ref=ref_of(editor), key="ControlOrMeta+a")
    if word:
        places = words_in(first.screenshot, before, text.split(" "))
        if word not in places:
            return wait()
        marking = _drag(*sight.either("from", places[word], places[word][::-1]))
    marked = sight.done[-1:] == [marking]
    if style in _BUTTONS:
        return click(sight.find("button", class_=_BUTTONS[style])) if marked else marking
    shades = sight.all(class_="ql-primary")
    if shades:  # the palette is open, over the text: it was opened for what is marked, or in vain
        if list(sight.done[-2:]) != [marking, click(picker)]:
            return click(picker)
        return click(min(shades, key=lambda shade: _apart(shade.get("background"), style)))
    return click(picker) if marked else marking


def _styles(editor: Element) -> list[tuple[str, str]]:
    """The stretches of text that have a style of their own, and which."""
    found = []
    for element in find_all(editor):
        text = _text(element)
        if element is editor or element.tag in ("p", "br") or not text:
            continue
        colour = element.get("color")
        if colour is not None:
            found.append((text, min(_COLOURS, key=partial(_apart, colour))))
        if element.tag in _TAGS:
            found.append((text, _TAGS[element.tag]))
    return found


def _text(element: Element) -> str:
    """The text without the mark the editor sets where a style is to begin."""
    return text_of(element).replace("\ufeff", "")


def _apart(colour: str, name: str) -> int:
    """How far a colour of the visual view (``#0066cc``) is from a named one."""
    parts = bytes.fromhex(colour.lstrip("#"))
    return sum((a - b) ** 2 for a, b in zip(parts, NAMED[name], strict=True))


def words_in(
    picture: Screenshot | None, editor: Element, words: Sequence[str]
) -> dict[str, tuple[Point, Point]]:
    """Where each word begins and ends, seen by the gaps in the picture; {} where it is not to be.

    picture: of the page as `editor`, in the visual view, has it.
    """
    paragraph = find(editor, "p")
    box = None if paragraph is None else box_of(paragraph)
    if picture is None or box is None:
        return {}
    runs: list[tuple[int, int, float]] = []  # left, right, the line's middle
    gaps: list[int] = []  # before each run; what begins a line comes after an endless one
    lines = max(1, round(box.height / _LINE))
    left, height = int(box.x), box.height / lines
    for line in range(lines):
        top = box.y + line * height
        rows = picture[int(top) : int(top + height), left : int(box.x + box.width)]
        inked = np.flatnonzero((rows.min(axis=2) < _INK).any(axis=0)).tolist()
        for n, column in enumerate(inked):
            if n and column == inked[n - 1] + 1:
                runs[-1] = (runs[-1][0], left + column, runs[-1][2])
                continue
            gaps.append(column - inked[n - 1] if n else picture.shape[1])
            runs.append((left + column, left + column, top + height / 2))
    if len(runs) < len(words):
        return {}
    widest = sorted(range(len(runs)), key=lambda n: -gaps[n])[: len(words)]
    begins = sorted(widest)
    ends = [*(n - 1 for n in begins[1:]), len(runs) - 1]
    places: dict[str, tuple[Point, Point]] = {}
    for word, begin, end in zip(words, begins, ends, strict=True):
        places[word] = ((runs[begin][0] - 1, runs[begin][2]), (runs[end][1] + 1, runs[end][2]))
    return places


EXPERTS: Experts = {
    "miniwob.highlight-text": visual(paragraph_marked),
    "miniwob.highlight-text-2": visual(paragraph_marked),
    "miniwob.text-editor": pictured(styled),
}
