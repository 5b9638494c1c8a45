"""Goals: what a customer is asked to buy, in the original's order and with its prices.

A goal is made from a *request* (an instruction without its price), a price limit drawn for it, and,
in a synthetic one, one combination of the product's options. Requests are kept, goals are made when
they are looked at: the full catalogue has millions of goals.

Source: princeton-nlp/WebShop (MIT), web_agent_site/engine/goal.py and engine.py; the order is that
of its SimServer, the splits are those of its baseline_models/env.py.
"""

from __future__ import annotations

import math
import random
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeGuard, get_args, overload

import numpy as np
import numpy.typing as npt

from webagents.envs.webshop.products import Product
from webagents.envs.webshop.reading import Told, entries
from webagents.errors import UserError, clipped

Goal = dict[str, Any]
"""A goal as the original holds it: asin, category, query, name, product_category,
instruction_text, attributes, price_upper, goal_options and weight."""

GoalKind = Literal["human", "synthetic"]
KINDS: tuple[GoalKind, ...] = get_args(GoalKind)

SPLITS: dict[str, tuple[int, int | None]] = {
    "test": (0, 500),
    "dev": (500, 1500),
    "train": (1500, None),
    "all": (0, None),
}
"""Where each split begins and ends in the goals' order."""
ORDER_SEED = 233
"""The seed with which the original shuffles its goals."""
LIMITS = tuple(10.0 * step for step in range(1, 100))
"""The price limits there are, in dollars."""
NO_LIMIT = 1_000_000
"""The limit of a goal that says nothing of its price."""
MOST_COMBINATIONS = 1_000_000
"""The most combinations of one product's options that become goals."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Request(NamedTuple):
    """What is asked for, without a price.

    options: the option values asked for; None where every combination of the product's options
        makes a goal.
    """

    asin: str
    instruction: str
    attributes: list[str]
    options: list[str] | None


def split(name: str, count: int) -> range:
    """The places of a split among `count` goals; empty where there are not as many goals.

    Raises:
        UserError: there is no split of that name.
    """
    if name not in SPLITS:
        raise UserError(f"no split {clipped(name)}; the splits are {', '.join(SPLITS)}")
    first, end = SPLITS[name]
    return range(min(first, count), min(count if end is None else end, count))


def read_attributes(
    path: Path, *, dropped: Counter[str] | None = None, told: Told | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The entries of an items_ins_v2*.json file by their asins.

    Of each what is used is given: attributes and instruction_attributes, lists of texts, and
    instruction, a text, where it has them.

    dropped: takes how many entries, or fields of them, were left out, by the reason.

    Raises:
        UserError: the file cannot be read as an object.
    """
    dropped = Counter() if dropped is None else dropped
    for asin, entry in entries(path, told=told):
        if not isinstance(entry, dict):
            dropped["attributes: an entry is no object"] += 1
            continue
        kept = {}
        for name, (fits, right) in _ENTRY.items():
            value = entry.get(name)
            if value is None:
                continue
            if fits(value):
                kept[name] = value
            else:
                dropped[f"attributes: {name} is no {right}"] += 1
        if _text(asin) and "\0" not in asin:  # no product has another asin
            yield asin, kept


def read_instructions(
    path: Path, *, dropped: Counter[str] | None = None, told: Told | None = None
) -> Iterator[tuple[str, list[Request]]]:
    """The requests of each product in an items_human_ins*.json file, by its asin.

    dropped: takes how many requests were left out, by the reason. The original leaves out those
        that ask for no attribute.

    Raises:
        UserError: the file cannot be read as an object.
    """
    dropped = Counter() if dropped is None else dropped
    for asin, records in entries(path, told=told):
        if not isinstance(records, list):
            dropped["human instructions: the entry is no list"] += 1
            continue
        requests = []
        for record in records:
            request = _human_request(asin, record)
            if isinstance(request, str):
                dropped[f"human instructions: {request}"] += 1
            else:
                requests.append(request)
        yield asin, requests


def synthetic_request(asin: str, entry: Mapping[str, Any] | None) -> Request | str:
    """What a product's entry asks for (see `read_attributes`), or why it asks for nothing."""
    if entry is None:
        return "it has no entry in the attributes file"
    if "instruction" not in entry:
        return "its entry has no instruction"
    if not entry.get("instruction_attributes"):
        return "its instruction asks for no attributes"
    return Request(asin, entry["instruction"], entry["instruction_attributes"], None)


def combinations(options: Mapping[str, Sequence[str]]) -> int:
    """How many combinations there are of one value of each option."""
    return math.prod(len(values) for values in options.values())


def combination(options: Mapping[str, Sequence[str]], number: int) -> dict[str, str]:
    """The combination of a number, counted from 0 as `itertools.product` does, names sorted."""
    chosen = {}
    for name in sorted(options, reverse=True):
        number, place = divmod(number, len(options[name]))
        chosen[name] = options[name][place]
    return dict(reversed(chosen.items()))


def draw_prices(pricing: Floats, draws: random.Random) -> Floats:
    """The price of each product in dollars: a draw from its range where it has two.

    pricing: float64 (products, 2), in load order; the second is NaN where there is one price.
    """
    prices = np.array(pricing[:, 0])
    for row in np.flatnonzero(~np.isnan(pricing[:, 1])):
        prices[row] = draws.uniform(float(pricing[row, 0]), float(pricing[row, 1]))
    return prices


