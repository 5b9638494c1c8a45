"""Text fields that are filled, focused and submitted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from webagents.html import Element, ref_of, text_of
from webagents.policies.expert.sight import Experts, Sight, act, click, fill, wait

_KINDS = ("text", "password")
_TIME = re.compile(r"(\d{1,2}):(\d\d)\s*([AP])M")
_SEARCH = re.compile(r"Search for (.+) movies directed by (.+) from year (\d+)")
_SUBMIT = ("Submit", "Search", "Go!")


def fields(sight: Sight) -> list[Element]:
    """The text fields, in order."""
    return [field for field in sight.all("input") if field.get("type", "text") in _KINDS]


def enter(sight: Sight, texts: Iterable[tuple[Element | None, str]], submit: Element | None) -> str:
    """Puts each text into its field, in an order of the episode's own, then clicks `submit`."""
    found = [(field, text) for field, text in texts if field is not None]
    for field, text in sight.shuffled(found, key=lambda pair: ref_of(pair[0])):
        if field.get("value") != text:
            return fill(field, text)
    return click(submit)


def answered(sight: Sight, text: str) -> str:
    """Puts a text into the one text field and clicks the one button."""
    return enter(sight, [(field, text) for field in fields(sight)[:1]], sight.find("button"))


def quoted_into_fields(sight: Sight) -> str:
    """Puts the quoted texts into the fields in order, the last into all that follow; submits."""
    texts: Sequence[str] = sight.quoted or ("",)
    asked = [(field, texts[min(n, len(texts) - 1)]) for n, field in enumerate(fields(sight))]
    return enter(sight, asked, sight.find("button"))


def interrupted(sight: Sight) -> str:
    """Fills and submits the fields, and cancels the dialog that may come between."""
    cancel = sight.button("Cancel")
    return quoted_into_fields(sight) if cancel is None else click(cancel)


def recased(sight: Sight) -> str:
    """Enters the quoted text in upper or lower case, whichever is asked for."""
    text = "".join(sight.quoted[:1])
    return answered(sight, text.upper() if "upper case" in sight.instruction else text.lower())


def time_entered(sight: Sight) -> str:
    """Enters the instruction's time (``9:37 PM``) into a native field, which wants ``21:37``."""
    found = _TIME.search(sight.instruction)
    if found is None:
        return wait()
    hour = int(found.group(1)) % 12 + (12 if found.group(3) == "P" else 0)
    field = sight.find("input", type="time")
    return enter(sight, [(field, f"{hour:02}:{found.group(2)}")], sight.button("Submit"))


def movie_searched(sight: Sight) -> str:
    """Fills the fields of a search for movies by what their labels ask for, wherever they stand."""
    found = _SEARCH.search(sight.instruction)
    if found is None:
        return wait()
    genre, director, year = found.groups()
    asked = {"genre": genre, "director": director, "year": year, "date": year}
    texts = [
        (field, text)
        for field in fields(sight)
        for word, text in asked.items()
        if word in _caption(field).lower()
    ]
    buttons = [each for label in _SUBMIT for each in sight.all(text=label)]
    return enter(sight, texts, buttons[-1] if buttons else None)  # the innermost of that text


def _caption(field: Element) -> str:
    """The text nearest to a field: that of its first ancestor that has any."""
    return next((text for above in field.iterancestors() if (text := text_of(above))), "")


def focus_ranked(sight: Sight) -> str:
    """Focuses the field of the instruction's ordinal."""
    candidates = fields(sight)
    place = sight.rank - 1
    if place >= len(candidates):
        return click(None)
    name = sight.either("focus", "focus", "click")
    return act(name, ref=ref_of(candidates[place]))


def completed(sight: Sight) -> str:
    """Types how an item starts, picks the suggestion that also ends as asked, and submits."""
    start, end = (*sight.quoted, "", "")[:2]

    def fits(text: str) -> bool:
        return text.startswith(start) and text.endswith(end)

    field = sight.find("input")
    value = "" if field is None else field.get("value") or ""
    if value != start:
        return click(sight.button("Submit")) if fits(value) else fill(field, start)
    last = sight.done[-1] if sight.done else ""
    suggested = [
        item for item in sight.all("div", class_="ui-menu-item-wrapper") if fits(text_of(item))
    ]
    if suggested:
        return click(sight.shuffled(suggested, key=text_of)[0])
    if last.startswith("click(") and fits(value):
        return click(sight.button("Submit"))  # the start is an item of its own, just picked
    return fill(field, start) if last.startswith("noop(") else wait()


EXPERTS: Experts = {
    "miniwob.enter-password": quoted_into_fields,
    "miniwob.enter-text": quoted_into_fields,
    "miniwob.enter-text-2": recased,
    "miniwob.enter-text-dynamic": quoted_into_fields,
    "miniwob.enter-time": time_entered,
    "miniwob.focus-text-2": focus_ranked,
    "miniwob.login-user": quoted_into_fields,
    "miniwob.login-user-popup": interrupted,
    "miniwob.multi-layouts": movie_searched,
    "miniwob.multi-orderings": movie_searched,
    "miniwob.use-autocomplete": completed,
    "miniwob.use-autocomplete-nodelay": completed,
}
