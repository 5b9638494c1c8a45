"""Products for sale, taken in the forms that callers have them in."""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, cast

import numpy as np

from webagents.envs.webshop.goals import draw_prices
from webagents.envs.webshop.products import BadRow, Product, asin_of, processed

_PRICE_SEED = 0

log = logging.getLogger(__name__)


def products_by_asin(
    products: Mapping[str, Mapping[str, Any]] | Iterable[Mapping[str, Any]],
) -> Mapping[str, Product]:
    """The products by asin, in their order; of those with one asin the first counts.

    products: products or rows of a products file (see `processed`). A mapping is taken to hold
        products if its first one is one, and then passed on as it is, on disk or in memory.
        Rows that make no product are left out, and logged by the reason.
    """
    if isinstance(products, Mapping):
        first = next(iter(products.values()), None)
        if first is None or "Title" in first:
            return cast(Mapping[str, Product], products)
        products = products.values()
    by_asin: dict[str, Product] = {}
    left_out: Counter[str] = Counter()
    for row in products:
        try:
            asin = str(row["asin"]) if "Title" in row else asin_of(row)
            if asin not in by_asin:
                by_asin[asin] = processed(row)
        except BadRow as why:
            left_out[why.reason] += 1
    for reason, count in left_out.items():
        log.warning("left out %d products: %s", count, reason)
    return by_asin


def drawn_prices(products: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Each product's price in dollars, by asin, drawn as after ``random.seed(0)``."""
    asins, pricing = [], []
    for product in products:
        low, *more = product["pricing"] or [100.0]
        asins.append(product["asin"])
        pricing.append((low, more[0] if more else np.nan))
    ranges = np.array(pricing, dtype=np.float64).reshape(-1, 2)
    prices = draw_prices(ranges, random.Random(_PRICE_SEED))
    return dict(zip(asins, prices.tolist(), strict=True))
