"""What the noun tagger's network sees of a token: hashes of its norm, ends and shape.

They are spaCy's, number for number, so that words that look alike to spaCy look alike to it.
Sources: spaCy 3.8, ``strings.pyx`` and ``lang/lex_attrs.py``; thinc 8.3, `HashEmbed`; MurmurHash2
(64A) and MurmurHash3 (x64, 128 bits), Austin Appleby, public domain.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

import numpy as np
import numpy.typing as npt

from webagents.envs.webshop.nouns.exceptions import Token
from webagents.envs.webshop.nouns.network import TABLES

_64, _32 = 2**64 - 1, 2**32 - 1
_BYTES = 8  # that a string's number has
_LONG = 100  # characters from which on a word has no shape of its own

# Texts that spaCy has numbers of its own for, the names of its attributes and relations.
_SYMBOLS = {
    "ID": 64,
    "POS": 74,
    "TAG": 75,
    "DEP": 76,
    "ADJ": 84,
    "ADP": 85,
    "ADV": 86,
    "AUX": 87,
    "DET": 90,
    "NUM": 93,
    "SYM": 99,
    "X": 101,
    "EOL": 102,
    "ORG": 383,
    "GPE": 384,
    "LOC": 385,
    "LAW": 390,
    "acomp": 398,
    "advcl": 399,
    "advmod": 400,
    "agent": 401,
    "amod": 402,
    "appos": 403,
    "attr": 404,
    "aux": 405,
    "auxpass": 406,
    "cc": 407,
    "ccomp": 408,
    "conj": 410,
    "cop": 411,
    "dep": 414,
    "det": 415,
    "dobj": 416,
    "expl": 417,
    "hyph": 419,
    "intj": 421,
    "mark": 423,
    "meta": 424,
    "neg": 425,
    "nmod": 426,
    "nn": 427,
    "nsubj": 429,
    "num": 431,
    "number": 432,
    "oprd": 433,
    "obj": 434,
    "obl": 435,
    "pobj": 439,
    "poss": 440,
    "preconj": 442,
    "possessive": 441,
    "prep": 443,
    "prt": 444,
    "punct": 445,
    "root": 449,
    "acl": 451,
    "IDX": 455,
    "_": 456,
}


@lru_cache(maxsize=65536)
def rows(token: Token) -> npt.NDArray[np.intp]:
    """Int (tables, 4): the rows of each of `network.TABLES` that the token leads to."""
    seen = (token.norm, token.text[0], token.text[-3:], shape(token.text))
    found = [
        [number % table.rows for number in spread(text_hash(text), table.seed)]
        for text, table in zip(seen, TABLES, strict=True)
    ]
    return np.array(found, dtype=np.intp)


def shape(text: str) -> str:
    """The text with letters as X and x, digits as d, and no more than four alike in a row."""
    if len(text) >= _LONG:
        return "LONG"
    signs = "".join(_sign(character) for character in text)
    return "".join("".join(run)[:4] for _, run in groupby(signs))


def _sign(character: str) -> str:
    if character.isalpha():
        return "X" if character.isupper() else "x"
    return "d" if character.isdigit() else character


def text_hash(text: str) -> int:
    """MurmurHash64A of the text's UTF-8 bytes, seed 1: spaCy's number of a string."""
    if text in _SYMBOLS:
        return _SYMBOLS[text]
    factor, shift = 0xC6A4A7935BD1E995, 47
    data = text.encode("utf-8")
    if not data:
        return 0
    mixed = 1 ^ (len(data) * factor & _64)
    whole = len(data) // 8 * 8
    for start in range(0, whole, 8):
        part = int.from_bytes(data[start : start + 8], "little") * factor & _64
        part = (part ^ part >> shift) * factor & _64
        mixed = (mixed ^ part) * factor & _64
    if whole < len(data):
        mixed = (mixed ^ int.from_bytes(data[whole:], "little")) * factor & _64
    mixed = (mixed ^ mixed >> shift) * factor & _64
    return mixed ^ mixed >> shift


def spread(number: int, seed: int) -> tuple[int, int, int, int]:
    """Four numbers of 32 bits: MurmurHash3 (x64, 128 bits) of the eight bytes of `number`."""
    first = number * 0x87C37B91114253D5 & _64
    first = (first << 31 | first >> 33) * 0x4CF5AD432745937F & _64
    first, second = first ^ seed ^ _BYTES, seed ^ _BYTES
    first = first + second & _64
    second = first + second & _64
    first, second = _stirred(first), _stirred(second)
    first = first + second & _64
    second = first + second & _64
    return first & _32, first >> 32, second & _32, second >> 32


def _stirred(number: int) -> int:
    number = (number ^ number >> 33) * 0xFF51AFD7ED558CCD & _64
    number = (number ^ number >> 33) * 0xC4CEB9FE1A85EC53 & _64
    return number ^ number >> 33
