"""Words as shoppers compare them: sizes, units and numbers in one form, endings taken off."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from webagents.policies.shop.lexicon import FILLER, SAME

_X_SIZE = re.compile(r"\b(?:(\d)\s*x|(x+)|((?:extra[\s-]+)+))[\s-]*(large|small|lrg|l|s)\b")
_FULL_SIZE = {"l": "large", "lrg": "large", "s": "small"}
_INCH = re.compile(r"(?<=\d)\s*(?:\"|''|-?in\b(?=\s*(?:$|[^\sa-z]|x\b|by\b)))")
_FOOT = re.compile(r"(?<=\d)\s*'(?!\w)")
_APOSTROPHE = re.compile(r"'(?:s|m|ve|d|ll|re|t)\b")
_WORD = re.compile(r"\d+(?:\.\d+)?(?:xlarge|xsmall)|\d+(?:\.\d+)?|[^\W\d_]+")


def _x_size(found: re.Match[str]) -> str:
    digit, xs, extras, size = found.groups()
    times = int(digit) if digit else len(xs) if xs else extras.count("extra")
    return f" {times}x{_FULL_SIZE.get(size, size)} "


@lru_cache(maxsize=32768)
def words(text: str) -> tuple[str, ...]:
    """The words of a text in their order, each in the form in which it is compared."""
    text = _APOSTROPHE.sub("", text.lower().replace("\u2019", "'"))
    text = _X_SIZE.sub(_x_size, text)
    text = _FOOT.sub(" foot ", _INCH.sub(" inch ", text))
    return tuple(_plain(word) for word in _WORD.findall(text))


def usual(text: str) -> str:
    """A text in lower case with what can be said in many ways said in one ("without soy")."""
    text = " ".join(text.lower().replace("\u2019", "'").split())
    for wording, instead in _REWORDED:
        text = wording.sub(instead, text)
    return text


@lru_cache(maxsize=4096)
def content(text: str) -> tuple[str, ...]:
    """The words of a text that say something of a product."""
    text = _NON.sub(r"\1 free", usual(text))
    return tuple(word for word in words(text) if word not in _FILLER)


@lru_cache(maxsize=4096)
def vocabulary(text: str) -> frozenset[str]:
    """A text's words, and neighbouring ones written as one ("draw string" as "drawstring")."""
    found = content(text)
    return frozenset(found) | {a + b for a, b in pairwise(found)}


def numeral(word: str) -> bool:
    """Whether a word is a number."""
    return word[:1].isdigit()


_LACKING = (
    r"without|free (?:of|from)|has no|have no|with no|contains no|no|"
    r"(?:(?:do|does|did|is|are) not|(?:do|does|is|are)n't|not) (?:contain|have|include|use)"
)
_REWORDED = (
    (re.compile(r"\bnot (?:been )?tested on animals?\b|\bno animal testing\b"), "cruelty free"),
    (
        re.compile(rf"\b(?:{_LACKING}) (?:any )?((?:artificial|added|synthetic) [a-z]+|[a-z]+)"),
        r"\1 free",
    ),
    (
        re.compile(r"\b(?:not|isn't|aren't) (?:hard|difficult) to\b|\bsimple to\b|\beasily\b"),
        "easy",
    ),
    (
        re.compile(r"\b(?:good|better|safe|kind|friendly) (?:for|to) the environment\b"),
        "eco friendly",
    ),
)
"""Other wordings of what products say of themselves, and the usual ones."""
_NON = re.compile(r"\bnon[\s-]*(?!e\b)([a-z]{3,})")


@lru_cache(maxsize=65536)
def _plain(word: str) -> str:
    word = SAME.get(word, word)
    if not word.isalpha() or len(word) < 4:
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending) + instead
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeousl":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 4 else word


_ENDINGS = (
    ("ability", ""),
    ("ables", ""),
    ("able", ""),
    ("iness", "y"),
    ("ness", ""),
    ("ings", ""),
    ("ing", ""),
    ("ily", "y"),
    ("ies", "y"),
    ("ied", "y"),
    ("sses", "ss"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("xes", "x"),
    ("ss", "ss"),
    ("us", "us"),
    ("s", ""),
    ("ed", ""),
    ("ly", ""),
)

_FILLER = FILLER | {word for each in FILLER for word in words(each)}
