"""From a text to the terms that are searched: Lucene's English analyzer, as Anserini sets it up.

Words (see `webagents.envs.webshop.search.words`), without a possessive 's, in lower case, without
33 stop words, stemmed. Source: Anserini 0.14.3's DefaultEnglishAnalyzer over Lucene 8.11.0.
"""

from __future__ import annotations

from functools import lru_cache

from webagents.envs.webshop.search.stemming import stem
from webagents.envs.webshop.search.words import words

_STOP_WORDS = """
a an and are as at be but by for if in into is it no not of on or such that the their then there
these they this to was will with
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Lucene's ENGLISH_STOP_WORDS_SET."""
_APOSTROPHES = "'\u2019\uff07"
_JOINING_SPACE = "\u202f"
"""White space to Python, but a part of words to Unicode."""


def analyze(text: str) -> list[str]:
    """The terms of a text in order, repeats kept."""
    return [term for piece in pieces(text) for term in terms_of(piece)]


def pieces(text: str) -> list[str]:
    """The text cut at white space, where no word is broken."""
    return text.split(" ") if _JOINING_SPACE in text else text.split()


@lru_cache(maxsize=1 << 16)
def terms_of(piece: str) -> tuple[str, ...]:
    """The terms of a piece of text, in order."""
    found = []
    for word in words(piece):
        term = _lowered(_without_possessive(word))
        if term not in STOP_WORDS:
            found.append(stem(term))
    return tuple(found)


def _without_possessive(word: str) -> str:
    return word[:-2] if word[-1] in "sS" and word[-2:-1] in _APOSTROPHES and word[1:] else word


def _lowered(word: str) -> str:
    """In lower case, character by character as Java does it."""
    if word.isascii():
        return word.lower()
    return "".join("i" if letter == "\u0130" else letter.lower() for letter in word)
