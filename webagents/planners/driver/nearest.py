"""What on a page is most like something that is not there."""

from __future__ import annotations

import re
from typing import NamedTuple

from rapidfuzz import fuzz

from webagents.html import Element, ref_of, text_of
from webagents.html.closing import VOID

NUMBER = 3
_LEAST = 60.0
"""Of 100, from which likeness an element is worth naming."""
_MOST_ELEMENTS = 2_000
_TOLD = ("id", "name", "class", "type", "role", "placeholder", "aria-label", "title", "href", "for")
_STATES = ("checked", "selected", "disabled")
_WORD = re.compile(r"[A-Za-z0-9]+")
_SYNTAX = frozenset(
    {"text", "contains", "normalize", "space", "and", "or", "not", "starts", "with"}
)


class Likeness(NamedTuple):
    """How like an element is, and which it is in document order."""

    score: float
    place: int


def nearest(root: Element, value: str, number: int = NUMBER) -> list[str]:
    """The elements most like what was looked for, as written, best first.

    value: the selector, id, text ... that nothing fits.
    """
    wanted = " ".join(word for word in words(value) if word not in _SYNTAX)
    elements = [each for each in root.iter() if isinstance(each.tag, str) and ref_of(each)]
    ranked = sorted(
        (Likeness(-_score(wanted, each), place), each)
        for place, each in enumerate(elements[:_MOST_ELEMENTS])
    )
    return [written(each) for likeness, each in ranked[:number] if -likeness.score >= _LEAST]


def written(element: Element) -> str:
    """An element in one short line: ``<button ref="5" id="ok">Send</button>``.

    With what it holds, and whether it is checked, selected or disabled: so that who reads it sees
    what is done already.
    """
    told = {name: " ".join((element.get(name) or "").split())[:40] for name in (*_TOLD, "value")}
    named = [f'{name}="{value}"' for name, value in told.items() if value]
    states = [state for state in _STATES if state in element.attrib]
    start = " ".join([str(element.tag), f'ref="{ref_of(element)}"', *named, *states])
    if element.tag in VOID:
        return f"<{start}>"
    text = text_of(element)
    return f"<{start}>{text[:40]}{'…' if len(text) > 40 else ''}</{element.tag}>"


def _score(wanted: str, element: Element) -> float:
    own = [element.get(name) or "" for name in _TOLD] + [element.tag, _own_text(element)]
    whole = max((fuzz.ratio(wanted, " ".join(words(each))) for each in own if each), default=0.0)
    return max(whole, fuzz.token_set_ratio(wanted, " ".join(words(" ".join(own)))) * 0.9)


def _own_text(element: Element) -> str:
    pieces = [element.text or "", *(child.tail or "" for child in element)]
    return " ".join(" ".join(pieces).split())


def words(text: str) -> list[str]:
    """The words and numbers of a text, in lower case."""
    return [word.lower() for word in _WORD.findall(text)]
