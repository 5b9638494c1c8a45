"""Words that the tokeniser treats by name, and the words that tokens are read as (their norms)."""

from __future__ import annotations

import string
import tomllib
from functools import cache
from itertools import product
from typing import NamedTuple

from webagents.resources import content


class Token(NamedTuple):
    """A token as it is written, and the norm that it is read as."""

    text: str
    norm: str


_ENDINGS = {"'ll": "will", "'ve": "have", "'d": "'d", "'re": "are", "'s": "'s", "'m": "am"}
_STEMS = {"ca": "can", "did": "do", "had": "have", "sha": "shall", "wo": "will"}
_TAKES = (
    ("i you he she it we they", ("'ll", "'ll've", "'d", "'d've")),
    (
        "who what when where why how there these those",
        ("'ll", "'ll've", "'re", "'ve", "'d", "'d've"),
    ),
    ("that this", ("'ll", "'ll've", "'d", "'d've")),
    ("who what when where why how there that this he she it", ("'s",)),
    ("i you we they could might must should would", ("'ve",)),
    ("you we they", ("'re",)),
    ("i", ("'m",)),
    ("ca could do does did had may might must need ought sha should wo would", ("n't", "n't've")),
    ("ai are is was were have has dare", ("n't",)),
)
_WORDS_OF_THEIR_OWN = frozenset(("ill", "its", "hell", "shell", "shed", "were", "well", "whore"))
_DROPPED_G = ("doin", "goin", "nothin", "nuthin", "somethin", "lovin", "havin")
_SPLIT = {
    "cannot": ("can", "not"),
    "gonna": ("gon:going", "na:to"),
    "gotta": ("got", "ta:to"),
    "let's": ("let", "'s:us"),
    "y'all": ("y':you", "all"),
    "yall": ("y:you", "all"),
    "ma'am": ("ma'am:madam",),
    "o'clock": ("o'clock",),
    "c'm": ("c'm:come",),
}
_NORMS = {  # spaCy's BASE_NORMS, as far as one character or sign goes
    **dict.fromkeys("’‘´`", "'"),
    **dict.fromkeys(("”", "“", "''", "``", "„", "»", "«", "‘‘", "’’"), '"'),
    **dict.fromkeys(("—", "–", "--", "---", "——"), "-"),
    **dict.fromkeys("€£¥฿₺₹৳₩₣", "$"),
    **dict(zip("？！，；：。।…", ("?", "!", ",", ";", ":", ".", ".", "..."), strict=True)),
    **dict.fromkeys(("’s", "’S", "'S"), "'s"),
    "\xa0": "  ",
}


def norm(text: str) -> str:
    """What a token is read as where no exception says: lower case, quotes and dashes alike."""
    return _NORMS.get(text) or american().get(text.lower(), text.lower())


@cache
def american() -> dict[str, str]:
    """British spellings to the American ones that they are read as."""
    words = _written()["american"]["words"].split()
    return dict(word.split(":") for word in words)


@cache
def _written() -> dict[str, dict[str, str]]:
    with content("envs", "webshop", "nouns", "exceptions.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def exceptions() -> dict[str, tuple[Token, ...]]:
    """Text to the tokens that it is, whatever the rules of splitting say."""
    written = _written()
    found: dict[str, tuple[Token, ...]]
    found = {text: (Token(text, read),) for text, read in written["whole"].items()}
    plain = f"{written['plain']['abbreviations']} {written['plain']['emoticons']}".split()
    plain += [f"{letter}." for letter in string.ascii_lowercase + "äöü"]
    found |= {text: (Token(text, norm(text)),) for text in plain}
    for hour, half in product(range(1, 13), ("a.m.", "p.m.", "am", "pm")):
        read = half if "." in half else f"{half[0]}.m."
        found[f"{hour}{half}"] = (Token(str(hour), str(hour)), Token(half, read))
    for text in _DROPPED_G:
        found |= _both_cases(text, (Token(text, text + "g"),))
        found |= _both_cases(text + "'", (Token(text + "'", text + "g"),))
    for text in ("ol", "ol'"):
        found |= _both_cases(text, (Token(text, "old"),))
    for text, parts in _SPLIT.items():
        found |= _both_cases(text, tuple(_part(part) for part in parts))
    for words, endings in _TAKES:
        for word, ending in product(words.split(), endings):
            found |= _contraction(word, ending)
    curly = {
        _curled(text): tuple(Token(_curled(t), n) for t, n in tokens)
        for text, tokens in found.items()
    }
    return curly | found


@cache
def units() -> tuple[str, ...]:
    """Units that are split off the number before them, the longest first."""
    return tuple(sorted(_written()["plain"]["units"].split(), key=len, reverse=True))


def _contraction(word: str, ending: str) -> dict[str, tuple[Token, ...]]:
    """The word and its ending ("it'll", "didn't've"), and both written without apostrophes."""
    first = Token(word, _STEMS.get(word, word))
    rest = []
    if ending.startswith("n't"):
        rest.append(Token("n't", "not"))
        ending = ending[3:]
    rest += [Token(f"'{part}", _ENDINGS[f"'{part}"]) for part in ending.split("'") if part]
    if len(rest) == 2 and rest[0].text == "'d":
        rest[0] = Token("'d", "would")
    found = _both_cases(word + "".join(token.text for token in rest), (first, *rest))
    bare = [Token(token.text.replace("'", ""), token.norm) for token in rest]
    text = word + "".join(token.text for token in bare)
    if text not in _WORDS_OF_THEIR_OWN:
        found |= _both_cases(text, (first, *bare))
    return found


def _both_cases(text: str, tokens: tuple[Token, ...]) -> dict[str, tuple[Token, ...]]:
    first = Token(tokens[0].text[0].upper() + tokens[0].text[1:], tokens[0].norm)
    return {text: tokens, text[0].upper() + text[1:]: (first, *tokens[1:])}


def _part(written: str) -> Token:
    text, _, read = written.partition(":")
    return Token(text, read or text)


def _curled(text: str) -> str:
    return text.replace("'", "’")