def draw_limits(prices: Iterable[float], draws: random.Random) -> Floats:
    """The most each request may cost: the higher of two of the next four limits above its price.

    prices: of the requested products, in the requests' order.
    """
    limits = array("d")
    for price in prices:
        place = bisect_right(LIMITS, price)
        above = LIMITS[place : place + 4]
        limits.append(max(draws.sample(above, 2)) if len(above) >= 2 else NO_LIMIT)
    return np.array(limits)


def shuffled(count: int) -> Ints:
    """The original's order of `count` goals: which goal of the list as made is at each place."""
    order = array("q", range(count))
    random.Random(ORDER_SEED).shuffle(order)
    return np.array(order, dtype=np.int64)


def weights(requests: Iterable[Request], counts: Iterable[int], kind: GoalKind) -> Floats:
    """How often the goals of each request are drawn, in proportion.

    A human goal has weight 1; a synthetic one the mean, over its attributes, of 1 / the number of
    goals that ask for the attribute.

    requests: is gone through twice.
    counts: how many goals each request makes; is gone through twice.
    """
    if kind == "human":
        return np.ones(sum(1 for _ in counts))
    asked: Counter[str] = Counter()
    for request, count in zip(requests, counts, strict=True):
        for attribute in request.attributes:
            asked[attribute] += int(count)
    return np.array(
        [
            sum(1.0 / asked[name] for name in request.attributes) / len(request.attributes)
            if count
            else 0.0
            for request, count in zip(requests, counts, strict=True)
        ],
        dtype=np.float64,
    )


class Goals(Sequence[Goal]):
    """The goals of a shop in the original's order; each is made when it is asked for.

    requests: what is asked for, in the order of the products.
    ends: int64 (requests,), how many goals there are up to and with each request.
    limits: float64 (requests,), the price limit drawn for each, in dollars.
    weights: float64 (requests,), see `weights`.
    order: int64 (goals,), see `shuffled`.
    products: the products asked for, by their asin.
    """

    def __init__(
        self,
        *,
        requests: Sequence[Request],
        ends: Ints,
        limits: Floats,
        weights: Floats,
        order: Ints,
        products: Mapping[str, Product],
    ) -> None:
        self._requests = requests
        self._ends = ends
        self._limits = limits
        self._weights = weights
        self._order = order
        self._products = products

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, index: int) -> Goal: ...

    @overload
    def __getitem__(self, index: slice) -> list[Goal]: ...

    def __getitem__(self, index: int | slice) -> Goal | list[Goal]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        made = int(self._order[index])
        row = int(np.searchsorted(self._ends, made, side="right"))
        before = int(self._ends[row - 1]) if row else 0
        return self._goal(row, made - before)

    def __iter__(self) -> Iterator[Goal]:
        return (self[place] for place in range(len(self)))

    def weight(self, index: int) -> float:
        """A goal's weight, without making the goal."""
        made = self._order[index]
        return float(self._weights[np.searchsorted(self._ends, made, side="right")])

    def all_weights(self) -> Floats:
        """The weight of each goal, float64 (goals,), without making the goals."""
        rows = np.searchsorted(self._ends, self._order, side="right")
        return np.asarray(self._weights[rows], dtype=np.float64)

    def _goal(self, row: int, number: int) -> Goal:
        request, limit = self._requests[row], float(self._limits[row])
        product = self._products[request.asin]
        options: list[str] | dict[str, str]
        if request.options is None:
            options = combination(product["options"], number)
            asked = ", and ".join(f"{name}: {value}" for name, value in options.items())
            text = request.instruction + (f" with {asked}" if asked else "")
            weight: float = float(self._weights[row])
        else:
            options, text, weight = request.options, request.instruction.strip("."), 1
        return {
            "asin": request.asin,
            "category": product["category"],
            "query": product["query"],
            "name": product["name"],
            "product_category": product["product_category"],
            "instruction_text": text + _price_text(limit),
            "attributes": request.attributes,
            "price_upper": NO_LIMIT if limit == NO_LIMIT else limit,
            "goal_options": options,
            "weight": weight,
        }


def _price_text(limit: float) -> str:
    return "" if limit == NO_LIMIT else f", and price lower than {limit:.2f} dollars"


def _text(value: object) -> TypeGuard[str]:
    """Whether it is a text that UTF-8 can hold: JSON can spell half a surrogate pair."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(map(_text, value))


_ENTRY: dict[str, tuple[Callable[[object], bool], str]] = {
    "attributes": (_texts, "list of texts"),
    "instruction": (_text, "text"),
    "instruction_attributes": (_texts, "list of texts"),
}


def _human_request(asin: str, record: object) -> Request | str:
    """What a human instruction asks for, or why it is left out."""
    if not isinstance(record, dict):
        return "the instruction is no object"
    instruction, attributes, options = (
        record.get(name)
        for name in ("instruction", "instruction_attributes", "instruction_options")
    )
    if not _text(instruction):
        return "the instruction is no text"
    if not _texts(attributes):
        return "instruction_attributes are no list of texts"
    if not attributes:
        return "instruction_attributes are empty"
    if not _texts(options):
        return "instruction_options are no list of texts"
    return Request(asin, instruction, attributes, options)
