"""Input events as WebDriver's actions.

Source: W3C WebDriver, section 15 (Actions) and its table of keys, section 17.4.2.
"""

from __future__ import annotations

from typing import Any

from webagents.browsers.base import Key, Pointer, Wheel
from webagents.browsers.keys import MODIFIERS

KEYS = {
    "Backspace": "\ue003", "Tab": "\ue004", "Enter": "\ue007", "Shift": "\ue008",
    "Control": "\ue009", "Alt": "\ue00a", "Pause": "\ue00b", "Escape": "\ue00c",
    "PageUp": "\ue00e", "PageDown": "\ue00f", "End": "\ue010", "Home": "\ue011",
    "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015",
    "Insert": "\ue016", "Delete": "\ue017", "Meta": "\ue03d",
    **{f"F{n}": chr(0xE030 + n) for n in range(1, 13)},
}  # fmt: skip
"""Named keys as WebDriver writes them. The others of a keyboard it does not know."""

_BUTTONS = {"left": 0, "middle": 1, "right": 2}

Event = Pointer | Wheel | Key


def knows(key: Key) -> bool:
    """Whether WebDriver has a way to press this key."""
    return key.key in KEYS or len(key.key) == 1


class Hand:
    """What is held down, and the actions that follow from events."""

    def __init__(self) -> None:
        self.at = (0.0, 0.0)
        self.buttons: set[str] = set()
        self._keys: dict[str, str] = {}  # key's place -> what it was pressed as
        self._bits = 0

    @property
    def empty(self) -> bool:
        """Whether nothing is held."""
        return not self.buttons and not self._keys

    def actions(self, events: list[Event]) -> list[dict[str, Any]]:
        """The sources of one `Perform Actions`: one tick an event, one source each."""
        ticks: list[tuple[str, dict[str, Any]]] = []
        for event in events:
            if isinstance(event, Pointer):
                ticks += self._modifiers(event.modifiers)
                ticks.append(("pointer", self._pointer(event)))
            elif isinstance(event, Wheel):
                ticks.append(("wheel", _wheel(event)))
            else:
                ticks.append(("key", self._key(event)))
        ticks += self._modifiers(0)
        kinds = {kind for kind, _ in ticks}
        pause = {"type": "pause", "duration": 0}
        return [
            {
                "type": kind,
                "id": kind,
                "actions": [action if of == kind else pause for of, action in ticks],
                **({"parameters": {"pointerType": "mouse"}} if kind == "pointer" else {}),
            }
            for kind in ("pointer", "key", "wheel")
            if kind in kinds
        ]

    def _pointer(self, event: Pointer) -> dict[str, Any]:
        if event.kind == "move":
            self.at = (event.x, event.y)
            return {"type": "pointerMove", "duration": 0, **_point(event)}
        if event.kind == "down":
            self.buttons.add(event.button)
            return {"type": "pointerDown", "button": _BUTTONS[event.button]}
        self.buttons.discard(event.button)
        return {"type": "pointerUp", "button": _BUTTONS[event.button]}

    def _key(self, event: Key) -> dict[str, Any]:
        place = event.code or event.key
        if event.kind == "down":
            self._keys[place] = KEYS.get(event.key, event.key)
            return {"type": "keyDown", "value": self._keys[place]}
        return {"type": "keyUp", "value": self._keys.pop(place, KEYS.get(event.key, event.key))}

    def _modifiers(self, bits: int) -> list[tuple[str, dict[str, Any]]]:
        """Presses and lets go of what a pointer's event wants held."""
        ticks: list[tuple[str, dict[str, Any]]] = []
        for name, bit in MODIFIERS.items():
            if bit & (bits ^ self._bits):
                kind = "keyDown" if bit & bits else "keyUp"
                ticks.append(("key", {"type": kind, "value": KEYS[name]}))
        self._bits = bits
        return ticks


def _wheel(event: Wheel) -> dict[str, Any]:
    turn = {"deltaX": round(event.dx), "deltaY": round(event.dy)}
    return {"type": "scroll", "duration": 0, **_point(event), **turn}


def _point(event: Pointer | Wheel) -> dict[str, int]:
    """Where it happens: WebDriver knows whole pixels."""
    return {"x": round(event.x), "y": round(event.y)}
