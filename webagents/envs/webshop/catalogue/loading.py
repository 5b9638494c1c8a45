"""Products loaded: from a products file, or from the forms in which callers have them.

Source: princeton-nlp/WebShop (MIT), web_agent_site/engine/engine.py, `load_products`. A row on
which the original stops is left out here, and counted by the reason.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import orjson

from webagents.envs.webshop.catalogue.files import find_files
from webagents.envs.webshop.catalogue.json_stream import Told, rows
from webagents.envs.webshop.catalogue.products import (
    BadRow,
    Product,
    asin_of,
    from_row,
    processed,
)
from webagents.errors import UserError, clipped

Products = Iterable[Mapping[str, Any]] | Mapping[str, Mapping[str, Any]]
"""Products or raw rows of a products file, or a mapping of asins to them."""

log = logging.getLogger(__name__)


def read_products(
    source: Path | str,
    entries: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    dropped: Counter[str] | None = None,
    told: Told | None = None,
) -> Iterator[Product]:
    """The products of a products file, or of the one in a folder, in the file's order.

    entries: of the attributes file, by asin (see
        `webagents.envs.webshop.catalogue.requests.read_attributes`).
    dropped: takes how many rows were left out, by the reason.
    told: hears how many bytes were read so far.

    Raises:
        UserError: the file cannot be read as a list (see
            `webagents.envs.webshop.catalogue.json_stream.rows`).
    """
    path = Path(source)
    if path.is_dir():
        path = find_files(path).products
    entries = {} if entries is None else entries
    dropped = Counter() if dropped is None else dropped
    seen: set[str] = set()
    for row in rows(path, told=told):
        try:
            asin = asin_of(row)
            if asin in seen:
                raise BadRow("the asin was there before", asin)
            product = from_row(row, entries.get(asin, {}).get("attributes"))
            _check_text(product)
        except BadRow as error:
            dropped[error.reason] += 1
        else:
            seen.add(asin)
            yield product


def distinct(
    products: Products, *, dropped: Counter[str] | None = None
) -> Iterator[tuple[str, Product]]:
    """The first product of each asin, with the asin, in order.

    dropped: takes how many rows were left out as they make no product, by the reason.
    """
    dropped = Counter() if dropped is None else dropped
    seen: set[str] = set()
    for row in products.values() if isinstance(products, Mapping) else products:
        try:
            made = isinstance(row, Mapping) and "Title" in row
            asin = str(row["asin"]) if made else asin_of(row)
            if asin in seen:
                continue
            product = processed(row)
        except BadRow as error:
            dropped[error.reason] += 1
        else:
            seen.add(asin)
            yield asin, product


def products_by_asin(products: Products) -> Mapping[str, Product]:
    """The products by asin, in their order; of those with one asin the first counts.

    products: a mapping is taken to hold products if its first one is one, and then passed on as it
        is, on disk or in memory. Rows that make no product are left out, and logged by the reason.

    Raises:
        UserError: a path was given.
    """
    if isinstance(products, str | Path):
        raise UserError(
            f"products={clipped(str(products))} is a path; open_shop(path) opens it, and has "
            "products, goals, prices and search"
        )
    if isinstance(products, Mapping):
        first = next(iter(products.values()), None)
        if first is None or "Title" in first:
            return cast(Mapping[str, Product], products)
    dropped: Counter[str] = Counter()
    by_asin = dict(distinct(products, dropped=dropped))
    for reason, count in dropped.items():
        log.warning("left out %d products: %s", count, reason)
    return by_asin


def _check_text(product: Product) -> None:
    """Refuses half a surrogate pair, which JSON can spell and UTF-8, thus a page, cannot hold."""
    try:
        orjson.dumps(product)
    except TypeError as error:
        raise BadRow("its text cannot be written as UTF-8", product["asin"]) from error
