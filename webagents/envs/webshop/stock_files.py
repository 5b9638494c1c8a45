"""A stock on disk: how an imported shop's folder is laid out, written and opened.

``products`` and ``requests-KIND`` are stores of records (see `webagents.envs.webshop.records`);
the arrays of `webagents.envs.webshop.stock.Asked` are ``KIND-NAME.npy``; ``pricing.npy`` holds
what prices are drawn from, ``drawn-*.npy`` what the usual seed draws; ``search/`` is the search
engine's. ``shop.json`` is written last, and says what is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from webagents.envs.webshop.catalogue.draws import Drawn, Floats, draw
from webagents.envs.webshop.catalogue.requests import GoalKind, Request
from webagents.envs.webshop.records import KeyedRecords, Records, load, save
from webagents.envs.webshop.search import SearchEngine
from webagents.envs.webshop.stock import FORMAT, Asked, Stock
from webagents.errors import UserError

NOTE = "shop.json"
USUAL_SEED = 0
PRODUCTS = "products"
SEARCH = "search"
_ARRAYS = ("rows", "ends", "weights", "order")


def write_note(folder: Path, note: Mapping[str, Any]) -> None:
    """Writes the ``shop.json`` of a folder that is complete otherwise."""
    text = orjson.dumps({"format": FORMAT, **note}, option=orjson.OPT_INDENT_2)
    (folder / NOTE).write_bytes(text + b"\n")


def read_note(folder: Path) -> dict[str, Any]:
    """What the ``shop.json`` of an imported shop says.

    Raises:
        UserError: it cannot be read, or is of another version of this package.
    """
    path = folder / NOTE
    try:
        note = orjson.loads(path.read_bytes())
        found, _ = note["format"], note["dropped"]
        goals: list[str] = list(note["goals"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is no imported shop's ({error}); import the shop again") from error
    if found != FORMAT or not goals:
        raise UserError(
            f"{folder} was imported by another version (format {found}, not {FORMAT}); "
            "import the shop again"
        )
    return dict(note)


def requests_stem(folder: Path, kind: GoalKind) -> Path:
    """The stem of the store of a kind's requests."""
    return folder / f"requests-{kind}"


def stored_requests(folder: Path, kind: GoalKind) -> Records:
    """The requests of a kind, in the order of the products."""
    return Records(requests_stem(folder, kind), make=lambda fields: Request(*fields))


def save_asked(folder: Path, kind: GoalKind, asked: Asked, pricing: Floats) -> None:
    """Writes the arrays of a kind, and what the usual seed draws."""
    for name in _ARRAYS:
        save(folder / f"{kind}-{name}.npy", getattr(asked, name))
    drawn = draw(pricing, asked.rows, USUAL_SEED)
    save(folder / "pricing.npy", pricing)
    save(folder / "drawn-prices.npy", drawn.prices)
    save(folder / f"drawn-{kind}-limits.npy", drawn.limits)


def open_stock(folder: Path) -> Stock:
    """The stock of an imported shop, memory-mapped.

    Raises:
        UserError: files are missing or damaged, or of another version.
    """
    note = read_note(folder)
    products = KeyedRecords(folder / PRODUCTS)
    asked: dict[GoalKind, Asked] = {kind: _asked(folder, kind) for kind in note["goals"]}

    def drawn(kind: GoalKind, seed: int) -> Drawn:
        if seed == USUAL_SEED:
            limits = load(folder / f"drawn-{kind}-limits.npy")
            return Drawn(load(folder / "drawn-prices.npy"), limits)
        return draw(load(folder / "pricing.npy"), asked[kind].rows, seed)

    return Stock(
        products=products,
        row=products.row,
        asked=asked,
        dropped=note["dropped"],
        drawn=drawn,
        finder=cache(lambda: SearchEngine.open(folder / SEARCH)),
    )


def _asked(folder: Path, kind: GoalKind) -> Asked:
    rows, ends, weights, order = (load(folder / f"{kind}-{name}.npy") for name in _ARRAYS)
    return Asked(
        requests=stored_requests(folder, kind), rows=rows, ends=ends, weights=weights, order=order
    )
