"""Searching for places: what a search's address says, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from webagents.envs.websites.atlas.places import DAYS, SITE, Place, places, town_named
from webagents.envs.websites.website import Address, folded, words

PATH = "/search"
RATINGS = ("3.0", "3.5", "4.0", "4.5")

ORDERS: Mapping[str, Callable[[Place], Any]] = {
    "relevance": lambda each: (each.name, each.id),
    "rating": lambda each: (-each.rating, -each.reviews, each.id),
    "reviews": lambda each: (-each.reviews, each.id),
    "distance": lambda each: (each.central, each.id),
}


class Search(NamedTuple):
    """What is searched for; "" where nothing is asked.

    words: those in the first field. town: the one in the second.
    """

    words: str = ""
    town: str = ""
    rating: str = ""
    day: str = ""
    features: tuple[str, ...] = ()
    sort: str = ""

    @classmethod
    def of(cls, address: Address) -> Search:
        """The search of an address; values that no form offers are none.

        A town may also come after an "in" or "near" in the first field.
        """
        said, near = address.first("q"), address.first("near")
        for between in (" in ", " near "):
            what, _, where = said.rpartition(between)
            if what and not near and town_named(where):
                said, near = what, where
        days = [each.lower() for each in DAYS]
        return cls(
            words=said,
            town=town_named(near) or near,
            rating=_one_of(address.first("rating"), RATINGS),
            day=_one_of(address.first("open").lower(), days),
            features=tuple(f for f in words(SITE)["features"] if f in address.all("feature")),
            sort=_one_of(address.first("sort"), tuple(ORDERS)).replace("relevance", ""),
        )

    @property
    def category(self) -> str:
        """The category that the words name; "" where they name none."""
        for name, each in words(SITE)["categories"].items():
            if folded(self.words) in (name, folded(each["one"]), folded(each["many"])):
                return str(name)
        return ""


def found(search: Search) -> list[Place]:
    """The places that fit, in the order that was asked for."""
    wanted, category = folded(search.words).split(), search.category
    return sorted(
        (
            each
            for each in places().values()
            if (not search.town or each.town == search.town)
            and _said(each, category, wanted)
            and (not search.rating or each.rating >= float(search.rating))
            and (not search.day or each.opens(search.day))
            and set(search.features) <= set(each.features)
        ),
        key=ORDERS[search.sort or "relevance"],
    )


def _said(place: Place, category: str, wanted: list[str]) -> bool:
    if category:
        return place.category == category
    said = folded(f"{place.name} {place.address} {place.town}")
    return all(word.strip(",") in said for word in wanted)


def _one_of(text: str, choices: tuple[str, ...] | list[str]) -> str:
    return text if text in choices else ""
