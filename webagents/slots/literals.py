"""Arguments as texts, and which bytes may come next in the text of a kind."""

from __future__ import annotations

import re
from collections.abc import Mapping

from webagents.actions.kinds import (
    ADDRESS,
    BUTTON,
    DISTANCE,
    DURATION,
    FILLED,
    HELD,
    INDEX,
    KEY,
    MODIFIERS,
    PIXEL,
    TEXTS,
    Kind,
    Value,
)

DIGITS = frozenset(b"0123456789")

WHOLE: Mapping[Kind, int] = {PIXEL: 4, DURATION: 4, DISTANCE: 5, INDEX: 2}
"""The digits that a number of a kind may have before its point: fewer than what is too large."""

CHOICES: Mapping[Kind, tuple[str, ...]] = {BUTTON: ("left", "middle", "right"), HELD: MODIFIERS}
"""Kinds of few texts."""

NOT_EMPTY = frozenset({FILLED, KEY, ADDRESS})

_NUMBER = re.compile(r"(-?)(\d*)(\.\d*)?")


def as_text(value: Value | None) -> str:
    """An argument as a text; several strings are lines; "" for one without a value."""
    if value is None:
        return ""
    return "\n".join(value) if isinstance(value, tuple) else str(value)


def as_value(kind: Kind, text: str) -> Value | None:
    """The argument of a text that is complete, None where it is left out."""
    if kind in WHOLE:
        if not text:
            return None
        return float(text) if "." in text else int(text)
    if kind is TEXTS:
        return tuple(text.split("\n"))
    if kind is HELD:
        return tuple(text.split("\n")) if text else ()
    return text


def copyable(kind: Kind) -> bool:
    """Whether words may be copied into a text of the kind."""
    return kind not in WHOLE and kind not in CHOICES


def complete(kind: Kind, text: bytes, *, optional: bool) -> bool:
    """Whether a text may end here."""
    if kind in WHOLE:
        return (bool(text) and text[-1] in DIGITS) or (optional and not text)
    if kind in CHOICES:
        return text.decode() in CHOICES[kind]
    return bool(text.strip()) if kind in NOT_EMPTY else True


def following(kind: Kind, text: bytes) -> frozenset[int] | None:
    """The bytes that may come next in a text of a kind, None for any that makes UTF-8."""
    if kind in WHOLE:
        return _in_number(kind, text.decode())
    if kind in CHOICES:
        said = text.decode()
        return frozenset(
            choice.encode()[len(text)]
            for choice in CHOICES[kind]
            if choice.startswith(said) and choice != said
        )
    return None


def _in_number(kind: Kind, text: str) -> frozenset[int]:
    found = _NUMBER.fullmatch(text)
    assert found, f"{text!r} begins no number"
    _, whole, part = found.groups()
    if part is not None:
        return DIGITS if len(part) < 8 else frozenset()
    allowed = DIGITS if len(whole) < WHOLE[kind] else frozenset()
    if whole and kind is not INDEX:
        allowed |= frozenset(b".")
    if not text and kind is DISTANCE:
        allowed |= frozenset(b"-")
    return allowed
