"""Whether two wordings mean the same to WebShop's reward: fuzzy matching, and colours.

The published rewards were computed with thefuzz 0.19.0 over difflib. rapidfuzz measures by the
longest common subsequence, which difflib's matching blocks never exceed: what it finds unlike is
unlike, and only what it finds alike is measured again as the original does, so that every decision
is the original's.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import Any

from rapidfuzz.fuzz import token_set_ratio

from webagents.resources import content

_ENOUGH = 85  # of 100; a score is rounded to a whole number before it is compared
_NOT_WORD = re.compile(r"\W")
_LATIN_1 = dict.fromkeys(
    range(128, 256)
)  # what thefuzz takes out to "force ASCII": no more than that


def similar(one: Any, other: Any) -> bool:
    """Whether thefuzz's ``token_set_ratio(one, other)`` is above 85.

    What is no string is compared as its ``str``. The order matters: difflib is not symmetric.
    """
    if one is None or other is None:
        return False
    return _similar(_plain(str(one)), _plain(str(other)))


def colour(value: Any) -> Any:
    """The first of WebShop's colour words that is in the value, or the value.

    In a string any part counts ("standard" is "tan"); a made goal's option is a tuple (name,
    value), of which one must be the word itself.
    """
    return _colour(value) if isinstance(value, str) else _first_colour(value)


@lru_cache(maxsize=65536)
def _plain(text: str) -> str:
    """The text as thefuzz compares it (``full_process``): letters and digits, lower case."""
    return _NOT_WORD.sub(" ", text.translate(_LATIN_1)).lower().strip()


@lru_cache(maxsize=65536)
def _similar(one: str, other: str) -> bool:
    if not one or not other or token_set_ratio(one, other) < _ENOUGH:
        return False
    ours, theirs = set(one.split()), set(other.split())
    both = " ".join(sorted(ours & theirs))
    first = f"{both} {' '.join(sorted(ours - theirs))}".strip()
    second = f"{both} {' '.join(sorted(theirs - ours))}".strip()
    return any(_ratio(a, b) > _ENOUGH for a, b in ((both, first), (both, second), (first, second)))


def _ratio(one: str, other: str) -> int:
    if one == other:
        return 100
    return round(100 * SequenceMatcher(None, one, other).ratio()) if one and other else 0


@lru_cache(maxsize=65536)
def _colour(value: str) -> str:
    return str(_first_colour(value))


def _first_colour(value: Any) -> Any:
    return next((word for word in colours() if word in value), value)


@cache
def colours() -> tuple[str, ...]:
    """The original's colour words, in its order."""
    lines = content("envs", "webshop", "colours.txt").read_text("utf-8").splitlines()
    return tuple(line for line in lines if not line.startswith("#"))
