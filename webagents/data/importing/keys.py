"""Key strokes: which of them edit a field, and their names."""

from __future__ import annotations

from webagents.data.importing.gestures import Stroke

_NAMES = {
    8: "Backspace", 9: "Tab", 13: "Enter", 27: "Escape", 32: "Space", 33: "PageUp", 34: "PageDown",
    35: "End", 36: "Home", 37: "ArrowLeft", 38: "ArrowUp", 39: "ArrowRight", 40: "ArrowDown",
    45: "Insert", 46: "Delete", **{111 + n: f"F{n}" for n in range(1, 13)},
}  # fmt: skip
_LINES = frozenset({13, 33, 34, 38, 40})
_EDITING = frozenset({8, 20, 35, 36, 37, 39, 45, 46, 144, 229, 255})
_SPECIAL = frozenset(_NAMES) - _EDITING - {32}
_NATIVE = frozenset(
    f"INPUT_{kind}"
    for kind in ("date", "time", "datetime-local", "month", "week", "number", "range")
)


def combination(stroke: Stroke) -> str:
    """The key as `press` takes it, such as ``Enter`` or ``ControlOrMeta+c``; "" for no such key."""
    name = _NAMES.get(stroke.code, "")
    if not name and (48 <= stroke.code <= 57 or 65 <= stroke.code <= 90):
        name = stroke.character or chr(stroke.code).lower()
    elif not name:
        name = stroke.character
    if not name:
        return ""
    modifiers = []
    if _commands(stroke):
        name = name.lower() if len(name) == 1 else name
        modifiers.append("ControlOrMeta")
    if "Alt" in stroke.held:
        modifiers.append("Alt")
    if "Shift" in stroke.held and len(name) > 1:
        modifiers.append("Shift")
    return "+".join([*modifiers, name])


def edits(stroke: Stroke, tag: str, *, copied: bool) -> bool:
    """Whether a stroke in a field is told by what the field holds in the end.

    copied: whether something of the page is on the clipboard: pasting that is told as such.
    """
    if _commands(stroke) and "Alt" not in stroke.held:
        return stroke.code not in (67, 86, 88) or (stroke.code == 86 and not copied)
    if stroke.code in _LINES and tag == "TEXTAREA":
        return True
    if stroke.code in (38, 40) and tag in _NATIVE:
        return True
    return stroke.code not in _SPECIAL


def _commands(stroke: Stroke) -> bool:
    return bool(stroke.held & {"Control", "Meta"})
