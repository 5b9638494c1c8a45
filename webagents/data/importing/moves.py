"""What a person did in an episode: gestures read as the fewest actions that say it.

Read as noise and left out: clicks that only bring the focus, clicks on nothing, copying from the
instruction (pasting it is filling a field), scrolling (an element is brought into sight by acting
on it), Tab and stray keys that changed nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from webagents.actions import Value
from webagents.data.importing.choosing import Choice, chosen
from webagents.data.importing.dom import Key, Node, Page
from webagents.data.importing.gestures import Press, Recording, Stroke, gestures
from webagents.data.importing.keys import combination, edits
from webagents.data.importing.kinds import (
    holds_others,
    in_control,
    is_drawing,
    is_field,
    is_frame,
    item_of,
    list_of,
    meant_by,
)
from webagents.data.importing.records import Dropped

_DRAG_PIXELS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One action, its elements still as recorded.

    name: of the action.
    page: what was seen before it.
    elements: the arguments that are elements; the refs come first in every action.
    arguments: the others.
    hidden: what of the page was not yet to be seen.
    untouched: over which elements the mouse was not yet to be seen.
    until: the number of its last state.
    guessed: whether the instruction says what the recording does not.
    """

    name: str
    page: Page
    elements: tuple[Key, ...] = ()
    arguments: Mapping[str, Value] = field(default_factory=dict)
    hidden: frozenset[Key] = frozenset()
    untouched: frozenset[Key] = frozenset()
    until: int
    guessed: bool = False


def moves(recording: Recording, instruction: str) -> list[Move]:
    """The actions of an episode in order.

    Raises:
        Dropped: there are none, or one that matters cannot be told.
    """
    return _Reader(recording, instruction).read()


