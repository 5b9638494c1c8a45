"""Text as words, and words as a tokenizer's pieces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from webagents.prompt import Tokenizer

WORD = re.compile(r"(?<!\w)-\d+|\w+|[^\w\s]")
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?|\d+(?:\.\d+)?")
COLOR = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})")

MOST_NUMBERS = 8
"""How many numbers of a field are read."""

LARGEST = 1e30
"""What larger numbers are read as: float32, in which they are kept, would call them infinite."""

Pieces = Callable[[str], tuple[int, ...]]
"""The token ids of a word that stands alone."""


class Word(NamedTuple):
    """A word, or a sign, of a text.

    before: the white space between it and the word before.
    """

    text: str
    before: str


def key(text: str) -> str:
    """What words that are the same have in common: case and leading noughts aside."""
    return text.lstrip("0") or "0" if text.isdecimal() else text.lower()


def words_of(text: str, most: int | None = None) -> list[Word]:
    """The words of a text: runs of letters, digits and underscores, and signs one by one.

    A minus belongs to the number that follows it, unless it stands behind a word, as in a date.

    most: after how many to stop.
    """
    found: list[Word] = []
    end = 0
    for match in WORD.finditer(text):
        if most is not None and len(found) >= most:
            break
        found.append(Word(match.group(), text[end : match.start()]))
        end = match.end()
    return found


def numbers_of(text: str) -> Iterator[tuple[bool, int, float]]:
    """The numbers in a text: whether it is a colour's part, its place, its value.

    A colour ``#rrggbb`` counts as three, from 0 to 255.
    """
    if color := COLOR.fullmatch(text):
        yield from (
            (True, place, float(int(part, 16))) for place, part in enumerate(color.groups())
        )
        return
    for place, match in enumerate(NUMBER.finditer(text)):
        if place >= MOST_NUMBERS:
            return
        yield False, place, max(-LARGEST, min(LARGEST, float(match.group())))


def pieces_of(tokenizer: Tokenizer) -> Pieces:
    """A tokenizer's pieces of single words, those of late kept at hand."""

    @lru_cache(maxsize=1 << 16)
    def pieces(word: str) -> tuple[int, ...]:
        return tuple(tokenizer(word, add_special_tokens=False).input_ids)

    return pieces
