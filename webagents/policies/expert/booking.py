"""Flights looked up by place and date, and booked by price or duration."""

from __future__ import annotations

import re
from typing import NamedTuple

from webagents.html import Element, find, ref_of, text_of
from webagents.policies.expert.dates import Date, date_in, pick, submit
from webagents.policies.expert.sight import Experts, Sight, act, click, fill, wait

_TRIP = re.compile(r"Book the (cheapest|shortest) one-way flight from: (.+) to: (.+) on ")
_AIRPORT = re.compile(r".+ \([A-Z]{3}\)$")
_DURATION = re.compile(r"(\d+)h (\d+)m")


class _Trip(NamedTuple):
    """What is asked for: the wish, the places (a city or an airport's code), and the day."""

    wish: str
    origin: str
    destination: str
    date: Date


def _trip(instruction: str) -> _Trip | None:
    found, date = _TRIP.search(instruction), date_in(instruction)
    if found is None or date is None:
        return None
    wish, origin, destination = found.groups()
    return _Trip(wish, origin, destination, date)


def booked(sight: Sight) -> str:
    """Fills in the places and the date, searches, and books the flight that is asked for."""
    trip = _trip(sight.instruction)
    if trip is None:
        return wait()
    flights = sight.all("div", class_="flight")
    if flights:
        return _book(sight, trip, flights)
    origin, destination = sight.find(id="flight-from"), sight.find(id="flight-to")
    date = sight.find("input", id="datepicker")
    if origin is None or destination is None or date is None:
        return wait()
    places = {ref_of(origin): trip.origin, ref_of(destination): trip.destination}
    for field in sight.shuffled([origin, destination, date]):
        place, value = places.get(ref_of(field)), field.get("value") or ""
        if place is None and value != trip.date.slashed:
            return pick(sight, field, trip.date)
        if place is not None and not (place in value and _AIRPORT.match(value)):
            return _place(sight, field, place)
        for item in _suggested(sight):
            if "focused" in field.attrib and text_of(item) == value:
                return _take(sight, field, item)
    return submit(sight, date, sight.button("Search"))


def _suggested(sight: Sight) -> list[Element]:
    return sight.all("div", class_="ui-menu-item-wrapper")


def _place(sight: Sight, field: Element, place: str) -> str:
    """Types a place and picks the suggestion that is meant."""
    typing = fill(field, place)
    typed = field.get("value") == place
    suggested = _suggested(sight)
    gone_to = field.get("value") in map(text_of, suggested)  # by arrow keys, which write it, too
    if not typed and not gone_to:
        return typing
    for means in (_is, _contains):
        for item in suggested:
            if not means(text_of(item), place):
                continue
            last = len(suggested) > 1 and item is suggested[-1]
            if last or gone_to or sight.did(click(item)) or sight.done.count(typing) > 1:
                # With the pointer on the last item the menu is laid out anew, and a click misses.
                return act("press", ref=ref_of(field), key="ArrowUp" if last else "ArrowDown")
            return click(item)
    return typing if sight.done[-1:] == [wait()] else wait()  # the menu closed, or is yet to come


def _is(suggestion: str, place: str) -> bool:
    return suggestion.startswith(f"{place} (") or suggestion.endswith(f"({place})")


def _contains(suggestion: str, place: str) -> bool:
    return place in suggestion


def _take(sight: Sight, field: Element, item: Element) -> str:
    """Takes the suggestion that arrow keys went to, or closes the menu: its text is in the field.

    It is closed by a click beside it where the pointer, resting on the menu, marks another one.
    """
    if "ui-state-active" in item.get("class", "").split():
        return act("press", ref=ref_of(field), key="Enter")
    return click(sight.find("h2"))


def _book(sight: Sight, trip: _Trip, flights: list[Element]) -> str:
    for class_, asked in (
        ("flight-date", trip.date.slashed),
        ("depart-city", trip.origin),
        ("arrive-city", trip.destination),
    ):
        shown = sight.find(class_=class_)
        if shown is None or asked not in text_of(shown):
            return click(sight.button("Back"))
    measure = _price if trip.wish == "cheapest" else _minutes
    return click(find(min(flights, key=measure), "button", class_="flight-price"))


def _price(flight: Element) -> int:
    return int(text_of(flight).rpartition("$")[2])


def _minutes(flight: Element) -> int:
    found = _DURATION.search(text_of(flight))
    return int(found.group(1)) * 60 + int(found.group(2)) if found else 0


EXPERTS: Experts = {
    "miniwob.book-flight": booked,
    "miniwob.book-flight-nodelay": booked,
}
