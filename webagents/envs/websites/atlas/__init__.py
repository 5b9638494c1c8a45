"""The maps: towns and their places, searched and reviewed, and ways from one to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.websites.atlas import drawing
from webagents.envs.websites.atlas import routes as ways
from webagents.envs.websites.atlas.asking import asked, place_at
from webagents.envs.websites.atlas.finding import PATH, RATINGS, Search, found
from webagents.envs.websites.atlas.places import DAYS, SITE, Place, places, reviews, towns
from webagents.envs.websites.atlas.routes import Leg, Route, Trip, end_of, routes
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

PLACES_A_PAGE = 28
_FORMS = {
    "save": Form("saved", "list", optional=("note",)),
    "review": Form("reviews", "stars", "text"),
}
"""The forms on a place's page, by the last part of the addresses they are sent to."""


class Atlas:
    """The website."""

    name = SITE

    def __init__(self) -> None:
        """Makes up its places, which would otherwise hold up the first page."""
        places()

    def page(self, address: Address, left: Left) -> Page | None:
        """The front page, a search's results, a place, a way, or what a visitor has left."""
        if address.path == "/":
            return Page("front.html", _shared() | {"drawn": drawing.region()})
        if address.path == PATH:
            return Page("results.html", _shared() | _results(address))
        if address.path == ways.PATH:
            return Page("directions.html", _shared() | _directions(address))
        if address.path == "/saved":
            return Page("saved.html", _shared() | {"places": places()})
        place = place_at(address)
        return None if place is None else Page("place.html", _shared() | _details(place))

    def sent(self, address: Address, form: Mapping[str, str], left: Left) -> Answer | None:
        """A place on a list or a review, or one of them taken back."""
        place = place_at(Address(address.path.rpartition("/")[0]))
        answer = taken(_FORMS, address, place.id, form, left) if place else None
        return answer and answer._replace(to=answer.to or "/saved")

    def request(self, dice: Dice) -> Request:
        """A way to show, a search, a place to open, to save or to review."""
        return asked(dice)


def _shared() -> dict[str, Any]:
    """What every page shows of the maps."""
    return {"said": words(SITE), "towns": list(towns()), "days": DAYS, "now": ways.NOW}


def _results(address: Address) -> dict[str, Any]:
    search = Search.of(address)
    hits = sheet(found(search), PLACES_A_PAGE, address)
    shown = hits["shown"]
    in_town = search.town in towns()
    drawn = drawing.town(search.town, shown) if in_town else drawing.region(shown)
    return hits | {
        "search": search,
        "elsewhere": _elsewhere(search),
        "said_of": {each.id: reviews(each.id)[0].text for each in shown},
        "drawn": drawn,
        "ratings": RATINGS,
        "chosen": list(_chosen(address, search)),
    }


def _chosen(address: Address, search: Search) -> Iterator[tuple[str, str, str]]:
    """The features asked for: an id, what they say, and the address without them."""
    for name in search.features:
        rest = tuple(each for each in search.features if each != name)
        yield name, words(SITE)["features"][name], address.having(feature=rest, page=None)


def _elsewhere(search: Search) -> list[Place]:
    """The best rated places of the same kind in other towns."""
    if not search.category or not search.town:
        return []
    everywhere = found(search._replace(town="", sort="rating"))
    return [each for each in everywhere if each.town != search.town][:30]


def _details(place: Place) -> dict[str, Any]:
    near = [each for each in places().values() if each.town == place.town and each != place]
    near.sort(key=lambda each: (round(each.point.to(place.point), 3), each.id))
    return {
        "place": place,
        "reviews": reviews(place.id),
        "near": near[:40],
        "drawn": drawing.town(place.town, [place]),
    }


class _Step(NamedTuple):
    """One line of a way: what to do, and for how long."""

    text: str
    km: float


def _directions(address: Address) -> dict[str, Any]:
    trip = Trip.of(address)
    ends = {"from": end_of(trip.start), "to": end_of(trip.end)}
    certain = all(len(each) == 1 for each in ends.values())
    found_ = routes(trip) if certain else []
    chosen = found_[min(trip.route, len(found_)) - 1] if found_ else None
    on_the_way = _on_the_way(chosen) if chosen else []
    return {
        "trip": trip,
        "ends": ends,
        "certain": certain,
        "routes": found_,
        "chosen": chosen,
        "steps": list(_steps(chosen, trip)) if chosen else [],
        "on_the_way": on_the_way,
        "drawn": drawing.region(route=chosen),
    }


def _steps(route: Route, trip: Trip) -> Iterator[_Step]:
    yield _Step(f"Leave {trip.start}", 0.0)
    for number, leg in enumerate(route.legs):
        if trip.mode == "transit":
            before = route.legs[number - 1] if number else None
            again = before is not None and before.name == leg.name
            yield _Step(f"{'Stay on' if again else 'Take'} the {leg.name} to {leg.end}", leg.km)
        else:
            yield from _driven(leg)
    yield _Step(f"Arrive at {trip.end}", 0.0)


def _driven(leg: Leg) -> Iterator[_Step]:
    dice = Dice(f"{SITE}/{leg.start}/{leg.end}/{leg.name}")
    streets = dice.some(words(SITE)["names"]["streets"], 5)
    turns = (
        "Turn left at",
        "Turn right at",
        "Go straight on past",
        "Keep left at",
        "Keep right at",
    )
    yield _Step(f"Leave {leg.start} on {leg.name} towards {leg.end}", leg.km / 7)
    for street in streets:
        yield _Step(f"{dice.pick(turns)} {street}, staying on {leg.name}", leg.km / 7)
    yield _Step(f"Follow {leg.name} into {leg.end}", leg.km / 7)


def _on_the_way(route: Route) -> list[Place]:
    """The best rated places of the towns that a way passes."""
    passed = dict.fromkeys(leg.end for leg in route.legs)
    there = [each for each in places().values() if each.town in passed]
    return sorted(there, key=lambda each: (-each.rating, -each.reviews, each.id))[:36]
