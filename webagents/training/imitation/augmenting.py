"""A page told in other ways: what a model has to see through, for it is not what the page means.

`augmented` puts other things beside those of the page, shuffles the attributes of tags, drops and
renames ids and classes, leaves out closing tags, and moves the page's boxes. Refs, texts and values
stay, so that the action that was right stays right. It is a function of the prompt and of the dice.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from webagents.prompt import Prompt
from webagents.training.imitation.crowding import crowded

CROWDED, SHUFFLED, NAMED, MOVED, UNCLOSED = 0.4, 0.5, 0.3, 0.5, 0.2
"""How likely each kind of change is for a prompt. Our choice, as are the numbers below."""

DROPPED, RENAMED = 0.2, 0.4
"""The shares of a page's ids and classes that are dropped, and that are renamed."""

FARTHEST = 40
"""By how many CSS pixels boxes are moved at most, to any side."""

_TAG = re.compile(r"<[a-zA-Z][^>]*>")
_CLOSING = re.compile(r"</[a-zA-Z][^>]*>")
_NAME = re.compile(r"<[^\s>]+")
_PART = re.compile(r' ([^\s"=>]+)(?:="([^"]*)")?')
_NAMING = ("id", "for", "aria-labelledby", "aria-controls", "aria-describedby", "aria-owns")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

Parts = list[tuple[str, str | None]]
"""A tag's attributes in order; the value None where there is none."""


def augmented(asked: Prompt, action: str, dice: random.Random) -> Prompt:
    """The prompt with its page told in another way.

    Ids and classes that the instruction names stay as they are. Boxes stay where the action, or one
    of those told, is to a point of the page, and beside pictures, in which nothing moves.

    action: what is to be learned.
    """
    kinds = (CROWDED, SHUFFLED, NAMED, MOVED, UNCLOSED)
    crowds, shuffles, names, moves, opens = (dice.random() < often for often in kinds)
    pointed = any("mouse_" in text for text in (action, *asked.actions))
    page = asked.html
    if crowds and not pointed and not asked.screenshots:
        page = crowded(page, asked.instruction, dice)
    if names:
        page = _with_names(page, _new_names(page, asked.instruction, dice))
    if moves and not pointed and not asked.screenshots:
        page = _moved(page, *(dice.randint(-FARTHEST, FARTHEST) for _ in range(2)))
    if shuffles:
        page = _shuffled(page, dice)
    if opens:
        share = dice.random()
        page = _CLOSING.sub(lambda tag: "" if dice.random() < share else tag.group(), page)
    return asked._replace(html=page)


def _new_names(page: str, instruction: str, dice: random.Random) -> dict[str, str]:
    """What becomes of each id and class of a page: another name, or "" where it is dropped."""
    found = dict.fromkeys(
        name
        for tag in _TAG.findall(page)
        for attribute, value in _PART.findall(tag)
        if attribute in ("id", "class")
        for name in value.split()
    )
    said = set(re.findall(r"[\w-]+", instruction.lower()))
    changed = {}
    for name in found:
        chance = dice.random()
        if name.lower() in said or chance >= DROPPED + RENAMED:
            continue
        other = "".join(dice.choices(_LETTERS, k=dice.randint(3, 8)))
        changed[name] = "" if chance < DROPPED else other
    return changed


def _with_names(page: str, names: dict[str, str]) -> str:
    """The page with these names, also where one element names another; empty attributes go."""

    def told(attribute: str, value: str | None) -> str | None:
        if value is None:
            return None
        if attribute == "class" or attribute in _NAMING:
            return " ".join(filter(None, (names.get(name, name) for name in value.split())))
        if attribute == "href" and value.startswith("#"):
            return f"#{names.get(value[1:], value[1:])}"
        return value

    def change(parts: Parts) -> Parts:
        new = [(attribute, told(attribute, value)) for attribute, value in parts]
        return [one for one, old in zip(new, parts, strict=True) if one[1] != "" or not old[1]]

    return _changed(page, change)


def _moved(page: str, right: int, down: int) -> str:
    """The page with all its boxes moved by as many pixels."""

    def change(parts: Parts) -> Parts:
        return [(name, move(value) if name == "box" and value else value) for name, value in parts]

    def move(value: str) -> str:
        x, y, *size = value.split()
        return " ".join([str(int(x) + right), str(int(y) + down), *size])

    return _changed(page, change)


def _shuffled(page: str, dice: random.Random) -> str:
    """The page with the attributes of each tag in another order, the ref first as ever."""

    def change(parts: Parts) -> Parts:
        rest = [one for one in parts if one[0] != "ref"]
        dice.shuffle(rest)
        return [one for one in parts if one[0] == "ref"] + rest

    return _changed(page, change)


def _changed(page: str, change: Callable[[Parts], Parts]) -> str:
    """The page with the attributes of each tag changed."""

    def rewritten(found: re.Match[str]) -> str:
        tag = found.group()
        name = _NAME.match(tag)
        assert name is not None
        parts = [(part[1], part[2]) for part in _PART.finditer(tag)]
        written = "".join(f" {n}" if v is None else f' {n}="{v}"' for n, v in change(parts))
        return f"{name.group()}{written}>"

    return _TAG.sub(rewritten, page)
