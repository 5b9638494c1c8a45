"""What visitors of the homes are asked for, and how far they have come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.websites.asking import in_words, worded
from webagents.envs.websites.homes.searching import (
    BATHS,
    PATH,
    Filters,
    found,
    has_beds,
    town_of,
)
from webagents.envs.websites.homes.stock import SITE, TODAY, Home, stock, towns
from webagents.envs.websites.leaving import unasked
from webagents.envs.websites.website import Address, Left, Request, folded, words

KINDS = ("search",) * 8 + ("open",) * 4 + ("tour",) * 3 + ("message",) * 2 + ("save",) * 3
"""What is asked how often."""


class Wish(NamedTuple):
    """The sort of home that is asked for; an amenity of "" asks for none."""

    town: str
    beds: str
    type: str
    amenity: str = ""

    @property
    def filters(self) -> Filters:
        """The search that finds all such homes."""
        amenities = (self.amenity,) if self.amenity else ()
        return Filters(where=self.town, beds=self.beds, types=(self.type,), amenities=amenities)

    def met_by(self, home: Home | None, filters: Filters | None) -> dict[str, bool]:
        """Which of its parts a home has, or, where there is none, a search asks for."""
        if home is not None:
            found_ = (home.town.label, has_beds(home, self.beds), home.type, home.amenities)
        elif filters is not None:
            town = town_of(filters.where)
            label = town.label if town else ""
            kind = self.type if filters.types == (self.type,) else ""
            found_ = (label, filters.beds == self.beds, kind, filters.amenities)
        else:
            found_ = ("", False, "", ())
        met = {"town": found_[0] == self.town, "beds": found_[1], "type": found_[2] == self.type}
        return met | ({"amenity": self.amenity in found_[3]} if self.amenity else {})


@dataclass(frozen=True, slots=True)
class SearchGoal:
    """A search's results, with all that is asked for chosen and nothing else."""

    filters: Filters

    def met(self, address: Address, left: Left) -> dict[str, bool]:
        """Which filters are set as asked; one that was not asked for is an attribute not met."""
        here = Filters.of(address) if address.path == PATH else Filters()
        town = town_of(here.where)
        met = {"where": town is not None and town.label == self.filters.where}
        for name, wanted in self.filters._asdict().items():
            if name == "where":
                continue
            if wanted:
                met[name] = getattr(here, name) == wanted
            elif getattr(here, name) and name != "sort":
                met[f"not asked: {name}"] = False
        return met | unasked(left)


@dataclass(frozen=True, slots=True)
class OpenGoal:
    """The page of one home."""

    wish: Wish
    home: str

    def met(self, address: Address, left: Left) -> dict[str, bool]:
        """What the home in view, or the search, has of what is asked for."""
        home = home_at(address)
        filters = Filters.of(address) if address.path == PATH else None
        met = self.wish.met_by(home, filters)
        met["home"] = home is not None and home.id == self.home
        return met | unasked(left)


@dataclass(frozen=True, slots=True)
class EntryGoal:
    """Something left at one home: a tour, a message, a place on a list.

    kind: its key in what is left. entry: its values by name, as its form has them.
    wish: what the home is described by; None where it is named.
    """

    kind: str
    home: str
    entry: Mapping[str, str]
    wish: Wish | None = None

    def met(self, address: Address, left: Left) -> dict[str, bool]:
        """What the entry, or before there is one the home in view or the search, has of it."""
        entries = left.get(self.kind, {})
        at = self.home if self.home in entries else next(reversed(entries), "")
        entry = entries.get(at, {})
        home = stock().get(at) if at else home_at(address)
        filters = Filters.of(address) if address.path == PATH else None
        met = self.wish.met_by(home, filters) if self.wish else {}
        met["home"] = home is not None and home.id == self.home
        for name, wanted in self.entry.items():
            met[name] = folded(str(entry.get(name, ""))) == folded(wanted)
        return met | unasked(left, {self.kind: (at,)})


def home_at(address: Address) -> Home | None:
    """The home whose page an address is."""
    start, _, id_ = address.path.rpartition("/")
    return stock().get(id_) if start == PATH else None


def asked(dice: Dice) -> Request:
    """Something to ask of a visitor."""
    kind = dice.pick(KINDS)
    if kind == "search":
        return _search(dice)
    if kind == "tour":
        return _tour(dice)
    return _best(dice, kind)


