"""Text fields that are filled, focused and submitted."""

from __future__ import annotations

from collections.abc import Sequence

from webagents.html import Element, ref_of, text_of
from webagents.policies.expert.sight import Experts, Sight, act, click, fill

_KINDS = ("text", "password")


def fields(sight: Sight) -> list[Element]:
    """The text fields, in order."""
    return [field for field in sight.all("input") if field.get("type", "text") in _KINDS]


def quoted_into_fields(sight: Sight) -> str:
    """Puts the quoted texts into the fields in order, the last into all that follow; submits."""
    texts = sight.quoted
    return _filled(sight, [texts[min(n, len(texts) - 1)] for n in range(len(fields(sight)))])


def _filled(sight: Sight, texts: Sequence[str]) -> str:
    for field, text in zip(fields(sight), texts, strict=True):
        if field.get("value") != text:
            return fill(field, text)
    return click(sight.find("button"))


def focus_ranked(sight: Sight) -> str:
    """Focuses the field of the instruction's ordinal."""
    candidates = fields(sight)
    place = sight.rank - 1
    if place >= len(candidates):
        return click(None)
    return act("focus", ref=ref_of(candidates[place]))


def completed(sight: Sight) -> str:
    """Types how an item starts, picks the suggestion that also ends as asked, and submits."""
    start, *end = sight.quoted
    field = sight.find("input")
    value = "" if field is None else field.get("value") or ""
    suffix = end[0] if end else ""
    if value.startswith(start) and value.endswith(suffix) and value != start:
        return click(sight.button("Submit"))
    suggestions = list(sight.all("div", class_="ui-menu-item-wrapper"))
    for item in suggestions:
        text = text_of(item)
        if text.startswith(start) and text.endswith(suffix):
            return click(item)
    if value == start and sight.done and sight.done[-1].startswith("noop"):
        return click(sight.button("Submit"))  # the start is an item of its own
    return fill(field, start) if value != start else act("noop", wait_ms=500)


EXPERTS: Experts = {
    "miniwob.enter-password": quoted_into_fields,
    "miniwob.enter-text": quoted_into_fields,
    "miniwob.focus-text-2": focus_ranked,
    "miniwob.login-user": quoted_into_fields,
    "miniwob.use-autocomplete": completed,
}
