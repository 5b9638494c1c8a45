"""Numbers that are generated until one fits, or guessed from the answers to earlier guesses."""

from __future__ import annotations

import re

from webagents.html import Element, find, ref_of, text_of
from webagents.policies.expert.sight import Experts, Sight, act, click, fill, wait

_ASKED = re.compile(r"number (less|greater) than (-?\d+)|an? (odd|even) number")
_RANGE = re.compile(r"between (\d+)-(\d+)")


def generated(sight: Sight) -> str:
    """Generates numbers until one is as asked, and submits it."""
    asked = _ASKED.search(sight.instruction)
    shown = sight.find(id="display-number")
    if asked is None or shown is None:
        return wait()
    fits = _fits(text_of(shown), *asked.groups(default=""))
    return click(sight.button("Submit" if fits else "Generate"))


def _fits(shown: str, side: str, bound: str, parity: str) -> bool:
    if not re.fullmatch(r"-?\d+", shown):
        return False
    number = int(shown)
    if side:
        return number < int(bound) if side == "less" else number > int(bound)
    return number % 2 == (parity == "odd")


def guessed(sight: Sight) -> str:
    """Guesses the middle of what the answers so far leave."""
    bounds = _RANGE.search(sight.instruction)
    field = sight.find("input", type="number")
    if bounds is None or field is None:
        return wait()
    low, high = (int(bound) for bound in bounds.groups())
    for page in (*sight.earlier, sight.page):
        low = max(low, _told(page, "higher", low - 1) + 1)
        high = min(high, _told(page, "lower", high + 1) - 1)
    guess = str((low + high + sight.either("middle of an even number", 0, 1)) // 2)
    if field.get("value") != guess:
        return fill(field, guess)
    if sight.either("button or key", True, False):
        return click(sight.button("Submit"))
    return act("press", ref=ref_of(field), key="Enter")


def _told(page: Element, answer: str, otherwise: int) -> int:
    """The number that the page says the wanted one is `answer` than."""
    shown = find(page, id=answer)
    number = re.search(r"-?\d+", "" if shown is None else text_of(shown))
    return int(number.group()) if number else otherwise


EXPERTS: Experts = {
    "miniwob.generate-number": generated,
    "miniwob.guess-number": guessed,
}
