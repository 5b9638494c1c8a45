"""Dates picked in a calendar, or entered."""

from __future__ import annotations

import re
from typing import NamedTuple

from webagents.html import Element, find, find_all, ref_of, text_of
from webagents.policies.expert.sight import Experts, Sight, act, click, wait
from webagents.policies.expert.typing import enter

_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})")
MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
"""The months' English names, in order."""


class Date(NamedTuple):
    """A day, its month counted from 1."""

    year: int
    month: int
    day: int

    @property
    def slashed(self) -> str:
        """The day as Americans write it: ``01/31/2016``."""
        return f"{self.month:02}/{self.day:02}/{self.year}"


def date_in(text: str) -> Date | None:
    """The first date a text names, ``01/31/2016``."""
    found = _DATE.search(text)
    if found is None:
        return None
    month, day, year = (int(part) for part in found.groups())
    return Date(year, month, day)


def pick(sight: Sight, field: Element, date: Date) -> str:
    """The next action towards having the date in a field with jQuery UI's calendar."""
    calendar = sight.find("div", id="ui-datepicker-div")
    shown = None if calendar is None else _shown(calendar)
    if calendar is None or shown is None:
        return act(sight.either("open", "click", "focus"), ref=ref_of(field))
    asked = date.year * 12 + date.month - 1
    if shown != asked:
        arrow = "ui-datepicker-next" if shown < asked else "ui-datepicker-prev"
        return click(find(calendar, "a", class_=arrow))
    for cell in find_all(calendar, "td", text=str(date.day)):
        return click(sight.either("day", find(cell, "a"), cell))
    return wait()


def submit(sight: Sight, field: Element, button: Element | None) -> str:
    """Clicks a button that the date field's calendar may lie over, still fading or open again."""
    clicking = click(button)
    calendar = sight.find("div", id="ui-datepicker-div")
    if calendar is not None and list(sight.done[-2:]) == [clicking, clicking]:
        return act("press", ref=ref_of(field), key="Escape")
    return clicking


def _shown(calendar: Element) -> int | None:
    """The month a calendar shows, counted from the year 0; None where it shows none."""
    month = find(calendar, class_="ui-datepicker-month")
    year = find(calendar, class_="ui-datepicker-year")
    if month is None or year is None:
        return None
    return int(text_of(year)) * 12 + MONTHS.index(text_of(month))


def picked(sight: Sight) -> str:
    """Opens the calendar, goes to the month, picks the day and submits."""
    date = date_in(sight.instruction)
    field = sight.find("input", id="datepicker")
    if date is None or field is None:
        return wait()
    if field.get("value") != date.slashed:
        return pick(sight, field, date)
    return submit(sight, field, sight.button("Submit"))


def entered(sight: Sight) -> str:
    """Enters the date into a native field, which wants ``2016-01-31``, and submits."""
    date = date_in(sight.instruction)
    if date is None:
        return wait()
    text = f"{date.year}-{date.month:02}-{date.day:02}"
    return enter(sight, [(sight.find("input", type="date"), text)], sight.button("Submit"))


EXPERTS: Experts = {
    "miniwob.choose-date": picked,
    "miniwob.choose-date-easy": picked,
    "miniwob.choose-date-medium": picked,
    "miniwob.choose-date-nodelay": picked,
    "miniwob.enter-date": entered,
}
