"""Raw mouse and key events, as MiniWoB++ recorded them, coalesced into presses and key strokes.

An event was recorded twice, before the page's handlers ran (timing 1) and after (timing 3); the
first is what a person saw when acting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webagents.data.importing.dom import Page
from webagents.data.importing.records import Dropped

_HELD = {16: "Shift", 17: "Control", 18: "Alt", 91: "Meta", 92: "Meta", 93: "Meta", 224: "Meta"}
_BEFORE = 1
_CLICKING = frozenset({13, 32})  # Enter and Space, which a browser turns into a click
_LABEL_MS = 50  # a click on a label becomes one on its control at once


@dataclass(slots=True, kw_only=True)
class Press:
    """The mouse button pressed and released.

    start, end: the numbers of the first and the last state that belong to it.
    x, y, to_x, to_y: where it was pressed and released, CSS pixels.
    clicked: the state of its click, None where it came to none.
    control: the state of the click that a label passed on to its control.
    double: whether it ended a double click.
    scrolled: whether something was scrolled meanwhile, as by dragging a scroll bar.
    held: the modifiers.
    released: the state of its end, None where that is not known.
    """

    start: int
    end: int
    x: float
    y: float
    to_x: float
    to_y: float
    held: frozenset[str]
    released: int | None = None
    clicked: int | None = None
    control: int | None = None
    double: bool = False
    scrolled: bool = False

    @property
    def moved(self) -> float:
        """How far the mouse went between, CSS pixels."""
        return max(abs(self.to_x - self.x), abs(self.to_y - self.y))


@dataclass(slots=True, kw_only=True)
class Stroke:
    """A key going down, and the character it gave, "" for none.

    start, end: the numbers of the first and the last state that belong to it.
    code: the browser's old `keyCode`.
    held: the modifiers.
    """

    start: int
    end: int
    code: int
    held: frozenset[str]
    character: str = ""


Gesture = Press | Stroke


class Recording:
    """The states of an episode, up to where the page begins another one.

    times: when each state was, milliseconds.
    events: what happened in each, None at the beginning.
    """

    def __init__(self, states: Sequence[Any]) -> None:
        """The recording of a file's `states`.

        Raises:
            Dropped: they hold no page.
        """
        self.times: list[float] = []
        self.events: list[Mapping[str, Any] | None] = []
        self._doms: list[Mapping[str, Any]] = []
        self._pages: dict[int, Page] = {}
        first: object = None
        for state in states:
            dom = state.get("dom") if isinstance(state, Mapping) else None
            if not isinstance(dom, Mapping):
                continue
            body = (dom.get("tag"), dom.get("ref"))
            event = state.get("action")
            if first is None:
                first = body
            elif body != first:
                break  # the end of the episode renewed all numbers, and often the page
            time = state.get("time")
            self.times.append(float(time) if isinstance(time, int | float) else 0.0)
            self.events.append(event if isinstance(event, Mapping) else None)
            self._doms.append(dom)
        if not self._doms:
            raise Dropped("not an episode", "no state holds a page")

    def __len__(self) -> int:
        return len(self._doms)

    def page(self, number: int) -> Page:
        """The page of a state."""
        if number not in self._pages:
            self._pages[number] = Page(self._doms[number])
        return self._pages[number]


def gestures(recording: Recording) -> list[Gesture]:
    """What was done, in order; moves of the mouse and scrolling alone are left out."""
    done: list[Gesture] = []
    held: set[str] = set()
    for number, event in _events(recording):
        kind, last = event.get("type"), done[-1] if done else None
        open_press = last if isinstance(last, Press) else None
        if kind == "mousedown":
            done.append(_press(number, event, held))
        elif kind == "mouseup":
            if open_press is not None and open_press.released is None:
                open_press.to_x, open_press.to_y = _point(event, open_press)
                open_press.released = open_press.end = number
        elif kind == "click":
            _click(done, number, event, held, recording)
        elif kind == "dblclick" and open_press is not None:
            open_press.double, open_press.end = True, number
        elif kind == "scroll" and open_press is not None and open_press.released is None:
            open_press.scrolled = True
        elif kind == "keydown":
            code = _code(event)
            if code in _HELD:
                held.add(_HELD[code])
            else:
                done.append(Stroke(start=number, end=number, code=code, held=frozenset(held)))
        elif kind == "keypress" and isinstance(last, Stroke):
            last.character, last.end = _character(event), number
        elif kind == "keyup":
            held.discard(_HELD.get(_code(event), ""))
    return done


def _events(recording: Recording) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The events as they were before the page's handlers, and when all lack that, all."""
    events = [(n, event) for n, event in enumerate(recording.events) if event is not None]
    before = [(n, event) for n, event in events if event.get("timing", _BEFORE) == _BEFORE]
    yield from before or events


def _press(number: int, event: Mapping[str, Any], held: set[str]) -> Press:
    x, y = _number(event.get("x")), _number(event.get("y"))
    return Press(start=number, end=number, x=x, y=y, to_x=x, to_y=y, held=frozenset(held))


def _click(
    done: list[Gesture],
    number: int,
    event: Mapping[str, Any],
    held: set[str],
    recording: Recording,
) -> None:
    """A click ends its press; one that no press led to is a press unless a key brought it about."""
    last = done[-1] if done else None
    if isinstance(last, Press) and last.clicked is None:
        last.clicked = last.end = number
        return
    if isinstance(last, Press) and last.clicked is not None:
        if recording.times[number] - recording.times[last.clicked] <= _LABEL_MS:
            last.control = last.end = number
            return
        target = recording.page(number).target
        if target is not None and target.tag == "SELECT":
            return  # in the list that the browser popped up
    if isinstance(last, Stroke) and last.code in _CLICKING:
        return
    press = _press(number, event, held)
    press.clicked = number
    done.append(press)


def _point(event: Mapping[str, Any], press: Press) -> tuple[float, float]:
    if event.get("x") is None:
        return press.x, press.y
    return _number(event.get("x")), _number(event.get("y"))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _code(event: Mapping[str, Any]) -> int:
    code = event.get("keyCode")
    return code if isinstance(code, int) else 0


def _character(event: Mapping[str, Any]) -> str:
    code = event.get("charCode") or event.get("keyCode")
    return chr(code) if isinstance(code, int) and 32 <= code < 0xD800 else ""
