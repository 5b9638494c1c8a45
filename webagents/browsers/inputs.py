"""Input events as commands of the DevTools protocol."""

from __future__ import annotations

from typing import Any, NamedTuple

from webagents.browsers.base import Input, Insert, Key, Pointer

_KINDS = {"move": "mouseMoved", "down": "mousePressed", "up": "mouseReleased"}
_BUTTONS = {"none": 0, "left": 1, "right": 2, "middle": 4}


class Command(NamedTuple):
    """A protocol command: its name and parameters."""

    method: str
    params: dict[str, Any]


class Mouse:
    """Where the pointer is and which button it holds: a move says both."""

    def __init__(self) -> None:
        self.at = (0.0, 0.0)
        self._held = "none"

    def command(self, event: Pointer) -> Command:
        """The command for an event, which changes what is held."""
        if event.kind != "move":
            self._held = event.button if event.kind == "down" else "none"
        self.at = (event.x, event.y)
        return Command(
            "Input.dispatchMouseEvent",
            {
                "type": _KINDS[event.kind],
                "x": event.x,
                "y": event.y,
                "button": self._held if event.kind == "move" else event.button,
                "buttons": _BUTTONS[self._held],
                "clickCount": event.clicks,
                "modifiers": event.modifiers,
            },
        )


def command(event: Input, mouse: Mouse) -> Command:
    """The command for any input event."""
    if isinstance(event, Pointer):
        return mouse.command(event)
    if isinstance(event, Key):
        return _key(event)
    if isinstance(event, Insert):
        return Command("Input.insertText", {"text": event.text})
    at = {"x": event.x, "y": event.y}
    turn = {"deltaX": event.dx, "deltaY": event.dy}
    return Command("Input.dispatchMouseEvent", {"type": "mouseWheel", **at, **turn})


def _key(event: Key) -> Command:
    kind = "keyUp" if event.kind == "up" else "keyDown" if event.text else "rawKeyDown"
    return Command(
        "Input.dispatchKeyEvent",
        {
            "type": kind,
            "key": event.key,
            "code": event.code,
            "windowsVirtualKeyCode": event.number,
            "text": event.text,
            "unmodifiedText": event.text,
            "location": event.location,
            "modifiers": event.modifiers,
        },
    )
