"""Shops: products, goals, prices and a search engine, opened from files or from an import.

A small folder of the original's files is read into memory. A shop that was imported (see
`webagents.envs.webshop.importing`) is mapped into memory, and processes share it, so that a shop of
a million products opens at once everywhere.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from webagents.envs.webshop.catalogue.draws import Drawn, Floats
from webagents.envs.webshop.catalogue.files import Files, find_files
from webagents.envs.webshop.catalogue.goals import Goal, Goals, split
from webagents.envs.webshop.catalogue.products import Product
from webagents.envs.webshop.catalogue.requests import KINDS, GoalKind
from webagents.envs.webshop.stock import Stock, read_stock
from webagents.envs.webshop.stock_files import NOTE, open_stock
from webagents.errors import UserError, clipped
from webagents.resources import content, home

BUNDLED = ("envs", "webshop", "catalogue")
"""Where the made-up catalogue lies that is part of the package."""
LARGEST_READ = 256 * 1024**2
"""Bytes of the largest products file that is read into memory; gzipped, a quarter of it."""

Stamp = tuple[tuple[int, int], ...]
"""Changes when a file does."""

_USUAL = ("synthetic goals", "human instructions: instruction_attributes are empty")
"""What is left out of the original's own files as well, and no sign of broken ones."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Prices(Mapping[str, float]):
    """The price of each product in dollars, by its asin.

    drawn: float64 (products,), in load order.
    """

    stock: Stock
    drawn: Floats

    def __getitem__(self, asin: str) -> float:
        return float(self.drawn[self.stock.row(asin)])

    def __iter__(self) -> Iterator[str]:
        return iter(self.stock.products)

    def __len__(self) -> int:
        return len(self.drawn)


class Shop:
    """A shop, shared by all who open it: nobody may change what it gives.

    source: the folder or file it was opened from.
    kind: which goals it has.
    price_seed: the seed of its prices and price limits.
    products: by asin, in load order.
    prices: in dollars, by asin.
    goals: in the original's order.
    dropped: how much was left out when it was read, by the reason.
    """

    def __init__(
        self, *, source: Path, kind: GoalKind, price_seed: int, stock: Stock, drawn: Drawn
    ) -> None:
        asked = stock.asked[kind]
        self.source = source
        self.kind = kind
        self.price_seed = price_seed
        self.products: Mapping[str, Product] = stock.products
        self.prices: Mapping[str, float] = Prices(stock, drawn.prices)
        self.goals: Sequence[Goal] = Goals(
            requests=asked.requests,
            ends=asked.ends,
            limits=drawn.limits,
            weights=asked.weights,
            order=asked.order,
            products=stock.products,
        )
        self.dropped: Mapping[str, int] = stock.dropped
        self._finder = stock.finder

    def __repr__(self) -> str:
        return (
            f"Shop({str(self.source)!r}, {len(self.products):,} products, "
            f"{len(self.goals):,} {self.kind} goals)"
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled as how it was opened, so that other processes share its files."""
        return _reopened, (self.source, self.kind, self.price_seed)

    def search(self, query: str, k: int = 50) -> Sequence[tuple[str, float]]:
        """The asins of the best `k` products with their scores, best first."""
        return self._finder().search(query, k)

    def split(self, name: str) -> range:
        """The goals' places in a split: "test", "dev", "train" or "all"; it may be empty.

        Raises:
            UserError: there is no split of that name.
        """
        return split(name, len(self.goals))


def open_shop(
    source: str | Path | None = None, *, goals: GoalKind = "human", price_seed: int = 0
) -> Shop:
    """A shop; the same arguments give the same one for as long as its files stay as they are.

    source: a name that was imported; a folder with the original's files, or a products file with
        the others beside it; an imported folder. None is the package's made-up catalogue.
    goals: "human" (written by people) or "synthetic" (made of products' attributes and options).
    price_seed: draws the prices of products that have a range, and the goals' price limits, as the
        original does after ``random.seed(price_seed)``.

    Raises:
        UserError: there is no such shop, its files cannot be read or hold no product, it has no
            goals of that kind, or it is so large that it has to be imported first.
    """
    if goals not in KINDS:
        raise UserError(f"no goals {clipped(goals)}; they are {' or '.join(KINDS)}")
    if isinstance(price_seed, bool) or not isinstance(price_seed, int):
        raise UserError(f"price_seed is {clipped(price_seed)}; it should be a whole number")
    place = content(*BUNDLED) if source is None else located(source)
    if (place / NOTE).is_file():
        return _opened(place, None, _stamp(place / NOTE), goals, price_seed)
    files = find_files(place)
    return _opened(place, files, _stamp(*files), goals, price_seed)


def imported_folder(name: str) -> Path:
    """Where a shop imported under a name lies, or would.

    Raises:
        UserError: it cannot be a folder's name.
    """
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise UserError(f"{clipped(name)} is no name of a shop: use letters, digits, '.', '_', '-'")
    return home() / "webshop" / name


def imported_names() -> list[str]:
    """The names of the shops that were imported."""
    found = (note.parent.name for note in (home() / "webshop").glob(f"*/{NOTE}"))
    return sorted(name for name in found if not name.startswith("."))


def located(source: str | Path) -> Path:
    """The folder or file of a name or a path; a name that was imported goes first.

    Raises:
        UserError: there is neither.
    """
    if isinstance(source, str) and source in imported_names():
        return imported_folder(source)
    path = Path(source).expanduser()
    if not source or not path.exists():
        names = ", ".join(imported_names()) or "none yet"
        raise UserError(
            f"no shop {clipped(str(source))}: name a folder with the original's files "
            f"(items_shuffle*.json, ...) or one that was imported ({names})"
        )
    return path.resolve()


@lru_cache(maxsize=16)
def _opened(
    source: Path, files: Files | None, stamp: Stamp, kind: GoalKind, price_seed: int
) -> Shop:
    stock = _stock(source, files, stamp)
    if kind not in stock.asked:
        raise UserError(
            f"{source} has no human goals: items_human_ins*.json has to lie beside the products; "
            'goals="synthetic" needs none'
        )
    return Shop(
        source=source,
        kind=kind,
        price_seed=price_seed,
        stock=stock,
        drawn=stock.drawn(kind, price_seed),
    )


@lru_cache(maxsize=4)
def _stock(source: Path, files: Files | None, stamp: Stamp) -> Stock:
    if files is None:
        return open_stock(source)
    size = files.products.stat().st_size
    if size > LARGEST_READ // (4 if files.products.suffix == ".gz" else 1):
        raise UserError(
            f"{files.products} has {size / 1e9:.1f} GB, too much to read at each start: "
            f"import it once (webagents import webshop {source} --name NAME), "
            "then open it by that name"
        )
    stock = read_stock(files)
    for reason, count in stock.dropped.items():
        level = logging.INFO if reason.startswith(_USUAL) else logging.WARNING
        log.log(level, "%s: left out, %s: %d", source, reason, count)
    return stock


def _reopened(source: Path, kind: GoalKind, price_seed: int) -> Shop:
    return open_shop(source, goals=kind, price_seed=price_seed)


def _stamp(*paths: Path | None) -> Stamp:
    found = [path.stat() for path in paths if path is not None]
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in found)
