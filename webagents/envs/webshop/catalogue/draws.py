"""What chance decides in a shop: prices, price limits, and the order and weights of its goals.

Source: princeton-nlp/WebShop (MIT), web_agent_site/engine/engine.py, `generate_product_prices`,
and goal.py; the order is that of its SimServer.
"""

from __future__ import annotations

import math
import random
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from webagents.envs.webshop.catalogue.products import UNKNOWN_PRICE
from webagents.envs.webshop.catalogue.requests import GoalKind, Request

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ORDER_SEED = 233
"""The seed with which the original shuffles its goals."""
LIMITS = tuple(10.0 * step for step in range(1, 100))
"""The price limits there are, in dollars."""
NO_LIMIT = 1_000_000
"""The limit of a goal that says nothing of its price."""


class Drawn(NamedTuple):
    """What a seed draws.

    prices: float64 (products,), in dollars.
    limits: float64 (requests,), see `draw_limits`.
    """

    prices: Floats
    limits: Floats


def draw(pricing: Floats, rows: Ints, seed: int) -> Drawn:
    """The prices and limits of a seed, in the order in which the original draws them.

    pricing: see `draw_prices`.
    rows: int64 (requests,), the place of each one's product.
    """
    draws = random.Random(seed)
    prices = draw_prices(pricing, draws)
    return Drawn(prices, draw_limits(prices[rows].tolist(), draws))


def price_range(product: Mapping[str, Any]) -> tuple[float, float]:
    """The lowest and the highest price of a product in dollars; NaN for the second of one price."""
    low, *high = product.get("pricing") or [UNKNOWN_PRICE]
    return low, high[0] if high else math.nan


def draw_prices(pricing: Floats, draws: random.Random) -> Floats:
    """The price of each product in dollars: a draw from its range where it has two.

    pricing: float64 (products, 2), in load order; the second is NaN where there is one price.
    """
    prices = np.array(pricing[:, 0])
    for row in np.flatnonzero(~np.isnan(pricing[:, 1])):
        prices[row] = draws.uniform(float(pricing[row, 0]), float(pricing[row, 1]))
    return prices


def drawn_prices(products: Iterable[Mapping[str, Any]], seed: int = 0) -> dict[str, float]:
    """Each product's price in dollars, by asin, drawn as after ``random.seed(seed)``."""
    asins: list[str] = []
    ranges = array("d")
    for product in products:
        asins.append(product["asin"])
        ranges.extend(price_range(product))
    pricing = np.array(ranges, dtype=np.float64).reshape(-1, 2)
    return dict(zip(asins, draw_prices(pricing, random.Random(seed)).tolist(), strict=True))


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
