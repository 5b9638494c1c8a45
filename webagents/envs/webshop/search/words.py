"""Where words begin and end: the tokens of Lucene 8.11's StandardTokenizer.

The rules are those of UAX #29, kept as they were in Unicode 9.0 (a colon joins letters), with Han
and Hiragana one character a token, South East Asian text in one piece, and emoji as tokens of their
own. Each character is replaced by its class's letter (``characters.tsv`` says which), so that the
rules are short patterns.

Source: UAX #29 revision 29 (WB1 to WB16); UTS #51 revision 14 (emoji sequences). Compared with
Lucene's own tokenizer on random strings of every class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

LONGEST = 255
"""UTF-16 units of a token; a longer one is cut after them, and what is left begins the next."""

_WINDOW, _MARGIN = 4 * LONGEST, 2 * LONGEST
"""Characters that are looked at at once, and how many of them at the end may mislead: a run without
an end is looked at piece by piece, not again and again as a whole."""

_OTHER = " "
_EXTEND = "[xtqvzgGs]*+"  # what follows a character and belongs to it (WB4)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The longest token at a place, and the longest emoji, among characters' classes."""
    joiner = f"_{_EXTEND}"
    digit = f"n{_EXTEND}"
    letter = f"[aeC]{_EXTEND}"
    hebrew = f"C{_EXTEND}"
    katakana = f"K{_EXTEND}"
    # A Hebrew letter that a quote follows starts afresh, for only there may the quote be kept.
    quoted = f"{hebrew}(?:'{_EXTEND}|\"{_EXTEND}{hebrew})"
    letters = (
        f"{letter}(?:(?:{joiner})*(?!{hebrew}(?:'|\"{_EXTEND}C)){letter}|[:.']{_EXTEND}{letter})*"
    )
    digits = f"{digit}(?:(?:{joiner})*{digit}|[,.']{_EXTEND}{digit})*"
    run = f"(?:{katakana}(?:(?:{joiner})*{katakana})*|(?:{quoted}|{digits}|{letters})+)"
    word = f"(?:{joiner})*{run}(?:(?:{joiner})+{run})*(?:{joiner})*"
    # Emoji take extenders but the two selectors, and no joiner that another emoji follows.
    extend = "(?:(?!zz*[BEe]|zM)[xqzgGs])*"
    pictured = f"(?:(?:z*B{extend})?M{extend}|z*[BEe]{extend}v?)"
    emoji = f"{pictured}(?:(?:z{pictured})+|g+G)?"
    keycap = "#[xqzgGs]*v?q[xqzgGs]*"
    flag = f"R{_EXTEND}R{_EXTEND}"
    other = f"[Ss]{_EXTEND}(?:[Ss]{_EXTEND})*|[Hh]{_EXTEND}"
    return re.compile("|".join((word, emoji, keycap, flag, other))), re.compile(emoji)


class _Classes(dict[int, str]):
    """The letter of each code point's class, for `str.translate`; filled as they are asked for."""

    def __init__(self) -> None:
        super().__init__()
        table = resources.files(__package__).joinpath("characters.tsv").read_text("utf-8")
        self.ranges: list[tuple[int, int, str]] = []
        for line in table.splitlines():
            if not line.startswith("# "):
                letter, _, places = line.split("\t")
                for place in places.split():
                    first, _, last = place.partition("-")
                    self.ranges.append((int(first, 16), int(last or first, 16), letter))

    def __missing__(self, point: int) -> str:
        found = (letter for first, last, letter in self.ranges if first <= point <= last)
        letter = self[point] = next(found, _OTHER)
        return letter


_classes = cache(_Classes)


def words(text: str) -> Iterator[str]:
    """The tokens of a text, in order, as they are written in it."""
    if text.isascii() and text.isalnum() and len(text) <= LONGEST:
        yield text  # what most pieces of text are
        return
    classes = text.translate(_classes())
    place = 0
    while place < len(classes):
        end = place + _WINDOW
        found = _patterns()[0].search(classes, place, end)
        if found is None:
            place = end - _MARGIN
        elif place < found.start() and found.end() > end - _MARGIN:
            place = found.start()  # perhaps the window's end cut it short
        else:
            place = _token_end(text, classes, found, end)
            yield text[found.start() : place]


def _token_end(text: str, classes: str, found: re.Match[str], end: int) -> int:
    """Where the token found ends, `LONGEST` units on at the latest."""
    start, stop = found.start(), _end(classes, found, end)
    if stop - start <= LONGEST // 2 or _units(text[start:stop]) <= LONGEST:
        return stop
    cut = start + _fitting(text[start : start + LONGEST])
    shorter = _patterns()[0].match(classes, start, cut)
    return _end(classes, shorter, cut) if shorter else start + 1


def _end(classes: str, found: re.Match[str], end: int) -> int:
    """Where a token ends; a letter that is an emoji too begins whichever is longer."""
    if classes[found.start()] != "e":
        return found.end()
    emoji = _patterns()[1].match(classes, found.start(), end)
    return max(found.end(), emoji.end() if emoji else 0)


def _units(text: str) -> int:
    """The length of a text in UTF-16."""
    return len(text) + sum(character > "\uffff" for character in text)


def _fitting(text: str) -> int:
    """How many characters of a text are in its first `LONGEST` UTF-16 units."""
    units = 0
    for count, character in enumerate(text):
        units += 2 if character > "\uffff" else 1
        if units > LONGEST:
            return count
    return len(text)
