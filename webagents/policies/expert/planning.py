"""A day's calendar in which events are drawn. Times are half hours, counted from midnight."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from webagents.html import Element, find, find_all, ref_of, text_of
from webagents.policies.expert.sight import (
    Box,
    Experts,
    Sight,
    act,
    box_of,
    click,
    fill,
    visual,
    wait,
)

_ASKED = re.compile(r"Create a ([\d.]+) (hour|min)s? event named .*between (\S+) and (\S+?)\.?$")
_TIME = re.compile(r"(\d+)(:30)?(am|pm)", re.IGNORECASE)
_DAY = 48


class _Plan(NamedTuple):
    """How long the event is to be, and between which times."""

    length: int
    start: int
    end: int

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The first and last half hours that the event can take."""
        length = self.length
        return [(it, it + length - 1) for it in range(self.start, self.end - length + 1)]


def event(sight: Sight) -> str:
    """Draws an event of the length asked where the hours asked are free, names and creates it."""
    asked = _ASKED.search(sight.instruction)
    if asked is None:
        return wait()
    length, unit, start, end = asked.groups()
    half_hours = float(length) * 2 if unit == "hour" else float(length) / 30
    plan = _Plan(round(half_hours), _half_hours(start), _half_hours(end))
    dialog = sight.find(id="create-event")
    if dialog is not None:
        return _named(sight, dialog, plan)
    drawn = sight.find(id="newEvent")
    if drawn is not None:
        return click(drawn)  # the dialog opens when the mouse is let go on it
    return _drawn(sight, plan)


def _half_hours(time: str) -> int:
    found = _TIME.match(time)
    if found is None:
        return 0
    hour, half, side = found.groups()
    return (int(hour) % 12 + (12 if side.lower() == "pm" else 0)) * 2 + bool(half)


def _named(sight: Sight, dialog: Element, plan: _Plan) -> str:
    times = [_half_hours(text_of(label)) for label in find_all(dialog, "label")]
    field = find(dialog, "input")
    if len(times) < 3 or field is None:
        return wait()
    if (times[0], (times[2] or _DAY) - 1) not in plan.spans:
        return click(find(dialog, class_="cancel"))
    if field.get("value") != sight.named:
        return fill(field, sight.named)
    return click(find(dialog, class_="create"))


def _drawn(sight: Sight, plan: _Plan) -> str:
    """Draws the event where there is none yet, by cells whose middle no other event covers.

    The cells lie an hour below the rows they stand for. Where others cover them, the event is drawn
    along the strip that hours and events leave free between them.
    """
    cells, events = sight.all(class_="half-hour"), _boxes(sight, "event")
    rows, places = _rows(_boxes(sight, "hour")), _boxes(sight, "half-hour")
    if len(places) != _DAY or len(rows) != _DAY:
        return wait()
    free = [(a, z) for a, z in plan.spans if not _covered(rows[a : z + 1], events)]
    open_ = [(a, z) for a, z in free if not _covered([places[a], places[z]], events)]
    if open_:
        first, last = sight.shuffled(open_, key=str)[0]
        return act("drag_and_drop", from_ref=ref_of(cells[first]), to_ref=ref_of(cells[last]))
    if not free:
        return wait()
    first, last = sight.shuffled(free, key=str)[0]
    return _along_strip(sight, places[first], places[last])


def _along_strip(sight: Sight, first: Box, last: Box) -> str:
    (hour, *_), (event, *_) = _boxes(sight, "hour-label"), _boxes(sight, "event")
    area = next(filter(None, map(box_of, sight.all(id="area"))))
    middle = (first.middle[1] + last.middle[1]) / 2
    if not area.y < first.middle[1] <= last.middle[1] < area.y + area.height:
        x, y = area.middle
        return act("scroll_at", x=x, y=y, delta_x=0, delta_y=round(middle - y))
    x = (hour.x + hour.width + event.x) / 2
    ends = {"from_y": first.middle[1], "to_y": last.middle[1] + 1}
    return act("mouse_drag_and_drop", from_x=x, to_x=x, **ends)


def _boxes(sight: Sight, class_: str) -> list[Box]:
    return [box for element in sight.all(class_=class_) if (box := box_of(element)) is not None]


def _rows(hours: Iterable[Box]) -> list[Box]:
    """The upper and lower half of every hour."""
    return [
        Box(hour.x, hour.y + hour.height / 2 * half, hour.width, hour.height / 2)
        for hour in hours
        for half in (0, 1)
    ]


def _covered(places: Iterable[Box], events: Iterable[Box]) -> bool:
    """Whether an event lies over the middle of one of the places."""
    middles = [place.middle[1] for place in places]
    return any(it.y <= y <= it.y + it.height for it in events for y in middles)


EXPERTS: Experts = {
    "miniwob.daily-calendar": visual(event),
}
