"""Lists of options: what was chosen, which no recorded page says.

In a list that shows its options, the presses tell it. One that pops them up shows them nowhere; in
an episode that succeeded it was what the instruction asks for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from webagents.data.importing.dom import Key, Node, Page
from webagents.data.importing.gestures import Gesture, Press
from webagents.data.importing.records import Dropped
from webagents.errors import clipped

_ASKED = (
    re.compile(r"\b[Ss]elect (.+?) from the (?:\w+ )?(?:list|menu|dropdown)"),
    re.compile(r'"([^"]+)"'),
)


Step = tuple[Gesture, Node, Node | None]
"""A gesture in a list: where it went, and where the mouse button went up."""


class Choice(NamedTuple):
    """The labels of the options chosen, in the list's order; none where nothing was.

    guessed: whether the instruction tells it, not the recording.
    """

    labels: tuple[str, ...]
    guessed: bool = False


def chosen(
    options: Node,
    after: Node | None,
    steps: Sequence[Step],
    page: Page,
    instruction: str,
) -> Choice:
    """What was chosen in a list by gestures in it.

    options, after: the list before and after them; None where it has gone.
    steps: what was done in it.
    page: the page before them.

    Raises:
        Dropped: neither the recording nor the instruction tells.
    """
    if options.elements:
        return Choice(_pressed(options, steps))
    if after is not None and after.value and after.value != options.value:
        return Choice((after.value,))
    lists = [node for node in page.elements.values() if node.tag == "SELECT"]
    asked = [found for pattern in _ASKED for found in pattern.findall(instruction)]
    if len(lists) != 1 or not asked:
        raise Dropped("a choice that is not recorded", clipped(instruction))
    return Choice((asked[0],), guessed=True)


def _pressed(options: Node, steps: Sequence[Step]) -> tuple[str, ...]:
    """The options marked in the end, as a browser marks them."""
    labels = {node.key: node.own_text for node in options.elements if node.tag == "OPTION"}
    keys = list(labels)
    marked: set[Key] = {node.key for node in options.elements if node.raw.get("selected") is True}
    anchor = 0
    for gesture, target, released in steps:
        if isinstance(gesture, Press):
            if target.key not in labels:
                continue
            at = keys.index(target.key)
            to = keys.index(released.key) if released and released.key in labels else at
            if "Shift" in gesture.held:
                marked = _between(keys, anchor, to)
            elif gesture.held & {"Control", "Meta"} and to == at:
                marked ^= {target.key}
            else:
                marked = _between(keys, at, to)
            anchor = at if "Shift" not in gesture.held else anchor
        else:
            first = _first(list(labels.values()), gesture.character or chr(gesture.code), anchor)
            step = {38: anchor - 1, 40: anchor + 1}.get(gesture.code, first)
            if step is not None and 0 <= step < len(keys) and not gesture.held:
                anchor, marked = step, {keys[step]}
    return tuple(labels[key] for key in keys if key in marked)


def _between(keys: Sequence[Key], one: int, other: int) -> set[Key]:
    return set(keys[min(one, other) : max(one, other) + 1])


def _first(labels: Sequence[str], letter: str, after: int) -> int | None:
    """The next option that begins with a letter, as a list goes to it when a key is pressed."""
    order = [*range(after + 1, len(labels)), *range(after + 1)]
    wanted = letter.casefold()
    return next((n for n in order if wanted and labels[n].casefold().startswith(wanted)), None)
