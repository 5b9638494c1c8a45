"""Flights searched for on two airlines' sites."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from webagents import html
from webagents.html import Element, find, find_all, text_of
from webagents.policies.expert.dates import MONTHS
from webagents.policies.expert.sight import Experts, Sight, click, fill, wait

_FRAME = re.compile(r"<iframe[^>]*>(.*)</iframe>", re.DOTALL)

# A city's main airport, or the code that stands for all of them.
_CODES = {
    "Austin": "AUS",
    "Boston": "BOS",
    "Dallas": "DFW",
    "Denver": "DEN",
    "Las Vegas": "LAS",
    "Los Angeles": "LAX",
    "New York": "NYC",
    "Portland": "PDX",
    "San Diego": "SAN",
    "San Francisco": "SFO",
    "Washington DC": "WAS",
}

# How the names of places begin where the city alone does not say which; others begin "Boston, ".
_PLACES = {
    "New York": "New York, NY (All",
    "Portland": "Portland, OR (",
    "Washington DC": "Washington, DC (All",
}

_MARCH = 3  # the month in which the pages' clocks start, and meant where none is named


class _Flight(NamedTuple):
    """What is asked for; dates are (month, day), `back` is None for one way."""

    origin: str
    destination: str
    out: tuple[int, int]
    back: tuple[int, int] | None
    passengers: int
    cabin: str


def _flight(instruction: str) -> _Flight | None:
    try:
        asked = json.loads(instruction)
    except ValueError:
        return None
    if not isinstance(asked, dict) or "Departure City" not in asked:
        return None
    back = asked.get("Returning Day")
    return _Flight(
        origin=asked["Departure City"],
        destination=asked["Destination City"],
        out=(asked.get("Departure Month", _MARCH), asked["Departure Day"]),
        back=None if back is None else (asked.get("Returning Month", _MARCH), back),
        passengers=asked.get("Passengers", 1),
        cabin=asked.get("Seat type", "Coach"),
    )


def _site(sight: Sight) -> Element | None:
    """The airline's page, which lies in a frame; None before it has come."""
    found = _FRAME.search(sight.episode.observation.html)
    return html.parse(f"<div>{found.group(1)}</div>") if found else None


def _undone(steps: Sequence[Callable[[], str | None]]) -> str | None:
    """The first step's next action that is left to be made; None when all are done."""
    return next((action for step in steps if (action := step()) is not None), None)


def _same_day(field: Element | None, day: tuple[int, int]) -> bool:
    """Whether a field holds a day: ``3/9/2017`` or ``03/09/2017``."""
    parts = (field.get("value") or "").split("/") if field is not None else []
    return len(parts) == 3 and (int(parts[0]), int(parts[1])) == day


def _picked(
    sight: Sight, field: Element | None, city: str, suggestions: Sequence[Element], start: str
) -> str:
    """Types a city and picks the suggestion that begins as given."""
    if field is None or field.get("value") != city:
        return fill(field, city)
    for item in suggestions:
        if text_of(item).startswith(start):
            return click(item)
    return fill(field, city) if sight.done[-1:] == [wait()] else wait()


def american(sight: Sight) -> str:
    """Fills in American Airlines' form and searches."""
    asked, site = _flight(sight.instruction), _site(sight)
    if asked is None or site is None or asked.back is None:
        return wait()
    dialog = find(site, role="dialog")
    if dialog is not None:
        title = find(dialog, "h2")
        returning = title is not None and text_of(title).startswith("Return")
        return _american_day(dialog, asked.back if returning else asked.out)
    suggestions = [
        link for item in find_all(site, class_="ui-menu-item") for link in find_all(item, "a")
    ]

    def place(id_: str, city: str) -> str | None:
        field, code = find(site, id=id_), _CODES.get(city, "")
        if field is not None and field.get("value") == code:
            return None
        return _picked(sight, field, city, suggestions, f"{code} - ")

    def day(id_: str, day: tuple[int, int]) -> str | None:
        field = find(site, id=id_)
        return None if _same_day(field, day) else click(field)

    steps: dict[str, Callable[[], str | None]] = {
        "from": partial(place, "segments0.origin", asked.origin),
        "to": partial(place, "segments0.destination", asked.destination),
        "out": partial(day, "segments0.travelDate", asked.out),
        "back": partial(day, "segments1.travelDate", asked.back),
    }
    order = [steps[name] for name in sight.shuffled(steps, key=str)]
    return _undone(order) or click(find(site, "button", text="Search"))


