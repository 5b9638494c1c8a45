"""The site of homes to rent: towns full of them, searched with filters, visited, written about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.websites.homes.asking import asked, home_at
from webagents.envs.websites.homes.pictures import picture
from webagents.envs.websites.homes.searching import BATHS, BEDS, PATH, Filters, found, town_of
from webagents.envs.websites.homes.stock import SITE, Home, stock, towns
from webagents.envs.websites.leaving import Form, taken
from webagents.envs.websites.website import (
    Address,
    Answer,
    Left,
    Page,
    Request,
    sheet,
    words,
)

HOMES_A_PAGE = 24
_FORMS = {
    "tour": Form("tours", "date", "time", "name", "email"),
    "message": Form("messages", "message", "name", "email"),
    "save": Form("saved", "list"),
}
"""The forms on a home's page, by the last part of the addresses they are sent to."""


class Homes:
    """The website."""

    name = SITE

    def __init__(self) -> None:
        """Makes up its homes, which would otherwise hold up the first page."""
        stock()

    def page(self, address: Address, left: Left) -> Page | None:
        """The front page, a search's results, a home, or what a visitor has left."""
        if address.path == "/":
            return Page("front.html", _shared() | {"offers": self._offers()})
        if address.path == PATH:
            return Page("results.html", _shared() | _results(address))
        if address.path == "/activity":
            return Page("activity.html", _shared() | {"homes": stock()})
        home = home_at(address)
        return None if home is None else Page("home.html", _shared() | _details(home))

    def sent(self, address: Address, form: Mapping[str, str], left: Left) -> Answer | None:
        """A tour, a message or a place on a list, or one of them taken back."""
        home = home_at(Address(address.path.rpartition("/")[0]))
        answer = taken(_FORMS, address, home.id, form, left) if home else None
        return answer and answer._replace(to=answer.to or "/activity")

    def request(self, dice: Dice) -> Request:
        """A search, a home to open, a tour, a message or a home to save."""
        return asked(dice)

    @staticmethod
    def _offers() -> list[Home]:
        return found(Filters(sort="newest"))[:12]


def _shared() -> dict[str, Any]:
    """What every page shows of the site."""
    return {"towns": towns(), "said": words(SITE), "picture": picture}


def _results(address: Address) -> dict[str, Any]:
    filters = Filters.of(address)
    return sheet(found(filters), HOMES_A_PAGE, address) | {
        "filters": filters,
        "town": town_of(filters.where),
        "chosen": list(_chosen(address, filters)),
        "beds": BEDS,
        "baths": BATHS,
    }


def _chosen(address: Address, filters: Filters) -> Iterator[tuple[str, str, str]]:
    """The filters that are set: an id, what they say, and the address without them."""
    said = words(SITE)
    singles: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("min_rent", filters.low, lambda v: f"At least ${int(v):,}"),
        ("max_rent", filters.high, lambda v: f"At most ${int(v):,}"),
        ("beds", filters.beds, lambda v: "Studio" if v == "studio" else f"{v}+ beds"),
        ("baths", filters.baths, lambda v: f"{v}+ baths"),
        ("lease", filters.lease, lambda v: str(said["leases"][v]).capitalize()),
        ("free", filters.free, lambda v: f"Available by {v}"),
    )
    for name, value, says in singles:
        if value:
            yield name, says(value), address.having(**{name: None, "page": None})
    for name, values, table in (
        ("type", filters.types, "types"),
        ("amenity", filters.amenities, "amenities"),
    ):
        for value in values:
            rest = tuple(each for each in values if each != value)
            to = address.having(**{name: rest, "page": None})
            yield f"{name}-{value}", str(said[table][value]).capitalize(), to


def _details(home: Home) -> dict[str, Any]:
    near = Filters(where=home.town.label)
    alike = [each for each in found(near) if each.type == home.type and each.id != home.id]
    alike.sort(key=lambda each: (abs(each.rent - home.rent), each.id))
    shown = [home, *alike[:12]]
    same_part = [each for each in found(near) if each.part == home.part and each not in shown]
    history = [(30 * months, home.rent - 15 * (months * home.built % 4)) for months in range(1, 9)]
    return {
        "home": home,
        "alike": alike[:12],
        "near": same_part[:12],
        "history": history,
        "amenities": words(SITE)["amenities"],
    }
