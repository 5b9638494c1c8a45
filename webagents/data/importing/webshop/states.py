"""Reads WebShop's ``text_rich`` observations back into pages.

Each text of a page stands on a line of its own; what can be clicked between ``[button]`` and
``[button_]`` (``[clicked button]`` once it was), options after two spaces, products after an empty
line. Texts may have several lines themselves.
Source: princeton-nlp/WebShop, web_agent_text_env.py, `convert_html_to_text`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from webagents.data.importing.records import Dropped
from webagents.data.importing.webshop.pages import Card, Ware
from webagents.errors import clipped
from webagents.webshop import BACK, BUY, NEXT, PREVIOUS, SUB_PAGES
from webagents.webshop.visits import Kind

_BUTTON = re.compile(r"(\s*)\[(clicked )?button\] (.*) \[(?:clicked )?button_\]\s*")
_CLICKED = re.compile(r"You have clicked .*\.")
_COUNTED = re.compile(r"Page (\d{1,9}) \(Total results: (\d{1,9})\)", re.IGNORECASE)
_SCORE = re.compile(r"Your score \(min 0\.0, max 1\.0\)\s*:?\s*(\d+(?:\.\d+)?(?:[eE]-?\d+)?)")
_NAMES = frozenset({BACK, PREVIOUS, NEXT, BUY, *SUB_PAGES})


class Seen(NamedTuple):
    """A page as a state tells it.

    instruction: "" on the page after buying, which tells none.
    page, total, cards: of results.
    ware: of a product's page.
    texts: of a product's further page.
    score: of the page after buying; None where it tells none.
    names: what can be clicked, in lower case.
    """

    kind: Kind
    instruction: str = ""
    page: int = 1
    total: int | None = None
    cards: tuple[Card, ...] = ()
    ware: Ware | None = None
    texts: tuple[str, ...] = ()
    score: float | None = None
    names: frozenset[str] = frozenset()


class _Line(NamedTuple):
    """A line of a state. button: whether it can be clicked; option: whether it is set in."""

    text: str
    button: bool
    option: bool


def read(state: str) -> Seen:
    """The page that a state shows.

    Raises:
        Dropped: it shows none of the shop's.
    """
    lines = [_line(text) for text in state.split("\n")]
    while lines and _CLICKED.fullmatch(lines[0].text):
        lines.pop(0)
    if any("Thank you for shopping with us!" in each.text for each in lines[:1]):
        score = _SCORE.search(state)
        return Seen("done", score=float(score[1]) if score else None)
    instruction, rest = _instruction(lines)
    names = [each.text.lower() for each in rest if each.button]
    if "search" in names and BACK not in names:
        return Seen("index", instruction, names=frozenset({"search"}))
    if BACK not in names:
        raise Dropped("not a page of the shop", clipped(state))
    known = Seen("sub", instruction, names=frozenset(names))
    heading = next((found for each in rest if (found := _COUNTED.fullmatch(each.text))), None)
    if heading is not None and BUY not in names:
        cards = _cards(rest)
        page, total = int(heading[1]), int(heading[2])
        return known._replace(kind="results", page=page, total=total, cards=cards)
    if BUY in names:
        return known._replace(kind="item", ware=_ware(rest))
    texts = tuple(each.text for each in rest if not each.button and each.text)
    return known._replace(texts=texts)


def _line(text: str) -> _Line:
    button = _BUTTON.fullmatch(text)
    if button is None:
        return _Line(text.strip(), button=False, option=False)
    return _Line(button[3].strip(), button=True, option=len(button[1]) > 1)


def _instruction(lines: Sequence[_Line]) -> tuple[str, list[_Line]]:
    """The instruction, and the lines after it.

    Raises:
        Dropped: there is none.
    """
    head = "Instruction:"
    at = next((n for n, each in enumerate(lines[:5]) if each.text.startswith(head)), None)
    if at is None:
        raise Dropped("no instruction", clipped("\n".join(each.text for each in lines[:5])))
    end = next((n for n in range(at, len(lines)) if lines[n].button), len(lines))
    told = " ".join(each.text for each in lines[at:end]).removeprefix(head)
    if not told.strip():
        raise Dropped("no instruction", clipped("\n".join(each.text for each in lines[:5])))
    return " ".join(told.split()), list(lines[end:])


def _cards(lines: Sequence[_Line]) -> tuple[Card, ...]:
    """The products: each a button, its title and its price."""
    cards: list[Card] = []
    texts: list[str] = []
    for line in [*lines, _Line(BACK, button=True, option=False)]:
        if not line.button:
            texts += [line.text] if line.text else []
            continue
        if cards:
            *title, price = texts or [""]
            priced = bool(title) and price.startswith("$")
            cards[-1] = cards[-1]._replace(
                title=" ".join(title if priced else texts), price=price if priced else ""
            )
        texts = []
        if line.text.lower() not in _NAMES:
            cards.append(Card(line.text))
    return tuple(cards)


def _ware(lines: Sequence[_Line]) -> Ware:
    """The product: groups of options, each after its name; then title, price and rating."""
    options: dict[str, list[str]] = {}
    texts: list[str] = []
    price = rating = ""
    for line in lines:
        if line.option or (line.button and line.text.lower() not in _NAMES):
            name = texts[-1] if texts else next(reversed(options), "options")
            options.setdefault(name, []).append(line.text)
            texts = []
        elif line.button:
            continue
        elif line.text.startswith("Price: ") and not price:
            price = line.text
        elif line.text.startswith("Rating: ") and price:
            rating = line.text
        elif line.text:
            texts.append(line.text)
    names = {line.text.lower() for line in lines if line.button and not line.option}
    details = [name for name in SUB_PAGES if name in names]
    return Ware(" ".join(texts), price, rating, options, details)
