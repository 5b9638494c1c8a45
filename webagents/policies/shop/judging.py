"""How well products fit a wish, as far as a shopper has seen them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from webagents.policies.shop.choosing import Choice, choices
from webagents.policies.shop.memory import Found, Memory
from webagents.policies.shop.pages import Prices
from webagents.policies.shop.wishes import Wish
from webagents.policies.shop.words import numeral, vocabulary

DETAILS = ("features", "description")
"""The further pages that say more about a product."""

# What counts how much: a word of the wish _PLAIN, and up to _RARE more the fewer titles have it.
_PLAIN = 0.5
_RARE = 0.2
_PAIR = 0.7  # of that, for two words found side by side beyond what they count alone
_VALUE = 3.0  # for a value of an option that is likely to be one
_NAMED = 2.0  # for an option told by name
_IN_DETAILS = 0.8  # of a word, where the title does not have it and a further page does
_VALUE_IN_DETAILS = 0.2  # of a value or number that is said there and not to be chosen
_TALK = 0.8  # what is left of a word for each text that was read in vain
# What is taken off the share that was found.
_DEAR = 0.5  # for a price above the limit
_CHEAP = 0.12  # for one far below it: limits are set at most _FAR dollars above what was in mind
_FAR = 40.0
_STRANGE = 0.06  # for a title without the noun that was asked for
# How much of what is not known yet is expected of the first result, and how much less of the last.
_UNREAD = 0.9
_FADING = 0.7
_MOST_RESULTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How well a product fits.

    score: the share of what is asked for that was found, 0 to 1, less what speaks against it.
    hope: what the score is expected to be once all of its pages are read.
    choices: the options' values to choose.
    """

    score: float
    hope: float
    choices: tuple[Choice, ...]


class Standards(NamedTuple):
    """What products are measured by.

    counts: how much each word of the wish counts, (word,), and each two side by side.
    values: the words that are likely to be options' values.
    head: the noun that was asked for; "" where no title has it.
    """

    counts: Mapping[tuple[str, ...], float]
    values: frozenset[str]
    head: str


def standards(memory: Memory, wish: Wish) -> Standards:
    """What to measure by, from all that was seen.

    What is found nowhere, however much is read, is taken for mere talk.
    """
    products = memory.products.values()
    titles = [vocabulary(found.card.title) for found in products]
    texts = [vocabulary(text) for found in products for text in found.details.values()]
    values = dict(wish.valued)
    for found in products:
        for choice in choices(wish, found.item.groups) if found.item is not None else ():
            if choice.whole:
                values.update(dict.fromkeys(choice.said, 1 / len(choice.said)))
    counts: dict[tuple[str, ...], float] = {}
    for way in (*((word,) for word in wish.counted), *wish.pairs):
        having = sum(_has(title, way) for title in titles)
        rarity = math.log((len(titles) + 2) / (1 + having)) / math.log(len(titles) + 2)
        count = _PLAIN + _RARE * rarity
        known = having or any(_has(text, way) for text in texts)
        if len(way) > 1:
            counts[way] = _PAIR * count if known else 0.0
        elif way[0] in values:
            counts[way] = _VALUE * values[way[0]]
        else:
            counts[way] = count if known else count * _TALK ** len(texts)
    head = wish.head if any(wish.head in title for title in titles) else ""
    return Standards(counts, frozenset(values), head)


def judge(found: Found, wish: Wish, by: Standards) -> Judgement:
    """How well one product fits."""
    picked = choices(wish, found.item.groups) if found.item is not None else ()
    closed = found.item is None
    got, unknown = _found(found, by, frozenset(word for each in picked for word in each.said))
    if closed:
        unknown += _NAMED * len(wish.named)
    else:
        got += _NAMED * sum(choice.told for choice in picked)
    total = sum(by.counts.values()) + _NAMED * len(wish.named) or 1.0
    expected = _UNREAD * (1 - _FADING * min(1.0, found.rank / _MOST_RESULTS))
    prices = found.card.prices
    against = _DEAR * (1 - _affordable(prices, wish.limit))
    against += _CHEAP * (prices.high <= wish.limit - _FAR)
    against += _STRANGE * (by.head != "" and by.head not in vocabulary(found.card.title))
    return Judgement(
        score=got / total - against,
        hope=(got + expected * unknown) / total - against,
        choices=picked,
    )


def _found(found: Found, by: Standards, options: frozenset[str]) -> tuple[float, float]:
    """How much of what counts was found, and how much is not known yet.

    options: the words of the values to choose.
    """
    pairs = [way for way in by.counts if len(way) > 1]
    title = _with_parts(vocabulary(found.card.title), pairs)
    details = [_with_parts(vocabulary(text), pairs) for text in found.details.values()]
    closed = found.item is None
    unread = 1 - len(details) / len(DETAILS)
    got = unknown = 0.0
    for way, count in by.counts.items():
        value = way[0] in by.values
        later = count * (_VALUE_IN_DETAILS if value or numeral(way[0]) else _IN_DETAILS)
        if way[0] in options:
            got += count
        elif _has(title, way):
            got += count / 2 if value else count
            unknown += count / 2 if value and closed else 0.0
        elif any(_has(text, way) for text in details):
            got += later
        else:
            unknown += count if closed else later * unread
    return got, unknown


def _has(text: frozenset[str], way: tuple[str, ...]) -> bool:
    """Whether a text has a word, or two side by side, the one or the other way round."""
    if len(way) == 1:
        return way[0] in text
    return way[0] + way[1] in text or way[1] + way[0] in text


def _with_parts(text: frozenset[str], pairs: Sequence[tuple[str, ...]]) -> frozenset[str]:
    """A text's words, and both of those that it has written as one."""
    return text.union(*(pair for pair in pairs if _has(text, pair)))


def _affordable(prices: Prices, limit: float) -> float:
    """How likely a price is within the limit, drawn evenly from a range that is shown."""
    if prices.high <= limit:
        return 1.0
    if prices.low > limit:
        return 0.0
    return (limit - prices.low) / (prices.high - prices.low)
