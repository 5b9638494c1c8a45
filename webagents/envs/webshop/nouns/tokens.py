"""Splits a title into tokens as spaCy's English tokeniser does.

Source: spaCy 3.8, ``spacy/tokenizer.pyx`` (the order of steps) and ``spacy/lang/punctuation.py``,
``char_classes.py``, ``en/punctuation.py`` (what is split off). Between spaces, signs are taken off
both ends of a text as long as there are any; what is left is one token, or is split within.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from webagents.envs.webshop.nouns.exceptions import Token, exceptions, norm, units

_SIGNS = r"…,:;!?¿؟¡()[\]{}<>_#*&。？！，、；：～·।،۔؛٪"
_QUOTES = "'\"”“`‘´’‚„»«「」『』（）〔〕【】《》〈〉⟦⟧"
_CURRENCY = "$£€¥฿₽﷼₴₠-₿"
_SYMBOLS = (  # what spaCy calls icons: characters of the Unicode class "other symbol" and some more
    "\u00a6\u00a9\u00ae\u00b0\u2100\u2101\u2103-\u2106\u2108\u2109\u2114\u2116\u2117\u211e-\u2123"
    "\u2125\u2127\u2129\u212e\u213a\u213b\u214a\u214c\u214d\u2195-\u2199\u219c-\u219f\u21a1\u21a2"
    "\u21a4\u21a5\u21a7-\u21ad\u21af-\u21cd\u21d0\u21d1\u21d3\u21d5-\u21f3\u2300-\u2307\u230c-\u231f"
    "\u2322-\u2328\u232b-\u237b\u237d-\u239a\u23b4-\u23db\u23e2-\u2426\u249c-\u24e9\u2500-\u25b6"
    "\u25b8-\u25c0\u25c2-\u25f7\u2600-\u266e\u2670-\u2767\u2794-\u27bf\u2800-\u28ff\u2b00-\u2b2f"
    "\u2b45\u2b46\u2b4d-\u2b73\u3004\u3012\u3013\u3020\ufffc\ufffd\U0001f000-\U0001faff"
)
_LETTER = r"[^\W\d_]"
_REACH = 32  # characters from the end in which a suffix is looked for
_PARTS = 8  # tokens at most that an exception is put together from again
_URL = re.compile(
    r"(?:[\w+.-]{2,}://)?(?:\S+@)?(?:[A-Za-z0-9\u00a1-\uffff](?:[A-Za-z0-9\u00a1-\uffff_-]{0,62}"
    r"[A-Za-z0-9\u00a1-\uffff])?\.)+(?:[a-z\u00df-\u00f6\u00f8-\u00ff]{2,63})(?::\d{2,5})?(?:[/?#]\S*)?",
)


@cache
def _prefix() -> re.Pattern[str]:
    """What is taken off the front: a sign, a quote, a currency, dots, a plus before no digit."""
    return re.compile(
        rf"§|%|=|—|–|\+(?![0-9])|[{_SIGNS}]|\.\.+|[{_QUOTES}]|US\$|C\$|A\$|[{_CURRENCY}]|[{_SYMBOLS}]"
    )


@cache
def _suffix() -> re.Pattern[str]:
    """What is taken off the end: the same, possessives, units after digits, full stops."""
    unit = "|".join(re.escape(unit) for unit in units())
    small = r"a-z\u00df-\u00f6\u00f8-\u00ff"
    large = r"A-Z\u00c0-\u00d6\u00d8-\u00de"
    return re.compile(
        rf"(?:[{_SIGNS}]|\.\.+|[{_QUOTES}]|[{_SYMBOLS}]|'s|'S|’s|’S|—|–|(?<=[0-9])\+|(?<=°[FfCcKk])\."
        rf"|(?<=[0-9])(?:US\$|C\$|A\$|[{_CURRENCY}])|(?<=[0-9])(?:{unit})"
        rf"|(?<=[0-9{small}%²\-+{_SIGNS}{_QUOTES}])\.|(?<=[{large}][{large}])\.)$"
    )


@cache
def _infix() -> re.Pattern[str]:
    """What is split within: dots, symbols, operators, and signs and dashes between letters."""
    return re.compile(
        rf"\.\.+|…|[{_SYMBOLS}]|(?<=[0-9])[+\-*^](?=[0-9-])|(?<=[a-z{_QUOTES}])\.(?=[A-Z{_QUOTES}])"
        rf"|(?<={_LETTER}),(?={_LETTER})|(?<=[^\W_])(?:---?|–|—|——|~|-)(?={_LETTER})"
        rf"|(?<=[^\W_])[:<>=/](?={_LETTER})"
    )


def tokens(title: str) -> list[Token]:
    """The title's tokens. A single space between two is none; more spaces are one token."""
    found: list[Token] = []
    for run in re.finditer(r"\s+|\S+", title):
        text = run[0]
        if not text[0].isspace():
            found += _split(text)
            continue
        spaces = text[1:] if run.start() and text[0] == " " else text
        if spaces:
            found.append(Token(spaces, norm(spaces)))
    return found


@lru_cache(maxsize=65536)
def _split(text: str) -> tuple[Token, ...]:
    """The tokens of a text without spaces."""
    special = exceptions()
    if text in special:
        return special[text]
    front: list[str] = []
    back: list[str] = []
    size = -1
    while text and len(text) != size and text not in special:
        size = len(text)
        prefix = _prefix().match(text)
        start = prefix.end() if prefix else 0
        if start and text[start:] in special:
            front.append(text[:start])
            text = text[start:]
            break
        rest = text[start:]
        suffix = _suffix().search(rest, max(0, len(rest) - _REACH))
        length = len(suffix[0]) if suffix else 0
        if length and text[:-length] in special:
            back.append(text[-length:])
            text = text[:-length]
            break
        if start:
            front.append(text[:start])
        if length:
            back.append(text[-length:])
        text = text[start : len(text) - length]
    middle = list(special.get(text) or _plain(_within(text))) if text else []
    return tuple(_merged([*_plain(front), *middle, *_plain(reversed(back))]))


def _plain(texts: Iterable[str]) -> Iterator[Token]:
    return (Token(text, norm(text)) for text in texts)


def _within(text: str) -> list[str]:
    """A text without signs at its ends: whole when it is an address, else split at its infixes."""
    if _URL.fullmatch(text):
        return [text]
    parts: list[str] = []
    start = 0
    for infix in _infix().finditer(text):
        if infix.start() == 0:
            continue
        if infix.start() != start:
            parts.append(text[start : infix.start()])
        parts.append(infix[0])
        start = infix.end()
    return [*parts, text[start:]] if text[start:] else parts


def _merged(found: list[Token]) -> list[Token]:
    """Tokens that together are an exception become it, the longest first: "8" and ")" are "8)"."""
    special = exceptions()
    merged: list[Token] = []
    at = 0
    while at < len(found):
        for end in range(min(len(found), at + _PARTS), at + 1, -1):
            text = "".join(token.text for token in found[at:end])
            if text in special:
                merged += special[text]
                at = end
                break
        else:
            merged.append(found[at])
            at += 1
    return merged
