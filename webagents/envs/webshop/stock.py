"""A shop's stock: its products and what is asked for, gathered in one pass over the data files."""

from __future__ import annotations

import logging
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

import numpy as np

from webagents.envs.webshop.catalogue.draws import (
    Drawn,
    Floats,
    Ints,
    draw,
    price_range,
    shuffled,
    weights,
)
from webagents.envs.webshop.catalogue.files import Files, checksum
from webagents.envs.webshop.catalogue.goals import MOST_COMBINATIONS, combinations
from webagents.envs.webshop.catalogue.loading import read_products
from webagents.envs.webshop.catalogue.products import Product
from webagents.envs.webshop.catalogue.requests import (
    KINDS,
    GoalKind,
    Request,
    read_attributes,
    read_instructions,
    synthetic_request,
)
from webagents.envs.webshop.search import SearchEngine
from webagents.errors import UserError
from webagents.resources import home

FORMAT = 1
"""Changes whenever the same files make other products or requests, or lie elsewhere on disk."""

log = logging.getLogger(__name__)


class Finder(Protocol):
    """What finds products."""

    def search(self, query: str, k: int = 50) -> Sequence[tuple[str, float]]:
        """The asins of the best `k` products with their scores, best first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The requests of one kind.

    requests: in the order of the products.
    rows: int64 (requests,), the place of each one's product.
    ends: int64 (requests,), how many goals there are up to and with each.
    weights: float64 (requests,), that of each one's goals.
    order: int64 (goals,), see `webagents.envs.webshop.catalogue.draws.shuffled`.
    """

    requests: Sequence[Request]
    rows: Ints
    ends: Ints
    weights: Floats
    order: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Products and what is asked for.

    products: by asin, in load order.
    row: the place of an asin's product.
    asked: by the kind of goals; human ones are absent where there is no file of instructions.
    dropped: how many rows, entries and requests were left out, by the reason.
    drawn: what a seed draws for the goals of a kind.
    finder: the search engine over the products, made when it is first asked for.
    """

    products: Mapping[str, Product]
    row: Callable[[str], int]
    asked: Mapping[GoalKind, Asked]
    dropped: Mapping[str, int]
    drawn: Callable[[GoalKind, int], Drawn]
    finder: Callable[[], Finder]


def read_stock(files: Files) -> Stock:
    """The stock of the original's files, in memory.

    Raises:
        UserError: a file cannot be read, or holds no product.
    """
    dropped: Counter[str] = Counter()
    products: dict[str, Product] = {}
    requests: dict[GoalKind, list[Request]] = {kind: [] for kind in KINDS}
    entries = dict(read_attributes(files.attributes, dropped=dropped))
    gathered = Gathering(
        keep=lambda product: products.__setitem__(product["asin"], product),
        ask=lambda kind, request: requests[kind].append(request),
        dropped=dropped,
    ).run(
        read_products(files.products, entries, dropped=dropped),
        entries,
        instructions(files, dropped),
    )
    if not products:
        raise no_products(files, dropped)
    pricing, rows = gathered.pricing, {asin: row for row, asin in enumerate(products)}
    asked = {kind: gathered.asked(kind, requests[kind]) for kind in kinds(files)}
    return Stock(
        products=products,
        row=rows.__getitem__,
        asked=asked,
        dropped=dropped,
        drawn=lambda kind, seed: draw(pricing, asked[kind].rows, seed),
        finder=cache(lambda: _engine(products, files)),
    )


def _engine(products: Mapping[str, Product], files: Files) -> SearchEngine:
    """The search engine of a products file, indexed once and kept in the user's folder."""
    folder = home() / "webshop" / ".indexes" / f"{FORMAT}-{checksum(files.products)[:20]}"
    with suppress(UserError):  # there is none yet, or one of another version
        return SearchEngine.open(folder)
    try:
        return SearchEngine.build(products.values(), folder)
    except (OSError, UserError) as error:
        # The folder cannot be written, or another process wrote it first.
        log.info("the search index is kept in memory: %s", error)
        return SearchEngine(products.values())


def kinds(files: Files) -> tuple[GoalKind, ...]:
    """The kinds of goals that can be made of the files."""
    return KINDS if files.human is not None else ("synthetic",)


def instructions(files: Files, dropped: Counter[str]) -> dict[str, list[Request]]:
    """The human requests of each product, by asin; none where there is no file of them."""
    return {} if files.human is None else dict(read_instructions(files.human, dropped=dropped))


def no_products(files: Files, dropped: Mapping[str, int]) -> UserError:
    """The error of a file of which no row makes a product."""
    if not dropped:
        return UserError(f"{files.products} holds no products: its list is empty")
    told = "; ".join(f"{reason}: {count:,}" for reason, count in dropped.items())
    return UserError(f"{files.products} holds no usable product ({told})")


@dataclass(slots=True)
class _Noted:
    """What is noted of the requests of one kind while they are gathered."""

    rows: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))

    def add(self, row: int, goals: int) -> None:
        self.rows.append(row)
        self.ends.append((self.ends[-1] if self.ends else 0) + goals)


@dataclass(slots=True, kw_only=True)
class Gathering:
    """One pass over the products that hands on each, and what is asked of it.

    keep: takes each product.
    ask: takes each request, with its kind.
    dropped: takes how much was left out, by the reason.
    """

    keep: Callable[[Product], object]
    ask: Callable[[GoalKind, Request], object]
    dropped: Counter[str]
    _pricing: array[float] = field(default_factory=lambda: array("d"))
    _noted: dict[GoalKind, _Noted] = field(
        default_factory=lambda: {kind: _Noted() for kind in KINDS}
    )

    def run(
        self,
        products: Iterable[Product],
        entries: Mapping[str, Mapping[str, Any]],
        instructions: Mapping[str, Sequence[Request]],
    ) -> Gathering:
        """Itself, after the pass.

        entries: of the attributes file, by asin.
        instructions: the human requests, by asin.
        """
        for row, product in enumerate(products):
            self.keep(product)
            self._pricing.extend(price_range(product))
            for request in self._requests(product, entries, instructions):
                kind: GoalKind = "synthetic" if request.options is None else "human"
                goals = 1 if kind == "human" else combinations(product["options"])
                self.ask(kind, request)
                self._noted[kind].add(row, goals)
        return self

    def _requests(
        self,
        product: Product,
        entries: Mapping[str, Mapping[str, Any]],
        instructions: Mapping[str, Sequence[Request]],
    ) -> Iterator[Request]:
        asin = product["asin"]
        yield from instructions.get(asin, ())
        request = synthetic_request(asin, entries.get(asin))
        if not isinstance(request, str) and combinations(product["options"]) > MOST_COMBINATIONS:
            request = f"its options have over {MOST_COMBINATIONS:,} combinations"
        if isinstance(request, str):
            self.dropped[f"synthetic goals of a product: {request}"] += 1
        else:
            yield request

    @property
    def pricing(self) -> Floats:
        """See `webagents.envs.webshop.catalogue.draws.draw_prices`."""
        return np.array(self._pricing, dtype=np.float64).reshape(-1, 2)

    def asked(self, kind: GoalKind, requests: Sequence[Request]) -> Asked:
        """The requests of a kind, with what was noted of them.

        requests: as `ask` was given them.
        """
        noted = self._noted[kind]
        ends = np.array(noted.ends, dtype=np.int64)
        return Asked(
            requests=requests,
            rows=np.array(noted.rows, dtype=np.int64),
            ends=ends,
            weights=weights(requests, np.diff(ends, prepend=0).tolist(), kind),
            order=shuffled(int(ends[-1]) if len(ends) else 0),
        )
