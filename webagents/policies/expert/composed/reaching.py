"""What is done where something lies over what is to be clicked, and clicks do not go through it.

Once a click has been refused as covered, what cannot be reached is not tried any more: a dialog is
moved aside, and past anything else leads the way that a person would take.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from webagents import html
from webagents.actions import parse
from webagents.html import Element, find, find_all, ref_of
from webagents.policies.expert.composed.carving import Carved, lacking
from webagents.policies.expert.composed.progress import Progress, proposal
from webagents.policies.expert.composed.pushing import free_point, overlap, push
from webagents.policies.expert.sight import act, click

_BOXES = ("checkbox", "radio")
_CONTROLS = ("a", "button", "input", "label", "span", "textarea")
_PUSHES = 6  # how often dialogs are moved for one click before another way is taken
_TRIES = 8  # how many elements are left out before the expert is taken at its word


class Way(NamedTuple):
    """A way to what a part's expert means to do.

    part: the number of the part.
    meant: what its expert would do.
    text: what is done for it.
    pushes: whether that only moves a dialog aside.
    """

    part: int
    meant: str
    text: str
    pushes: bool = False


def way_to(progress: Progress, carved: Carved, page: str, number: int, meant: str) -> Way:
    """How to do what the expert of a part means to, on a page where clicks can be covered."""
    root = html.parse(page)
    piece = carved.pages[number]
    plain = Way(number, meant, meant)
    for _ in range(_TRIES):
        target = _clicked(root, meant)
        if target is None or not _covered(target):
            return Way(number, meant, meant)
        dialog = _dialog_over(root, target)
        if dialog is not None and progress.pushes < _PUSHES:
            needed = _needed(root, dialog, progress, carved, number)
            if text := push(root, dialog, target, needed, progress.pushes):
                return Way(number, meant, text, pushes=True)
        if (popup := _popup_over(root, target)) is not None:
            owner = carved.owners.get(ref_of(popup), number)
            if owner != number:
                closing = proposal(progress.parts[owner], carved.pages[owner], progress.person)
                return way_to(progress, carved, page, owner, closing)
        stays = dialog is not None  # no push has helped
        covers = [r.cover for r in progress.refused if r.meant == meant]
        refused = sum(stays or _stands(root, cover) for cover in covers)
        if not refused:
            return Way(number, meant, meant)  # it may be out of sight
        if refused <= len(ways := list(_ways(root, target))):
            return Way(number, meant, ways[refused - 1])
        piece = lacking(piece, ref_of(target))
        meant = proposal(progress.parts[number], piece, progress.person)
    return plain


def _clicked(root: Element, action: str) -> Element | None:
    """The element that an action clicks; None for any other action."""
    done = parse(action)
    return find(root, ref=str(done.arguments["ref"])) if done.name == "click" else None


def _covered(element: Element) -> bool:
    return bool(element.get("shown") == "no")


def _stands(root: Element, cover: str) -> bool:
    """Whether what was in the way still is, and cannot be moved."""
    element = find(root, ref=cover) if cover else root
    around = () if element is None else (element, *element.iterancestors())
    return bool(around) and not any(e.get("role") == "dialog" for e in around)


def _dialog_over(root: Element, target: Element) -> Element | None:
    """The topmost dialog, but for its own, that lies over an element."""
    around = set(target.iterancestors())
    over = [
        dialog
        for dialog in find_all(root, role="dialog")
        if dialog not in around and overlap(dialog, target)
    ]
    return over[-1] if over else None


def _popup_over(root: Element, target: Element) -> Element | None:
    popup = find(root, id="popup")
    return popup if popup is not None and overlap(popup, target) else None


def _needed(
    root: Element, dialog: Element, progress: Progress, carved: Carved, turn: int
) -> list[tuple[Element, float]]:
    """What a dialog moved aside had better leave free, and how much that matters."""
    needed = []
    inside = set(dialog.iter())
    for element in root.iter(*_CONTROLS):
        owner = carved.owners.get(ref_of(element), -1)
        if owner >= turn and element not in inside and not progress.parts[owner].closed:
            needed.append((element, 1.0 / (1 + owner - turn)))
    return needed


def _ways(root: Element, target: Element) -> Iterator[str]:
    """Other ways to click an element that is covered, the likeliest first."""
    pair = _pair(target)
    if pair is not None and not _covered(pair):
        yield click(pair)
    box = next((e for e in (target, pair) if e is not None and e.get("type") in _BOXES), None)
    if box is not None:
        yield act("press", ref=ref_of(box), key="Space")
    elif target.tag == "button" or (target.tag == "a" and "href" in target.attrib):
        yield act("press", ref=ref_of(target), key="Enter")
    if (point := free_point(root, target)) is not None:
        yield act("mouse_click", x=point[0], y=point[1])


def _pair(element: Element) -> Element | None:
    """A label's control, or a control's label."""
    if element.tag == "label":
        return find(element, "input")
    above = element.getparent()
    return above if above is not None and above.tag == "label" else None
