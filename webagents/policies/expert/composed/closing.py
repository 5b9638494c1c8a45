"""Whether an expert has come to the end of its part, by what it did last or would do next."""

from __future__ import annotations

import re
from collections.abc import Sequence

from webagents import html
from webagents.actions import parse
from webagents.html import Element, find, text_of
from webagents.types import Step

_SUBMITS = re.compile(r"\b(?:click|press|hit) (?:submit|login)\b", re.IGNORECASE)
_PASSING = re.compile(r" focused\b| ui-state-(?:hover|focus|active)|tabindex=\"[^\"]*\"")
_LABELS = ("submit", "login", "ok")
_CHOSEN = ("label", "input", "option")


def closes(instruction: str, piece: str, action: str, *, again: bool) -> bool:
    """Whether nothing is left to do after an expert's action.

    Where the instruction ends with a button, it was that button. Elsewhere it was an entry of a
    menu, or whatever the expert would do once more.

    piece: the part's piece of the page before the action.
    again: whether the expert would do the same after it.
    """
    clicked = _clicked(piece, action)
    if _SUBMITS.search(instruction):
        chosen = clicked is None or clicked.tag in _CHOSEN  # a box may well be called "ok"
        return not chosen and text_of(clicked).lower() in _LABELS
    return again or (clicked is not None and clicked.tag == "li")


def circles(steps: Sequence[Step], piece: str, action: str) -> bool:
    """Whether an expert goes round in circles: it has done the same in the same place twice before.

    It then looks for what is not there: a link, say, that is behind none of the tabs.
    """
    before = [step.observation.html for step in steps if step.action == action]
    return len(before) > 1 and sum(_bare(page) == _bare(piece) for page in before) > 1


def _bare(page: str) -> str:
    return _PASSING.sub("", html.text_view(page))


def _clicked(piece: str, action: str) -> Element | None:
    ref = parse(action).arguments.get("ref")
    return None if ref is None else find(html.parse(piece), ref=str(ref))
