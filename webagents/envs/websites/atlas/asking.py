"""What visitors of the maps are asked for, and how far they have come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.websites.asking import in_words, worded
from webagents.envs.websites.atlas.finding import PATH, RATINGS, Search, found
from webagents.envs.websites.atlas.places import DAYS, SITE, Place, places, towns
from webagents.envs.websites.atlas.routes import NOW, Trip, end_of, routes
from webagents.envs.websites.atlas.routes import PATH as DIRECTIONS
from webagents.envs.websites.leaving import unasked
from webagents.envs.websites.website import Address, Left, Request, folded, words

KINDS = ("way",) * 9 + ("find",) * 4 + ("place",) * 3 + ("save",) * 2 + ("review",) * 2
"""What is asked how often."""


@dataclass(frozen=True, slots=True)
class WayGoal:
    """Directions, one of the ways found for them."""

    trip: Trip

    def met(self, address: Address, left: Left) -> dict[str, bool]:
        """Which parts of the trip are as asked."""
        there = address.path == DIRECTIONS
        here = Trip.of(address) if there else Trip(mode="")
        met = {
            "from": _same_end(here.start, self.trip.start),
            "to": _same_end(here.end, self.trip.end),
            "mode": address.first("mode") == self.trip.mode and there,
        }
        met["route"] = all(met.values()) and here.route == self.trip.route
        if self.trip.when != "now":
            for name in ("when", "day", "time"):
                met[name] = getattr(here, name) == getattr(self.trip, name)
        elif here.when != "now":
            met["not asked: when"] = False
        if self.trip.avoid:
            met["avoid"] = here.avoid == self.trip.avoid
        elif here.avoid:
            met["not asked: avoid"] = False
        return met | unasked(left)


@dataclass(frozen=True, slots=True)
class FindGoal:
    """What a search finds."""

    search: Search

    def met(self, address: Address, left: Left) -> dict[str, bool]:
        """Which parts of the search are as asked."""
        here = Search.of(address) if address.path == PATH else Search()
        met = {
            "category": here.category == self.search.category,
            "town": here.town == self.search.town,
        }
        for name in ("rating", "day", "features", "sort"):
            wanted, is_ = getattr(self.search, name), getattr(here, name)
            if wanted:
                met[name] = is_ == wanted
            elif is_ and name != "sort":
                met[f"not asked: {name}"] = False
        return met | unasked(left)


@dataclass(frozen=True, slots=True)
class PlaceGoal:
    """The page of one place."""

    search: Search
    place: str

    def met(self, address: Address, left: Left) -> dict[str, bool]:
        """What the place in view, or the search, has of what is asked for."""
        place = place_at(address)
        here = Search.of(address) if address.path == PATH else Search()
        met = {
            "category": self.search.category == (place.category if place else here.category),
            "town": self.search.town == (place.town if place else here.town),
        }
        if self.search.day:
            opens = place.opens(self.search.day) if place else here.day == self.search.day
            met["day"] = opens
        met["place"] = place is not None and place.id == self.place
        return met | unasked(left)


@dataclass(frozen=True, slots=True)
class LeaveGoal:
    """Something left at one place: on a list, or a review.

    kind: its key in what is left. entry: its values by name, as its form has them.
    """

    kind: str
    place: str
    entry: Mapping[str, str]

    def met(self, address: Address, left: Left) -> dict[str, bool]:
        """What the entry has of it, or before there is one, whether the place is in view."""
        entries = left.get(self.kind, {})
        here = place_at(address)
        at = self.place if self.place in entries else next(reversed(entries), "")
        met = {"place": (at or (here.id if here else "")) == self.place}
        for name, wanted in self.entry.items():
            met[name] = folded(str(entries.get(at, {}).get(name, ""))) == folded(wanted)
        return met | unasked(left, {self.kind: (at,)})


def place_at(address: Address) -> Place | None:
    """The place whose page an address is."""
    start, _, id_ = address.path.rpartition("/")
    return places().get(id_) if start == "/place" else None


def _same_end(said: str, wanted: str) -> bool:
    ends = end_of(said)
    return len(ends) == 1 and ends == end_of(wanted)


def asked(dice: Dice) -> Request:
    """Something to ask of a visitor."""
    kind = dice.pick(KINDS)
    if kind == "way":
        return _way(dice)
    if kind == "find":
        return _find(dice)
    if kind == "place":
        return _place(dice)
    return _leave(dice, kind)


def _way(dice: Dice) -> Request:
    said = words(SITE)
    while True:
        start, end = (_somewhere(dice, town) for town in dice.some(list(towns()), 2))
        mode = dice.pick(("drive", "drive", "transit", "cycle", "walk"))
        timed = dice.chance(0.45)
        day = (NOW.date() + timedelta(days=dice.count(1, 20))).isoformat()
        trip = Trip(
            start=start,
            end=end,
            mode=mode,
            when=dice.pick(("depart", "arrive")) if timed else "now",
            day=day if timed else "",
            time=dice.pick(said["asking"]["times"]) if timed else "",
            avoid=(dice.pick(list(said["avoids"])),)
            if mode == "drive" and dice.chance(0.35)
            else (),
            route=dice.count(1, len(said["asking"]["nths"])),
        )
        if len(routes(trip)) >= trip.route:
            break
    values = {
        "FROM": trip.start,
        "TO": trip.end,
        "NTH": said["asking"]["nths"][trip.route - 1],
        "MODE": said["modes"][mode].lower(),
        "DEPARTDAY": in_words(trip.day) if trip.when == "depart" else None,
        "DEPARTTIME": trip.time if trip.when == "depart" else None,
        "ARRIVEDAY": in_words(trip.day) if trip.when == "arrive" else None,
        "ARRIVETIME": trip.time if trip.when == "arrive" else None,
        "AVOID": said["avoids"][trip.avoid[0]].lower() if trip.avoid else None,
    }
    return worded(SITE, "way", dice, values, WayGoal(trip))


def _somewhere(dice: Dice, town: str) -> str:
    if dice.chance(0.6):
        return town
    return dice.pick([each for each in places().values() if each.town == town]).label


def _find(dice: Dice) -> Request:
    said = words(SITE)
    while True:
        category = said["categories"][dice.pick(list(said["categories"]))]
        features = (dice.pick(list(said["features"])),) if dice.chance(0.4) else ()
        search = Search(
            words=category["one"],
            town=dice.pick(list(towns())),
            rating=dice.pick(RATINGS) if dice.chance(0.5) else "",
            day=dice.pick(DAYS).lower() if dice.chance(0.4) else "",
            features=features,
            sort=dice.pick(list(said["sorts"])[1:]) if dice.chance(0.5) else "",
        )
        if found(search):
            break
    values = {
        "MANY": category["many"],
        "TOWN": search.town,
        "RATING": f"{search.rating} stars" if search.rating else None,
        "DAY": search.day.capitalize() if search.day else None,
        "FEATURE": said["features"][features[0]].lower() if features else None,
        "SORT": said["sorts"][search.sort].lower() if search.sort else None,
    }
    return worded(SITE, "find", dice, values, FindGoal(search))


def _place(dice: Dice) -> Request:
    said = words(SITE)
    while True:
        category = said["categories"][dice.pick(list(said["categories"]))]
        superlative = dice.pick(list(said["superlatives"]))
        search = Search(
            words=category["one"],
            town=dice.pick(list(towns())),
            day=dice.pick(DAYS).lower() if dice.chance(0.35) else "",
        )
        order = said["superlatives"][superlative]
        best = found(search._replace(sort=order))
        if len(best) > 1 and not _alike(order, *best[:2]):
            break
    values = {
        "WHICH": f"{superlative} {category['one']}",
        "TOWN": search.town,
        "DAY": search.day.capitalize() if search.day else None,
    }
    return worded(SITE, "place", dice, values, PlaceGoal(search, best[0].id))


def _alike(order: str, first: Place, second: Place) -> bool:
    """Whether two places differ in nothing that an order is about."""
    names = {"rating": "rating", "reviews": "reviews", "distance": "central"}
    return bool(getattr(first, names[order]) == getattr(second, names[order]))


def _leave(dice: Dice, kind: str) -> Request:
    said = words(SITE)["asking"]
    place = dice.pick(list(places().values()))
    values: dict[str, str | None] = {"PLACE": place.name, "TOWN": place.town}
    if kind == "save":
        entry = {"list": dice.pick(said["lists"]), "note": dice.pick(said["notes"])}
        values |= {"LIST": entry["list"], "NOTE": entry["note"]}
        return worded(SITE, kind, dice, values, LeaveGoal("saved", place.id, entry))
    entry = {"stars": str(dice.count(2, 5)), "text": dice.pick(said["reviews"])}
    values |= {"STARS": entry["stars"], "TEXT": entry["text"]}
    return worded(SITE, kind, dice, values, LeaveGoal("reviews", place.id, entry))
