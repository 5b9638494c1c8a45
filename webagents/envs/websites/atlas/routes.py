"""Ways from one place to another: by road and path, by train and bus, quickest first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from functools import cache, lru_cache
from typing import NamedTuple

from webagents.envs.websites.atlas.places import SITE, Place, Point, named, town_named, towns
from webagents.envs.websites.website import Address, words

PATH = "/directions"
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
"""When it is on the maps, a Monday."""
MOST_ROUTES = 4
_MOST_LEGS = 8
_RUSH = {7: 1.3, 8: 1.45, 9: 1.15, 16: 1.25, 17: 1.45, 18: 1.2}
"""How much longer driving takes in an hour of the day."""
_LOCAL = {"drive": 26.0, "cycle": 14.0, "walk": 4.8, "transit": 4.8}
"""Kilometres an hour between a place and the middle of its town."""


class End(NamedTuple):
    """One end of a way: a town, or a place in one."""

    label: str
    town: str
    point: Point
    local: float


class Leg(NamedTuple):
    """A part of a way, between two towns that are neighbours."""

    start: str
    end: str
    name: str
    kind: str
    km: float
    minutes: float


class Trip(NamedTuple):
    """What directions are asked for, each as its form has it.

    avoid: names of ``[avoids]``. route: which of the ways found, from 1.
    """

    start: str = ""
    end: str = ""
    mode: str = "drive"
    when: str = "now"
    day: str = ""
    time: str = ""
    avoid: tuple[str, ...] = ()
    route: int = 1

    @classmethod
    def of(cls, address: Address) -> Trip:
        """The trip of an address; values that no form offers are as if not given."""
        said = words(SITE)
        mode, when = address.first("mode"), address.first("when")
        route = address.first("route", "1")
        timed = when in ("depart", "arrive")
        return cls(
            start=address.first("from"),
            end=address.first("to"),
            mode=mode if mode in said["modes"] else "drive",
            when=when if timed else "now",
            day=_day(address.first("day")) if timed else "",
            time=_time(address.first("time")) if timed else "",
            avoid=tuple(each for each in said["avoids"] if each in address.all("avoid")),
            route=int(route) if route in ("1", "2", "3", "4") else 1,
        )

    @property
    def moment(self) -> datetime:
        """When it begins, or, for one that arrives by a time, when it is to end."""
        day = date.fromisoformat(self.day) if self.day else NOW.date()
        hour, minute = map(int, (self.time or f"{NOW:%H:%M}").split(":"))
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Route:
    """One way.

    leaves, arrives: when.
    """

    legs: tuple[Leg, ...]
    km: float
    minutes: int
    leaves: datetime
    arrives: datetime

    @property
    def via(self) -> str:
        """What it is called: the roads or lines it mostly takes."""
        names = dict.fromkeys(leg.name for leg in self.legs if leg.km > 2)
        return ", ".join(list(names)[:3]) or "local streets"


def end_of(text: str) -> list[End]:
    """What a text may mean as an end of a way: nothing, one, or several to choose from."""
    town = town_named(text)
    if town:
        return [End(town, town, towns()[town], 0.0)]
    return [_end(place) for place in named(text)]


def _end(place: Place) -> End:
    return End(place.label, place.town, place.point, place.central)


def routes(trip: Trip) -> list[Route]:
    """The ways of a trip whose ends are certain, quickest first, no two equally long."""
    (start,), (end,) = end_of(trip.start), end_of(trip.end)
    factor = _RUSH.get(trip.moment.hour, 1.0) if trip.mode == "drive" else 1.0
    made: dict[int, Route] = {}
    for legs in _ways(start.town, end.town, trip.mode, trip.avoid):
        route = _route(legs, start, end, trip, factor)
        made.setdefault(route.minutes, route)
    return [made[minutes] for minutes in sorted(made)[:MOST_ROUTES]]


def _route(legs: tuple[Leg, ...], start: End, end: End, trip: Trip, factor: float) -> Route:
    near = start.point.to(end.point) * 1.3 if not legs else start.local + end.local
    minutes = 60 * near / _LOCAL[trip.mode]
    minutes += factor * sum(leg.minutes for leg in legs)
    if trip.mode == "transit":
        changes = [leg.name for n, leg in enumerate(legs) if not n or legs[n - 1].name != leg.name]
        minutes += sum(_every()[name] / 2 + 4 for name in changes)
    whole = max(1, math.ceil(minutes))
    span = timedelta(minutes=whole)
    leaves = trip.moment - span if trip.when == "arrive" else trip.moment
    km = near + sum(leg.km for leg in legs)
    return Route(legs, round(km, 1), whole, leaves, leaves + span)


@lru_cache(512)
def _ways(start: str, end: str, mode: str, avoid: tuple[str, ...]) -> tuple[tuple[Leg, ...], ...]:
    """All ways between two towns that pass no town twice and are no great detour."""
    if start == end:
        return ((),)
    legs = {town: [leg for leg in _legs(mode, avoid) if leg.start == town] for town in towns()}
    found = sorted(_walked(legs, (), start, end), key=lambda way: sum(leg.minutes for leg in way))
    return tuple(found[:24])


def _walked(
    legs: Mapping[str, list[Leg]], way: tuple[Leg, ...], at: str, end: str
) -> Iterator[tuple[Leg, ...]]:
    if at == end:
        yield way
        return
    if len(way) == _MOST_LEGS:
        return
    been = {leg.start for leg in way}
    for leg in legs[at]:
        if leg.end not in been:
            yield from _walked(legs, (*way, leg), leg.end, end)


@cache
def _legs(mode: str, avoid: tuple[str, ...]) -> tuple[Leg, ...]:
    """All parts of ways, in both directions."""
    said = words(SITE)
    made: list[Leg] = []
    if mode == "transit":
        for line in said["lines"]:
            for one, other in zip(line["stops"], line["stops"][1:], strict=False):
                km = 1.05 * towns()[one].to(towns()[other])
                made += _both(one, other, line["name"], "line", km, line["speed"])
        return tuple(made)
    barred = {"motorways": ("motorway", "toll"), "tolls": ("toll",)}
    for road in said["roads"]:
        one, other = road["between"]
        speed = said["kinds"][road["kind"]][mode]
        if speed and not any(road["kind"] in barred[each] for each in avoid):
            km = road["bend"] * towns()[one].to(towns()[other])
            made += _both(one, other, road["name"], road["kind"], km, speed)
    return tuple(made)


def _both(one: str, other: str, name: str, kind: str, km: float, speed: float) -> list[Leg]:
    minutes = 60 * km / speed
    return [Leg(a, b, name, kind, km, minutes) for a, b in ((one, other), (other, one))]


@cache
def _every() -> Mapping[str, float]:
    return {line["name"]: float(line["every"]) for line in words(SITE)["lines"]}


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _time(text: str) -> str:
    try:
        return f"{clock_time.fromisoformat(text):%H:%M}"
    except ValueError:
        return ""
