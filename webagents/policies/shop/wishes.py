"""What an instruction asks for: words that matter, options that are named, the price limit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from webagents.policies.shop.lexicon import COLOURS, SIZES, UNITS
from webagents.policies.shop.words import content, numeral, usual, words

_LIMIT = re.compile(
    r"(?:,?\s*\b(?:and|but|with|for)\s+)?(?:\b(?:a|the|its|my)\s+)?"
    r"(?:\b(?:price[sd]?|cost(?:s|ing)?)\s+(?:\w+\s+){0,3}?)?"
    r"\b(?:lower than|less than|under|below|cheaper than|at most|up to|(?:no|not) more than|within|"
    r"max(?:imum)?(?: of)?|budget (?:of|is)|spend)\s+"
    r"(?:\$\s*(\d[\d,]*(?:\.\d+)?)(?:\s*dollars?)?|(\d[\d,]*(?:\.\d+)?)\s*(?:dollars?|usd|bucks)\b)"
)
_NAMED = re.compile(r"\b(?:with|and) ((?:(?!\b(?:with|and)\b)[^:,]){1,40}): ")
_TOLD = re.compile(
    r"[.(?!;:]\s|\(|\b(?:that|which|who|with|without|made|in|for|to|is|are|from|having|has|by|on|at)\b"
)
"""Where the name of a thing ends and what is told of it begins."""
_VALUES = COLOURS | {plain for each in COLOURS | SIZES for plain in words(each)}
_OPTIONS = frozenset(words("color flavor flavored scent scented style"))
_NO_VALUES = frozenset(words("artificial natural added synthetic"))
_ARTICLES = ("the", "in", "with")
_SLIGHT = frozenset(words("free easy size color flavor scent style"))
"""Words that say something of a product only with the one beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for.

    limit: the highest price that will do, in dollars; infinite where none is told.
    named: options told as ``name: value``, (name, the text from the value on).
    kind: the instruction before those and without the price, as `usual` has it.
    said: all of its words but the price.
    counted: the words of `kind` that matter, each once, and `pairs` the neighbouring ones.
    head: what kind of thing it is, in one of those words; "" where that cannot be told.
    valued: those that are likely to be values of options (colours, sizes, numbers, and what stands
        before a word such as "flavor"), and the share of a value that each is.
    """

    limit: float
    named: tuple[tuple[str, str], ...]
    kind: str
    said: tuple[str, ...]
    counted: tuple[str, ...]
    head: str
    valued: tuple[tuple[str, float], ...]
    pairs: tuple[tuple[str, str], ...]


@lru_cache(maxsize=256)
def understand(instruction: str) -> Wish:
    """What an instruction asks for."""
    text = " ".join(instruction.lower().split())
    limit = float("inf")
    if limits := list(_LIMIT.finditer(text)):
        last = limits[-1]
        limit = float((last.group(1) or last.group(2)).replace(",", ""))
        text = f"{text[: last.start()]} {text[last.end() :]}".strip(" ,.?!")
    options = list(_NAMED.finditer(text))
    named = tuple((found.group(1).strip(), text[found.end() :]) for found in options)
    kind = usual(text[: options[0].start()] if options else text)
    telling = content(kind)
    pairs = pairwise(telling)
    return Wish(
        limit=limit,
        named=named,
        kind=kind,
        said=words(text),
        counted=tuple(dict.fromkeys(word for word in telling if word not in _SLIGHT)),
        head=_head(kind),
        valued=tuple(_valued(words(kind))),
        pairs=tuple(dict.fromkeys(pairs)),
    )


def _valued(said: Sequence[str]) -> Iterator[tuple[str, float]]:
    """The words that are likely to be values of options; those side by side are one value."""
    run: list[str] = []
    named = False  # whether "the flavor" or the like was just said, and its value comes next
    for place, word in enumerate((*said, "")):
        after = said[place + 1] if place + 1 < len(said) else ""
        if word in _OPTIONS:
            named = said[place - 1] in _ARTICLES
        elif word and content(word):
            told = named or (after in _OPTIONS and word not in _NO_VALUES)
            named = False
            if told or numeral(word) or word in _VALUES or (run and word in UNITS):
                run.append(word)
                continue
        yield from ((each, 1 / len(run)) for each in run)
        run.clear()


def _head(text: str) -> str:
    """The noun of what is wanted: the last word before what is told of it."""
    for told in _TOLD.split(text):
        for word in reversed(words(told)):
            if numeral(word) or word in _VALUES or word in UNITS or word in _OPTIONS:
                continue
            if not content(word):
                break
            return word
    return ""


def queries(wish: Wish) -> tuple[str, ...]:
    """What to search for, the most telling first; at least one.

    Options told by name come twice: few products have a value, and many are of a kind.
    """
    plain = [each.strip(',.;:!?()"') for each in wish.kind.split()]
    kind = " ".join(dict.fromkeys(each for each in plain if content(each)))
    values = [rest.split(", and ")[0] for _, rest in wish.named]
    asked = (" ".join((kind, *values, *values)).strip(), kind, wish.head)
    return tuple(dict.fromkeys(query for query in asked if query)) or ("anything",)
