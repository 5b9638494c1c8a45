"""Searching for homes: what a search's address says, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple
from zlib import crc32

from webagents.envs.websites.homes.stock import SITE, Home, Town, stock, towns
from webagents.envs.websites.website import Address, folded, words

PATH = "/homes"

ORDERS: Mapping[str, Callable[[Home], Any]] = {
    "recommended": lambda home: (crc32(home.id.encode()),),
    "newest": lambda home: (home.age, crc32(home.id.encode())),
    "price-low": lambda home: (home.rent, home.id),
    "price-high": lambda home: (-home.rent, home.id),
    "size": lambda home: (-home.area, home.id),
}
"""What homes are put in order by."""

BEDS = ("studio", "1", "2", "3", "4")
BATHS = ("1", "1.5", "2", "3")


class Filters(NamedTuple):
    """What a search asks for, each as its form has it; "" and () where it asks nothing.

    where: the words in the search field.
    beds: ``"studio"``, or how many at least. baths: how many at least.
    """

    where: str = ""
    low: str = ""
    high: str = ""
    beds: str = ""
    baths: str = ""
    types: tuple[str, ...] = ()
    amenities: tuple[str, ...] = ()
    lease: str = ""
    free: str = ""
    sort: str = ""

    @classmethod
    def of(cls, address: Address) -> Filters:
        """The filters of a search's address; values that no form offers are none."""
        said = words(SITE)
        low, high = (_number(address.first(name)) for name in ("min_rent", "max_rent"))
        return cls(
            where=address.first("where"),
            low=low,
            high=high,
            beds=_one_of(address.first("beds"), BEDS),
            baths=_one_of(address.first("baths"), BATHS),
            types=tuple(name for name in said["types"] if name in address.all("type")),
            amenities=tuple(name for name in said["amenities"] if name in address.all("amenity")),
            lease=_one_of(address.first("lease"), tuple(said["leases"])),
            free=_day(address.first("free")),
            sort=_one_of(address.first("sort"), tuple(ORDERS)).replace("recommended", ""),
        )


def found(filters: Filters) -> list[Home]:
    """The homes that fit, in the order that was asked for."""
    town = town_of(filters.where)
    wanted = [] if town else folded(filters.where.replace(",", " ")).split()
    fitting = [
        home
        for home in stock().values()
        if (town is None or home.town is town) and _named(home, wanted) and _fits(home, filters)
    ]
    return sorted(fitting, key=ORDERS[filters.sort or "recommended"])


def town_of(where: str) -> Town | None:
    """The town that the words in the search field name."""
    said = folded(where.replace(",", " "))
    names = ((town, folded(town.label.replace(",", " "))) for town in towns())
    return next((town for town, name in names if said in (name, folded(town.name))), None)


def _named(home: Home, wanted: list[str]) -> bool:
    whole = folded(f"{home.street} {home.part} {home.town.name} {home.town.state}")
    return all(word in whole for word in wanted)


def _fits(home: Home, filters: Filters) -> bool:
    return (
        (not filters.low or home.rent >= int(filters.low))
        and (not filters.high or home.rent <= int(filters.high))
        and has_beds(home, filters.beds)
        and (not filters.baths or home.baths >= float(filters.baths))
        and (not filters.types or home.type in filters.types)
        and set(filters.amenities) <= set(home.amenities)
        and (not filters.lease or home.lease == filters.lease)
        and (not filters.free or home.free <= date.fromisoformat(filters.free))
    )


def has_beds(home: Home, beds: str) -> bool:
    """Whether a home has the bedrooms of a filter."""
    if beds == "studio":
        return home.beds == 0
    return not beds or home.beds >= int(beds)


def _number(text: str) -> str:
    digits = text.replace("$", "").replace(",", "")
    return digits if digits.isascii() and digits.isdecimal() and len(digits) < 8 else ""


def _one_of(text: str, choices: tuple[str, ...]) -> str:
    return text if text in choices else ""


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
