"""Selenium's special characters, and what keys they are.

Source: W3C WebDriver, table of normalised key values (code points U+E000 to U+E05D).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

KEYS: Mapping[str, str] = {
    "\ue003": "Backspace",
    "\ue004": "Tab",
    "\ue006": "Enter",
    "\ue007": "Enter",
    "\ue008": "Shift",
    "\ue009": "Control",
    "\ue00a": "Alt",
    "\ue00c": "Escape",
    "\ue00d": "Space",
    "\ue00e": "PageUp",
    "\ue00f": "PageDown",
    "\ue010": "End",
    "\ue011": "Home",
    "\ue012": "ArrowLeft",
    "\ue013": "ArrowUp",
    "\ue014": "ArrowRight",
    "\ue015": "ArrowDown",
    "\ue016": "Insert",
    "\ue017": "Delete",
    "\ue03d": "Meta",
}
_HELD = ("Shift", "Control", "Alt", "Meta")
_SPECIAL = re.compile("[\ue000-\uf8ff\n]")


class Piece(NamedTuple):
    """A part of what is typed: plain text, or one key or combination."""

    text: str = ""
    key: str = ""


def pieces(typed: str) -> Iterator[Piece]:
    """What `send_keys` is given, as texts and keys in order.

    Control, Alt, Meta and Shift are held for all that follows: ``Keys.CONTROL + "a"`` is
    ``Control+a``. An unknown special character is left out.
    """
    held: list[str] = []
    text = ""
    for character in typed:
        name = "Enter" if character == "\n" else KEYS.get(character, "")
        if not _SPECIAL.match(character) and not held:
            text += character
            continue
        if text:
            yield Piece(text=text)
            text = ""
        if character == "\ue000":  # Keys.NULL lets go of all
            held = []
        elif name in _HELD:
            held.append(name)
        elif name or not _SPECIAL.match(character):
            yield Piece(key="+".join([*held, name or character]))
    if text:
        yield Piece(text=text)
