"""Options: which values of a product's options an instruction asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from webagents.policies.shop.lexicon import FILLER
from webagents.policies.shop.pages import Group
from webagents.policies.shop.wishes import Wish
from webagents.policies.shop.words import numeral, words

_VAGUE = frozenset(words("ounce pack piece inch size color fl foot cm mm ml g x us style type"))
"""Words in values that say little without the number beside them."""
_UNSAID = 0.6
"""What a value's word that the instruction does not say costs, of what it would count if it did."""


class Choice(NamedTuple):
    """A value to choose for one of a product's options.

    told: whether the instruction has it word for word.
    said: the value's words that the instruction has, and `whole` whether they are all of it.
    """

    group: str
    value: str
    told: bool
    said: tuple[str, ...]
    whole: bool


def choices(wish: Wish, groups: tuple[Group, ...]) -> tuple[Choice, ...]:
    """The values to choose, at most one of each option; none where nothing is asked for."""
    return _choices(wish, tuple((g.name, tuple(v.text for v in g.values)) for g in groups))


@lru_cache(maxsize=2048)
def _choices(wish: Wish, groups: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[Choice, ...]:
    chosen: dict[str, Choice] = {}
    for name, values in groups:
        told = [value for value in values if _told(wish, name, value)]
        if told:
            best = max(told, key=len)
            chosen[name] = Choice(name, best, True, words(best), whole=True)
    if wish.named:
        return tuple(chosen.values())
    left = Counter(wish.said)
    near = frozenset(pairwise(wish.said))
    ranked = sorted(
        (
            (-value_score, place, name, value)
            for name, values in groups
            if name not in chosen
            for place, value in enumerate(values)
            if (value_score := _score(words(value), left, near, name)) > 0
        ),
    )
    for _, _, name, value in ranked:
        if name in chosen:
            continue
        said = words(value)
        if _score(said, left, near, name) <= 0:
            continue  # its words were another option's
        mine = tuple(word for word in said if left[word] > 0)
        content = [word for word in said if numeral(word) or word not in FILLER]
        whole = all(word in mine for word in content)
        chosen[name] = Choice(name, value, False, mine, whole)
        left.subtract(set(mine))
    return tuple(chosen.values())


def _told(wish: Wish, name: str, value: str) -> bool:
    """Whether the instruction has ``name: value``."""
    value = " ".join(value.lower().split())
    for said, rest in wish.named:
        if said == " ".join(name.lower().split()) and rest.startswith(value):
            after = rest[len(value) :]
            if not after or after.startswith(", and "):
                return True
    return False


def _score(
    value: Sequence[str], said: Counter[str], near: frozenset[tuple[str, str]], group: str
) -> float:
    """How much of a value is said, less what is not; above 0 it is asked for."""
    score = 0.0
    hit = False
    for place, word in enumerate(value):
        if word in FILLER and not numeral(word):
            continue
        weight = _weight(value, place)
        if said[word] > 0:
            score += weight
            hit = hit or word not in _VAGUE
            if place and (value[place - 1], word) in near:
                score += 0.2
        else:
            score -= _UNSAID * weight
    if not hit:
        return 0.0
    if len(value) == 1 and numeral(value[0]) and value[0].isdecimal():
        names = words(group)
        if not any((word, value[0]) in near or (value[0], word) in near for word in names):
            score -= 0.5  # a bare number may count something else
    return score


def _weight(value: Sequence[str], place: int) -> float:
    """How much a word of a value counts: numbers more, units and codes ("black1901") less."""
    word = value[place]
    if word in _VAGUE:
        return 0.4
    if numeral(word):
        code = len(word) > 2 and place and value[place - 1].isalpha()
        return 0.3 if code and value[place - 1] not in _VAGUE else 1.5
    return 1.0
