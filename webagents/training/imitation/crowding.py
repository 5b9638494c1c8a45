"""Pages with other things on them: forms, lists and links that the instruction says nothing of."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from functools import partial

from webagents.html.closing import VOID, is_closed

MOST = 3
"""How many groups of other things a page gets at most."""

DEPTH = 4
"""How many elements they may stand in at most, the body included."""

HOLDERS = frozenset({"body", "div", "form", "main", "section"})
"""The elements that they may stand in."""

INLINE = frozenset({"a", "b", "br", "i", "label", "span"})
"""The elements that they do not stand beside: those are parts of a line."""

FIRST_REF = 200_001
"""The ref of the first of them: no page gets that far."""

HEIGHT = 16
"""CSS pixels from one line to the next."""

_BODY = re.compile(r"<body\b[^>]*>")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s>]*)[^>]*>")
_BOX = re.compile(r' box="(-?\d+) (-?\d+) (-?\d+) (-?\d+)"')
_WORD = re.compile(r"\w+")
_SYLLABLES = ("ba", "con", "dor", "el", "fi", "gra", "his", "ka", "lum", "mi", "nos", "pre", "tu")
_SIGNS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LABELS = ("City", "Street", "Company", "Nickname", "Comment", "Colour", "Country", "Phone", "Code")
_BUTTONS = ("Ok", "Cancel", "Send", "Next", "Back", "No", "Yes", "Save", "Reset", "Submit", "Go")


def crowded(page: str, instruction: str, dice: random.Random) -> str:
    """The page with up to `MOST` groups of made-up elements above and below something that it has.

    No word of theirs is in the instruction, so that what is asked for stays clear. What comes after
    them is moved down, if the page tells boxes.
    """
    body = _BODY.match(page)
    if body is None or not is_closed(page):
        return page
    seen = ' box="' in page
    said = {word.lower() for word in _WORD.findall(instruction)}
    places = sorted(dice.choice(_joints(page)) for _ in range(dice.randint(1, MOST)))
    refs = itertools.count(FIRST_REF)
    parts, down, at = [], 0, 0
    for place in [*places, len(page)]:
        parts.append(_BOX.sub(partial(_down, pixels=down), page[at:place]))
        if place < len(page):
            group = _group(dice, said)
            parts.append(_told(group, refs, down + _bottom(page[:place]) if seen else None))
            down += len(group) * HEIGHT
        at = place
    return "".join(parts)


def _joints(page: str) -> list[int]:
    """Where elements may be put: beside others in `HOLDERS`, no deeper than `DEPTH`."""
    opened: list[str] = []
    joints = []
    for tag in _TAG.finditer(page):
        closes, name = tag.groups()
        if closes and opened:
            opened.pop()
        if 1 <= len(opened) <= DEPTH and HOLDERS.issuperset(opened) and name not in INLINE:
            joints.append(tag.end() if closes else tag.start())
        if not closes and name not in VOID:
            opened.append(name)
    return joints or [page.index(">") + 1]


def _bottom(before: str) -> int:
    """Where the lowest element of a page's beginning ends, but for those that others stand in."""
    tags = (tag for tag in _TAG.finditer(before) if tag.group(2) not in HOLDERS)
    boxes = (box for tag in tags for box in _BOX.finditer(tag.group()))
    return max((int(box[2]) + int(box[4]) for box in boxes), default=0)


Line = list[tuple[str, str, int, int]]
"""Elements side by side: their tags with attributes, their texts, where and how wide they are."""


def _group(dice: random.Random, said: set[str]) -> list[Line]:
    """Lines of one kind of thing, and now and then a button below."""
    kind = dice.choice(("choices", "fields", "links", "buttons", "text"))
    some = _free(dice, said)
    lines: list[Line] = []
    for number in range(dice.randint(1, 5)):
        match kind:
            case "choices":
                box = dice.choice(("checkbox", "radio"))
                lines.append([(f'input type="{box}" id="x{number}"', "", 6, 20)])
                lines[-1].append(("label", next(some), 28, 60))
            case "fields":
                label = dice.choice(_LABELS)
                label = next(some) if label.lower() in said else label
                lines.append([("label", label, 2, 50), ('input type="text" value=""', "", 56, 90)])
            case "links":
                lines.append([('span class="alink"', next(some), 2 + 50 * at, 45) for at in (0, 1)])
            case "buttons":
                lines.append([("button", next(some), 2, 60)])
            case _:
                lines.append([("p", " ".join(next(some) for _ in range(6)), 2, 150)])
    if dice.random() < 0.5 and (free := [one for one in _BUTTONS if one.lower() not in said]):
        lines.append([("button", dice.choice(free), 2, 90)])
    return lines


def _free(dice: random.Random, said: set[str]) -> Iterator[str]:
    """Words that the instruction has not: some can be spoken, some cannot."""
    while True:
        if dice.random() < 0.5:
            word = "".join(dice.choices(_SYLLABLES, k=dice.randint(1, 3)))
        else:
            word = "".join(dice.choices(_SIGNS, k=dice.randint(2, 7)))
        if word.lower() not in said:
            yield word


def _told(group: list[Line], refs: Iterator[int], top: int | None) -> str:
    """A group as html; without boxes where `top` is None."""

    def box(x: int, row: int, width: int, rows: int = 1) -> str:
        if top is None:
            return ""
        return f' box="{x} {top + row * HEIGHT} {width} {rows * HEIGHT - 3}"'

    parts = [f'<div ref="{next(refs)}"{box(0, 0, 160, len(group))}>']
    for row, line in enumerate(group):
        for tag, text, x, width in line:
            name, _, more = tag.partition(" ")
            end = "" if name == "input" else f"{text}</{name}>"
            more = f" {more}" if more else ""
            parts.append(f'<{name} ref="{next(refs)}"{more}{box(x, row, width)}>{end}')
    return "".join([*parts, "</div>"])


def _down(box: re.Match[str], pixels: int) -> str:
    x, y, width, height = map(int, box.groups())
    return f' box="{x} {y + pixels} {width} {height}"'