def _search(dice: Dice) -> Request:
    said = words(SITE)
    while True:
        town = dice.pick(towns())
        type_ = dice.pick(list(said["types"]))
        beds = dice.pick(("1", "2", "2", "3", "4", "studio"))
        rent = 100 * round(town.rent * (0.7 + 0.3 * (int(beds) if beds != "studio" else 0)) / 100)
        filters = Filters(
            where=town.label,
            beds=beds,
            types=(type_,),
            high=str(rent + 100 * dice.count(-3, 6)) if dice.chance(0.7) else "",
            baths=dice.pick(BATHS) if dice.chance(0.3) else "",
            lease=dice.pick(list(said["leases"])) if dice.chance(0.2) else "",
            amenities=(dice.pick(list(said["amenities"])),) if dice.chance(0.4) else (),
            free=(TODAY + timedelta(days=dice.count(5, 80))).isoformat()
            if dice.chance(0.25)
            else "",
            sort=dice.pick(list(said["sorts"])[1:]) if dice.chance(0.35) else "",
        )
        if found(filters):
            break
    values = {
        "TOWN": town.label,
        "HOMES": f"{beds if beds == 'studio' else f'{beds}+ bedroom'} {said['types'][type_]}",
        "PRICE": f"${int(filters.high):,}" if filters.high else None,
        "BATHS": f"{filters.baths}+" if filters.baths else None,
        "LEASE": said["leases"][filters.lease] if filters.lease else None,
        "AMENITY": _in_words(filters.amenities[0]) if filters.amenities else None,
        "DATE": in_words(filters.free) if filters.free else None,
        "SORT": said["sorts"][filters.sort].lower() if filters.sort else None,
    }
    return worded(SITE, "search", dice, values, SearchGoal(filters))


def _tour(dice: Dice) -> Request:
    home = dice.pick(list(stock().values()))
    name, email = _person(dice)
    when = TODAY + timedelta(days=dice.count(3, 40))
    time = dice.pick(words(SITE)["times"])
    entry = {"date": when.isoformat(), "time": time, "name": name, "email": email}
    values: dict[str, str | None] = {
        "ADDRESS": home.street,
        "TOWN": home.town.label,
        "DATE": in_words(when.isoformat()),
        "TIME": time,
        "NAME": name,
        "EMAIL": email,
    }
    return worded(SITE, "tour", dice, values, EntryGoal("tours", home.id, entry))


def _best(dice: Dice, kind: str) -> Request:
    """Something about the first home of an order, in which it comes before the second for sure."""
    said = words(SITE)
    while True:
        superlative = dice.pick(list(said["superlatives"]))
        amenity = dice.pick(list(said["amenities"]))
        wish = Wish(
            dice.pick(towns()).label,
            dice.pick(("1", "2", "3")),
            dice.pick(list(said["types"])),
            amenity if kind != "message" and dice.chance(0.5) else "",
        )
        homes = found(wish.filters._replace(sort=said["superlatives"][superlative]))
        if len(homes) > 1 and not _alike(superlative, homes[0], homes[1]):
            break
    best = homes[0].id
    values: dict[str, str | None] = {
        "WHICH": f"{superlative} {wish.type}",
        "BEDS": f"{wish.beds}+ bedrooms",
        "TOWN": wish.town,
        "AMENITY": _in_words(wish.amenity) if wish.amenity else None,
    }
    if kind == "open":
        return worded(SITE, kind, dice, values, OpenGoal(wish, best))
    if kind == "save":
        name = dice.pick(said["lists"])
        goal = EntryGoal("saved", best, {"list": name}, wish)
        return worded(SITE, kind, dice, values | {"LIST": name}, goal)
    name, email = _person(dice)
    message = dice.pick(said["asking"]["messages"])
    goal = EntryGoal("messages", best, {"message": message, "name": name, "email": email}, wish)
    values |= {"MESSAGE": message, "NAME": name, "EMAIL": email}
    return worded(SITE, kind, dice, values, goal)


def _alike(superlative: str, first: Home, second: Home) -> bool:
    """Whether two homes differ in nothing that a superlative is about."""
    match superlative:
        case "largest":
            return first.area == second.area
        case "most recently listed":
            return first.age == second.age
        case _:
            return first.rent == second.rent


def _person(dice: Dice) -> tuple[str, str]:
    people: Any = words(SITE)["people"]
    first, last = dice.pick(people["first"]), dice.pick(people["last"])
    return f"{first} {last}", f"{first}.{last}@{dice.pick(people['mail'])}".lower()


def _in_words(amenity: str) -> str:
    """An amenity as instructions call it."""
    label = str(words(SITE)["amenities"][amenity])
    return label[0].lower() + label[1:]
