"""Where there is to go: towns, and the places in them, made up once, the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.websites.website import folded, words

SITE = "map"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Point(NamedTuple):
    """A point of the map: kilometres east and south of its corner."""

    x: float
    y: float

    def to(self, other: Point) -> float:
        """How far another point is, kilometres."""
        return float(((self.x - other.x) ** 2 + (self.y - other.y) ** 2) ** 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a town.

    id: its number in addresses.
    hours: for each of `DAYS` when it opens and closes; None where it stays closed.
    rating: stars, of 5. reviews: how many rated it.
    central: kilometres from the middle of the town.
    """

    id: str
    name: str
    category: str
    town: str
    address: str
    point: Point
    hours: tuple[tuple[str, str] | None, ...]
    rating: float
    reviews: int
    price: int
    phone: str
    features: tuple[str, ...]
    central: float

    @property
    def label(self) -> str:
        """The name with its town, which no other place has."""
        return f"{self.name}, {self.town}"

    def opens(self, day: str) -> bool:
        """Whether it opens on a day of the week, in small letters."""
        names = [each.lower() for each in DAYS]
        return day in names and self.hours[names.index(day)] is not None


class Review(NamedTuple):
    """What somebody wrote about a place."""

    author: str
    stars: int
    text: str
    days: int


@cache
def towns() -> Mapping[str, Point]:
    """Where the towns lie, by name."""
    return {name: Point(*at) for name, at in words(SITE)["towns"].items()}


@cache
def places() -> Mapping[str, Place]:
    """All places by id."""
    made: dict[str, Place] = {}
    for number, town in enumerate(towns()):
        dice = Dice(f"{SITE}/{town}")
        taken: set[str] = set()
        for place in range(words(SITE)["places_a_town"]):
            each = _place(dice, town, str(1000 * (number + 1) + place), taken)
            made[each.id] = each
    return made


def _place(dice: Dice, town: str, id_: str, taken: set[str]) -> Place:
    said = words(SITE)
    category = dice.pick(list(said["categories"]))
    kind = said["categories"][category]
    name = ""
    while not name or name in taken:
        name = f"{dice.pick(said['names']['first'])} {dice.pick(kind['ends'])}"
    taken.add(name)
    centre = towns()[town]
    point = Point(
        round(centre.x + 3 * dice.random() - 1.5, 2), round(centre.y + 3 * dice.random() - 1.5, 2)
    )
    opens, closes, sundays = said["hours"][kind["hours"]]
    closed = dice.pick((*range(7), None, None, None)) if kind["hours"] != "always" else None
    hours = tuple(
        None if day == closed or (day == 6 and not dice.chance(sundays)) else (opens, closes)
        for day in range(7)
    )
    features = set(dice.some(list(said["features"]), dice.count(1, 4)))
    return Place(
        id=id_,
        name=name,
        category=category,
        town=town,
        address=f"{dice.count(1, 140)} {dice.pick(said['names']['streets'])}",
        point=point,
        hours=hours,
        rating=round(2.6 + 2.4 * dice.random() ** 0.7, 1),
        reviews=dice.count(4, 1900),
        price=dice.count(1, 3),
        phone=f"01{dice.count(200, 999)} 555 {dice.count(100, 999)}",
        features=tuple(each for each in said["features"] if each in features),
        central=round(centre.to(point), 2),
    )


@lru_cache(256)
def reviews(id_: str) -> tuple[Review, ...]:
    """What was written about a place, newest first."""
    dice = Dice(f"{SITE}/reviews/{id_}")
    said = words(SITE)["reviews"]
    made = []
    for author in dice.some(said["people"], 18):
        stars = max(1, min(5, round(places()[id_].rating + 1.6 * dice.random() - 0.8)))
        text = " ".join(dice.some(said["texts"], dice.count(1, 3)))
        made.append(Review(author, stars, text, dice.count(1, 700)))
    return tuple(sorted(made, key=lambda each: each.days))


def town_named(text: str) -> str:
    """The town of a name; "" where there is none."""
    return next((town for town in towns() if folded(town) == folded(text)), "")


def named(text: str) -> list[Place]:
    """The places of a name, with or without the town: several where several towns have one."""
    return _by_name().get(folded(text.replace(",", " ")), [])


@cache
def _by_name() -> Mapping[str, list[Place]]:
    made: dict[str, list[Place]] = {}
    for each in places().values():
        for text in (each.name, f"{each.name} {each.town}"):
            made.setdefault(folded(text), []).append(each)
    return made