def _american_day(dialog: Element, day: tuple[int, int]) -> str:
    """A click on a day in the dialog that shows the months of a year below each other."""
    for group in find_all(dialog, class_="ui-datepicker-group"):
        if find(group, class_="ui-datepicker-month", text=MONTHS[day[0] - 1]) is not None:
            return click(find(group, "a", text=str(day[1])))
    return wait()


def alaska(sight: Sight) -> str:
    """Fills in Alaska Airlines' form and searches."""
    asked, site = _flight(sight.instruction), _site(sight)
    if asked is None or site is None:
        return wait()
    calendar = find(site, id="cal")
    if calendar is not None:
        return _alaska_day(site, calendar, asked)

    def place(id_: str, city: str) -> str | None:
        field, start = find(site, id=id_), _PLACES.get(city, f"{city}, ")
        value = "" if field is None else field.get("value") or ""
        if value.startswith(start) and "(" in value:
            return None
        shown = find(site, id=f"input-selections-{id_}")
        items = [] if shown is None else list(find_all(shown, "li"))
        return _picked(sight, field, city, items, start)

    def days() -> str | None:
        returning = find(site, id="return-date")
        if (returning is None) != (asked.back is None):
            return click(find(site, "label", text="One-way"))
        leaving = find(site, id="departure-date")
        if not _same_day(leaving, asked.out):
            return click(leaving)
        if asked.back is None or _same_day(returning, asked.back):
            return None
        return click(returning)

    def passengers() -> str | None:
        shown = find(site, id="tnum-display")
        number = 1 if shown is None else int(text_of(shown))
        if number == asked.passengers:
            return None
        sign = "+" if number < asked.passengers else "-"
        return click(find(site, class_="tnum-button", text=sign))

    def cabin() -> str | None:
        choice = find(site, "input", type="radio", value=asked.cabin)
        if choice is None:
            head = find(site, "h2", text="More search options")
            return None if asked.cabin == "Coach" else click(head)
        if "checked" in choice.attrib:
            return None
        return click(choice.getparent())  # the label: it lies over its button

    steps: dict[str, Callable[[], str | None]] = {
        "from": partial(place, "geo-from", asked.origin),
        "to": partial(place, "geo-to", asked.destination),
        "days": days,
        "passengers": passengers,
        "cabin": cabin,
    }
    order = [steps[name] for name in sight.shuffled(steps, key=str)]
    return _undone(order) or click(find(site, "input", type="submit"))


def _alaska_day(site: Element, calendar: Element, asked: _Flight) -> str:
    """The next action in the calendar for one of the two dates, up to the click on Done."""
    heading = find(calendar, id="cal-top-text")
    returning = heading is not None and text_of(heading).startswith("return")
    day = asked.back if returning else asked.out
    field = find(site, id="return-date" if returning else "departure-date")
    if day is None or _same_day(field, day):
        return click(find(calendar, id="btnDone"))
    month = find(calendar, class_="current-month")
    if month is None:
        return wait()
    shown = MONTHS.index(text_of(month).split()[0]) + 1
    if shown != day[0]:
        arrow = find(calendar, id="next-month" if shown < day[0] else "prev-month")
        return click(None if arrow is None else find(arrow, "a"))
    return click(find(calendar, "a", class_="cal-day", text=str(day[1])))


EXPERTS: Experts = {
    "miniwob.flight.AA": american,
    "miniwob.flight.Alaska": alaska,
    "miniwob.flight.Alaska-auto": alaska,
}
