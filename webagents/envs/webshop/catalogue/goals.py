"""Goals: what a customer is asked to buy, in the original's order and with its prices.

A goal is made from a *request* (an instruction without its price), a price limit drawn for it, and,
in a synthetic one, one combination of the product's options. Requests are kept, goals are made when
they are looked at: the full catalogue has millions of goals.

Source: princeton-nlp/WebShop (MIT), web_agent_site/engine/goal.py; the splits are those of its
baseline_models/env.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np

from webagents.envs.webshop.catalogue.draws import NO_LIMIT, Floats, Ints
from webagents.envs.webshop.catalogue.products import Product
from webagents.envs.webshop.catalogue.requests import Request
from webagents.errors import UserError, clipped

Goal = dict[str, Any]
"""A goal as the original holds it: asin, category, query, name, product_category,
instruction_text, attributes, price_upper, goal_options and weight."""

SPLITS: dict[str, tuple[int, int | None]] = {
    "test": (0, 500),
    "dev": (500, 1500),
    "train": (1500, None),
    "all": (0, None),
}
"""Where each split begins and ends in the goals' order."""
MOST_COMBINATIONS = 1_000_000
"""The most combinations of one product's options that become goals."""


def split(name: str, count: int) -> range:
    """The places of a split among `count` goals; empty where there are not as many goals.

    Raises:
        UserError: there is no split of that name.
    """
    if name not in SPLITS:
        raise UserError(f"no split {clipped(name)}; the splits are {', '.join(SPLITS)}")
    first, end = SPLITS[name]
    return range(min(first, count), min(count if end is None else end, count))


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

    def all_weights(self) -> Floats:
        """How often each goal is drawn, in proportion: float64 (goals,); no goal is made for it."""
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
