"""The homes to rent: made up once, the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.websites.website import slug, words

SITE = "real-estate"
TODAY = date(2026, 5, 4)
"""The day on which the site stands still, a Monday."""


class Town(NamedTuple):
    """A town; `rent` is the middle rent of two bedrooms, dollars a month."""

    name: str
    state: str
    rent: int

    @property
    def label(self) -> str:
        """As people write it: ``Marlow Bay, CA``."""
        return f"{self.name}, {self.state}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A home to rent.

    id: its number in addresses.
    rent: dollars a month. area: square feet. beds: 0 for a studio.
    free: from when it is free.
    age: days since it was listed.
    """

    id: str
    street: str
    part: str
    town: Town
    type: str
    beds: int
    baths: float
    area: int
    rent: int
    amenities: tuple[str, ...]
    lease: str
    free: date
    age: int
    built: int
    agent: str
    agency: str
    phone: str
    description: tuple[str, ...]

    @property
    def size(self) -> str:
        """Its bedrooms, in words."""
        return "Studio" if not self.beds else f"{self.beds} bed{'s' if self.beds > 1 else ''}"


@cache
def towns() -> tuple[Town, ...]:
    """All towns, in the order of the file."""
    return tuple(Town(*each) for each in words(SITE)["towns"])


@cache
def stock() -> Mapping[str, Home]:
    """All homes by id."""
    made: dict[str, Home] = {}
    for number, town in enumerate(towns()):
        dice = Dice(f"{SITE}/{town.label}")
        streets: set[str] = set()
        for place in range(words(SITE)["homes_a_town"]):
            home = _home(dice, town, str(10_000 + 500 * number + 5 * place), streets)
            made[home.id] = home
    return made


def _home(dice: Dice, town: Town, number: str, taken: set[str]) -> Home:
    said = words(SITE)
    kind = dice.pick(("apartment",) * 4 + ("house",) * 3 + ("townhouse", "condo", "condo", "loft"))
    most = {"house": 5, "townhouse": 4, "loft": 2}.get(kind, 3)
    least = 1 if kind in ("house", "townhouse") else 0
    beds = dice.count(least, most)
    baths = min(4.0, max(1.0, beds - 0.5 * dice.count(0, 3)))
    rent = town.rent * (0.55 + 0.24 * beds) * (0.8 + 0.5 * dice.random())
    street = ""
    while not street or street in taken:
        street = f"{dice.count(1, 980)} {dice.pick(said['streets'])} {dice.pick(said['ways'])}"
    taken.add(street)
    part = dice.pick(said["parts"])
    people, texts = said["people"], said["descriptions"]
    amenities = set(dice.some(list(said["amenities"]), dice.count(3, 7)))
    opening = dice.pick(texts["openings"]).format(
        adjective=dice.pick(texts["adjectives"]), type=kind, part=part
    )
    return Home(
        id=number,
        street=street,
        part=part,
        town=town,
        type=kind,
        beds=beds,
        baths=baths,
        area=10 * int(38 + 30 * beds + 35 * dice.random() + 10 * (kind == "house")),
        rent=5 * round(rent / 5),
        amenities=tuple(name for name in said["amenities"] if name in amenities),
        lease=dice.pick(("", "", *said["leases"])),
        free=TODAY + timedelta(days=dice.count(-5, 90)),
        age=dice.count(0, 119),
        built=dice.count(1925, 2024),
        agent=f"{dice.pick(people['first'])} {dice.pick(people['last'])}",
        agency=dice.pick(people["agencies"]),
        phone=f"({dice.count(201, 989)}) 555-01{dice.count(10, 99)}",
        description=(opening, *dice.some(texts["middles"], 4), *dice.some(texts["ends"], 2)),
    )


def found_at(street: str, town: Town) -> Home | None:
    """The home of a street and number in a town."""
    key = (slug(street), town)
    return next((home for home in stock().values() if (slug(home.street), home.town) == key), None)
