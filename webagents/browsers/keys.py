"""Keys by name, as browsers and Playwright name them, on a US keyboard.

Source of the key codes: W3C UI Events, KeyboardEvent `code` and `key` values.
"""

from __future__ import annotations

import difflib
import sys
from typing import NamedTuple

from webagents.browsers.base import Input, Insert, Key
from webagents.errors import ActionError, clipped

MODIFIERS = {"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}
"""The bits of the DevTools protocol's `modifiers`."""

ALIASES = {
    "ControlOrMeta": "Meta" if sys.platform == "darwin" else "Control",
    "Ctrl": "Control",
    "Cmd": "Meta",
    "Command": "Meta",
    "Option": "Alt",
    "Esc": "Escape",
    "Return": "Enter",
    "Del": "Delete",
    "Up": "ArrowUp",
    "Down": "ArrowDown",
    "Left": "ArrowLeft",
    "Right": "ArrowRight",
    "Space": " ",
}


class _Place(NamedTuple):
    code: str
    number: int
    text: str = ""
    shifted: bool = False
    location: int = 0


_NAMED = {
    "Backspace": 8, "Tab": 9, "Pause": 19, "CapsLock": 20, "Escape": 27, "PageUp": 33,
    "PageDown": 34, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
    "ArrowDown": 40, "PrintScreen": 44, "Insert": 45, "Delete": 46, "ContextMenu": 93,
    "NumLock": 144, "ScrollLock": 145, **{f"F{n}": 111 + n for n in range(1, 13)},
}  # fmt: skip
_SYMBOLS = [  # unshifted, shifted, code, number
    ("`", "~", "Backquote", 192), ("-", "_", "Minus", 189), ("=", "+", "Equal", 187),
    ("[", "{", "BracketLeft", 219), ("]", "}", "BracketRight", 221),
    ("\\", "|", "Backslash", 220), (";", ":", "Semicolon", 186), ("'", '"', "Quote", 222),
    (",", "<", "Comma", 188), (".", ">", "Period", 190), ("/", "?", "Slash", 191),
    *[(str(n), shifted, f"Digit{n}", 48 + n) for n, shifted in enumerate(")!@#$%^&*(")],
]  # fmt: skip


def _layout() -> dict[str, _Place]:
    places = {name: _Place(name, number) for name, number in _NAMED.items()}
    places["Enter"] = _Place("Enter", 13, "\r")
    places[" "] = _Place("Space", 32, " ")
    places |= {
        "Shift": _Place("ShiftLeft", 16, location=1),
        "Control": _Place("ControlLeft", 17, location=1),
        "Alt": _Place("AltLeft", 18, location=1),
        "Meta": _Place("MetaLeft", 91, location=1),
    }
    for plain, shifted, code, number in _SYMBOLS:
        places[plain] = _Place(code, number, plain)
        places[shifted] = _Place(code, number, shifted, shifted=True)
    for number in range(ord("A"), ord("Z") + 1):
        upper = chr(number)
        places[upper] = _Place(f"Key{upper}", number, upper, shifted=True)
        places[upper.lower()] = _Place(f"Key{upper}", number, upper.lower())
    return places


_PLACES = _layout()


class Combination(NamedTuple):
    """Keys pressed together: modifiers first, the key last."""

    modifiers: tuple[str, ...]
    key: str

    def holds(self, *modifiers: str) -> bool:
        """Whether exactly these modifiers are held."""
        return set(self.modifiers) == set(modifiers)


def combination(text: str) -> Combination:
    """Reads ``ControlOrMeta+Shift+a``.

    Raises:
        ActionError: a key that no keyboard has.
    """
    parts = text.split("+")
    if text.endswith("+"):  # the plus key itself, alone or held with others
        parts = [*text[:-1].rstrip("+").split("+"), "+"] if len(text) > 1 else ["+"]
    *held, last = (ALIASES.get(part, part) for part in parts)
    for name in held:
        if name not in MODIFIERS:
            known = ", ".join((*MODIFIERS, "ControlOrMeta"))
            raise ActionError(f"no modifier {clipped(name)}; the modifiers are {known}")
    return Combination(tuple(held), known_key(last))


def known_key(name: str) -> str:
    """The key of that name; any single character is one.

    Raises:
        ActionError: there is none.
    """
    if name in _PLACES or len(name) == 1:
        return name
    near = difflib.get_close_matches(name, _PLACES, 3, 0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "keys are named like Enter, ArrowDown, a"
    raise ActionError(f"no key {clipped(name)}; {hint}")


def down(name: str, modifiers: int = 0) -> Key:
    """The key going down while `modifiers` (bits) are held."""
    place = _PLACES.get(name, _Place("", 0, name))
    plain = not modifiers & ~MODIFIERS["Shift"]
    text = place.text if plain else ""
    if len(text) == 1 and modifiers & MODIFIERS["Shift"]:
        text = text.upper() if text.isalpha() else _shifted(text)
    key = text if text.isprintable() and len(text) == 1 else name
    return Key("down", key, place.code, place.number, text, place.location, modifiers)


def up(name: str, modifiers: int = 0) -> Key:
    """The key going up again."""
    place = _PLACES.get(name, _Place("", 0))
    return Key("up", name, place.code, place.number, "", place.location, modifiers)


def pressed(combined: Combination) -> list[Input]:
    """A combination pressed and let go."""
    events: list[Input] = []
    bits = 0
    for name in combined.modifiers:
        bits |= MODIFIERS[name]
        events.append(down(name, bits))
    events += [down(combined.key, bits), up(combined.key, bits)]
    for name in reversed(combined.modifiers):
        bits &= ~MODIFIERS[name]
        events.append(up(name, bits))
    return events


def typed(text: str) -> list[Input]:
    """The keys that type a text; what no key types is inserted."""
    events: list[Input] = []
    for character in text.replace("\r\n", "\n"):
        name = {"\n": "Enter", "\t": "Tab"}.get(character, character)
        if name not in _PLACES:
            events.append(Insert(character))
            continue
        shift = MODIFIERS["Shift"] if _PLACES[name].shifted else 0
        events += [down(name, shift), up(name, shift)]
    return events


def _shifted(character: str) -> str:
    for plain, shifted, _, _ in _SYMBOLS:
        if plain == character:
            return shifted
    return character