class _Reader:
    """Reads gesture after gesture; `_copied` and `_marked` are what it has to remember."""

    def __init__(self, recording: Recording, instruction: str) -> None:
        self._recording = recording
        self._instruction = instruction
        self._gestures = gestures(recording)
        self._moves: list[Move] = []
        self._copied = False  # something of the page is on the clipboard
        self._marked = False  # something of the page is marked with the mouse

    def read(self) -> list[Move]:
        at = 0
        while at < len(self._gestures):
            at = self._next(at)
        if not self._moves:
            raise Dropped("no action", f"{len(self._gestures)} gestures, none that does anything")
        return self._moves

    def _next(self, at: int) -> int:
        """Reads what begins with a gesture; the first gesture after it."""
        target = self._target(at)
        if target is not None and list_of(target) is not None:
            return self._choose(at)
        if target is not None and is_field(target):
            return self._edit(at)
        gesture = self._gestures[at]
        if isinstance(gesture, Press):
            return self._press(at, gesture, target)
        return self._stroke(at, gesture, target)

    # What a gesture is about, and the pages around it

    def _target(self, at: int) -> Node | None:
        gesture, page = self._gestures[at], self._before(at)
        if page.target is not None:
            return page.target
        return page.at(gesture.x, gesture.y) if isinstance(gesture, Press) else page.focused

    def _before(self, at: int) -> Page:
        return self._recording.page(self._gestures[at].start)

    def _after(self, at: int) -> Page:
        """What was seen before the next gesture; the last page after the last one."""
        if at + 1 < len(self._gestures):
            return self._before(at + 1)
        return self._recording.page(len(self._recording) - 1)

    def _changes(self, at: int, but: Key | None = None) -> bool:
        """Whether the page after a gesture reads otherwise, one element disregarded."""
        before, after = dict(self._before(at).content), dict(self._after(at).content)
        if but is not None:
            before.pop(but, None)
            after.pop(but, None)
        return before != after

    def _is_last(self, at: int) -> bool:
        return at + 1 >= len(self._gestures)

    def _add(self, at: int, end: int, name: str, *elements: Key, **arguments: Value) -> None:
        move = Move(
            name=name,
            page=self._before(at),
            elements=elements,
            arguments=arguments,
            untouched=frozenset(elements),
            until=self._gestures[end].end,
        )
        self._moves.append(move)

    # Fields of text

    def _edit(self, at: int) -> int:
        """Reads what is done to a field until something else is done: one `fill`."""
        target = self._target(at)
        assert target is not None
        key, end, typed = target.key, at, ""
        while end < len(self._gestures) and self._edits(end, key):
            gesture = self._gestures[end]
            typed += gesture.character if isinstance(gesture, Stroke) else ""
            end += 1
        if end == at:
            return self._press_in_field(at, key)
        before, after = target.value, self._value(at, end, key)
        if after is None and typed:
            self._add(at, end - 1, "type", key, text=typed)
        elif after is not None and after != (before or ""):
            self._add(at, end - 1, "fill", key, text=after)
        elif end >= len(self._gestures):
            self._press_in_field(end - 1, key)
        elif marking := self._marking(at, end):
            self._drag(at, marking)
        return end

    def _edits(self, at: int, key: Key) -> bool:
        """Whether a gesture is part of editing a field."""
        gesture, target = self._gestures[at], self._target(at)
        if target is None or target.key != key:
            return False
        if isinstance(gesture, Press):
            return not self._changes(at, but=key)
        return edits(gesture, target.tag, copied=self._copied)

    def _value(self, at: int, end: int, key: Key) -> str | None:
        """What the field holds at the end; where it has gone, what it held last."""
        first = self._gestures[at].start
        last = self._gestures[end].start if end < len(self._gestures) else len(self._recording) - 1
        for number in range(last, first - 1, -1):
            node = self._recording.page(number).elements.get(key)
            if node is not None:
                return node.value
        return None

    def _marking(self, at: int, end: int) -> Press | None:
        """The press that marked text in a field, which is copied next."""
        following = self._gestures[end]
        if not isinstance(following, Stroke) or combination(following)[-2:] not in ("+c", "+x"):
            return None
        presses = (gesture for gesture in self._gestures[at:end] if isinstance(gesture, Press))
        return next((press for press in presses if press.moved >= _DRAG_PIXELS), None)

    def _press_in_field(self, at: int, key: Key) -> int:
        """Reads a gesture in a field that is more than editing."""
        gesture = self._gestures[at]
        if isinstance(gesture, Press):
            self._add(at, at, "click", key)
            return at + 1
        pressed = combination(gesture)
        copies = pressed[-2:] in ("+c", "+x")
        if not copies and not self._is_last(at) and not self._changes(at):
            return at + 1
        self._copied |= copies
        if pressed:
            self._add(at, at, "press", key, key=pressed)
        return at + 1

    # Lists of options

    def _choose(self, at: int) -> int:
        """Reads what is done to a list until something else is done: one `select_option`."""
        node = self._target(at)
        options = list_of(node) if node is not None else None
        assert options is not None
        key, end, steps = options.key, at, []
        while end < len(self._gestures):
            target = self._target(end)
            if target is None or (list_of(target) or target).key != key:
                break
            steps.append((self._gestures[end], target, self._released(end)))
            end += 1
        after = self._after(end - 1).elements.get(key)
        choice: Choice = chosen(options, after, steps, self._before(at), self._instruction)
        if choice.labels:
            self._moves = [
                move for move in self._moves if not (move.guessed and move.elements == (key,))
            ]
            self._moves.append(
                Move(
                    name="select_option",
                    page=self._before(at),
                    elements=(key,),
                    arguments={"options": choice.labels},
                    until=self._gestures[end - 1].end,
                    guessed=choice.guessed,
                )
            )
        return end

    def _released(self, at: int) -> Node | None:
        """Where the mouse button went up."""
        gesture = self._gestures[at]
        if not isinstance(gesture, Press) or gesture.released is None:
            return None
        return self._recording.page(gesture.released).target

    # Everything else

    def _press(self, at: int, press: Press, target: Node | None) -> int:
        self._marked = False
        if self._fills_by_mouse(at, press):
            return at + 1
        last = self._is_last(at)
        if target is None:
            if last:
                raise Dropped("action on no element", f"at {press.x:g}, {press.y:g}")
            return at + 1
        if press.scrolled and not last:
            return at + 1
        changes = self._changes(at)
        if self._drags(press, target, changes=changes):
            if last or not is_frame(target):
                self._marked = True
                self._drag(at, press)
            return at + 1
        if holds_others(target) and not last and not changes:
            return at + 1
        if last and is_frame(target):
            raise Dropped("action on no element", f"at {press.x:g}, {press.y:g}")
        self._unfold(at, target)
        if is_drawing(target):
            self._add(at, at, "mouse_click", x=press.x, y=press.y)
            return at + 1
        twice = not changes and self._is_second(at + 1, target.key)
        element = self._meant(press, target)
        self._add(at, at + twice, "dblclick" if twice else "click", element)
        return at + 1 + twice

    def _fills_by_mouse(self, at: int, press: Press) -> bool:
        """Reads a text that was dragged into a field."""
        page = self._before(at)
        onto = page.at(press.to_x, press.to_y)
        if press.moved < _DRAG_PIXELS or onto is None or not is_field(onto):
            return False
        after = self._after(at).elements.get(onto.key)
        if after is None or not after.value or after.value == onto.value:
            return False
        self._add(at, at, "fill", onto.key, text=after.value)
        return True

    def _drags(self, press: Press, target: Node, *, changes: bool) -> bool:
        if press.moved < _DRAG_PIXELS or in_control(target):
            return False
        return press.clicked is None or not changes

    def _drag(self, at: int, press: Press) -> None:
        """Adds a drag: onto an element where that says it, else from point to point."""
        page, start = self._before(at), self._target(at)
        onto = page.at(press.to_x, press.to_y)
        if (
            start is not None
            and onto is not None
            and start not in onto.ancestors
            and onto.parent is not start.parent
            and not any(is_frame(node) or is_drawing(node) for node in (start, onto))
            and self._moves_element(at, start.key)
        ):
            self._add(at, at, "drag_and_drop", start.key, onto.key)
            return
        points = {"from_x": press.x, "from_y": press.y, "to_x": press.to_x, "to_y": press.to_y}
        self._add(
            at, at, "mouse_drag_and_drop", **{name: max(0.0, n) for name, n in points.items()}
        )

    def _moves_element(self, at: int, key: Key) -> bool:
        before, after = (page.elements.get(key) for page in (self._before(at), self._after(at)))
        return before is not None and after is not None and before.box[:2] != after.box[:2]

    def _unfold(self, at: int, target: Node) -> None:
        """Adds the rests of the mouse that opened the menus in which an element lies."""
        seen_before = self._recording.page(self._gestures[at - 1].end if at else 0)
        menus = [
            node
            for node in target.ancestors
            if "ui-menu" in node.classes
            and node.parent is not None
            and node.parent.tag == "LI"
            and node.key not in seen_before.elements
        ]
        items = [item_of(menu) for menu in menus]
        for place in reversed(range(len(menus))):
            move = Move(
                name="hover",
                page=self._before(at),
                elements=(items[place],),
                hidden=frozenset(menu.key for menu in menus[: place + 1]),
                untouched=frozenset(items[: place + 1]),
                until=self._gestures[at].start,
            )
            self._moves.append(move)

    def _is_second(self, at: int, key: Key) -> bool:
        """Whether a gesture is the second half of a double click."""
        if at >= len(self._gestures):
            return False
        gesture, target = self._gestures[at], self._target(at)
        same = target is not None and target.key == key
        return same and isinstance(gesture, Press) and gesture.double

    def _meant(self, press: Press, target: Node) -> Key:
        """The link, button or control that the pressed element is part of; else the element."""
        if press.control is not None:
            control = self._recording.page(press.control).target
            if control is not None and control.key in self._recording.page(press.start).elements:
                return control.key
        return meant_by(target)

    def _stroke(self, at: int, stroke: Stroke, target: Node | None) -> int:
        """Reads a key pressed outside of fields."""
        pressed = combination(stroke)
        if pressed[-2:] in ("+c", "+x"):
            if self._marked:
                self._copied = True
                self._add(at, at, "keyboard_press", key=pressed)
            return at + 1
        last = self._is_last(at)
        if not pressed or not (last or self._changes(at)):
            return at + 1
        if target is None or is_frame(target):
            self._add(at, at, "keyboard_press", key=pressed)
        else:
            self._add(at, at, "press", target.key, key=pressed)
        return at + 1
