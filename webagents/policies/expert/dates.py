"""Dates picked in a calendar."""

from __future__ import annotations

import re

from webagents.html import find, text_of
from webagents.policies.expert.sight import Experts, Sight, click, wait

_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})")
_MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]


def picked(sight: Sight) -> str:
    """Opens the calendar, goes to the month, picks the day and submits."""
    found = _DATE.search(sight.instruction)
    field = sight.find("input", id="datepicker")
    if found is None or field is None:
        return wait()
    if field.get("value") == found.group(0):
        return click(sight.button("Submit"))
    calendar = sight.find("div", id="ui-datepicker-div")
    if calendar is None:
        return click(field)
    month, day, year = (int(part) for part in found.groups())
    shown_month = find(calendar, class_="ui-datepicker-month")
    shown_year = find(calendar, class_="ui-datepicker-year")
    if shown_month is None or shown_year is None:
        return wait()
    shown = int(text_of(shown_year)) * 12 + _MONTHS.index(text_of(shown_month))
    asked = year * 12 + month - 1
    if shown != asked:
        arrow = "ui-datepicker-next" if shown < asked else "ui-datepicker-prev"
        return click(find(calendar, "a", class_=arrow))
    return click(find(calendar, "a", text=str(day)))


EXPERTS: Experts = {
    "miniwob.choose-date": picked,
}
