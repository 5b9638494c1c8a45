"""Which part an element belongs to, where a page does not mark its parts: the public pages.

No public page has two parts of a kind, so that an element's kind tells its part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import NamedTuple

from webagents.html import Element, find, ref_of, text_of
from webagents.phrases import Clause, phrase

_BY_ID = {
    "popup": "popup",
    "tree": "tree",
    "search-bar": "results",
    "page-content": "results",
    "pagination": "results",
    "main": "email",
    "search": "email",
    "email": "email",
    "reply": "email",
    "forward": "email",
    "tags": "suggestions",
    "tt": "text",
}
_BY_CLASS = {
    "widget": "widget",
    "alink": "link",
    "ui-tabs": "tabs",
    "ui-autocomplete": "suggestions",
    "secondary-action": "submit",
}
_BOXES = {"checkbox": "box", "radio": "option"}

KINDS: dict[str, tuple[str, ...]] = {
    "click-button": ("button",),
    "click-button-sequence": ("numbered",),
    "click-checkboxes": ("box",),
    "click-checkboxes-large": ("box",),
    "click-checkboxes-soft": ("box",),
    "click-checkboxes-transfer": ("box",),
    "click-dialog": ("dialog",),
    "click-dialog-2": ("dialog",),
    "click-link": ("link",),
    "click-option": ("option",),
    "click-tab-2-hard": ("tabs",),
    "click-widget": ("widget",),
    "email-inbox-forward-nl": ("email",),
    "email-inbox-forward-nl-turk": ("email",),
    "enter-date": ("date",),
    "enter-password": ("verified",),
    "enter-text": ("text",),
    "login-user": ("login",),
    "login-user-popup": ("login", "popup"),
    "multi-layouts": (),
    "navigate-tree": ("tree",),
    "search-engine": ("results",),
    "use-autocomplete": ("suggestions",),
}
"""The kinds of elements a task is made of; none where its elements are those left over."""


class _Found(NamedTuple):
    element: Element
    kind: str


def recognised(root: Element, clauses: Sequence[Clause]) -> list[list[Element]]:
    """Each part's elements, in document order; none for a part that the page does not show.

    Buttons that submit are, in their order, those of the parts that are told to press one. A part
    whose elements are those left over (a search form's) gets a page without the other parts'.
    """
    parts = [clause.task for clause in clauses]
    kinds = {kind for part in parts for kind in KINDS.get(part, ())}
    found = list(_walk(root, kinds | {"submit"}, root))
    pieces = [[f.element for f in found if f.kind in KINDS.get(part, ())] for part in parts]
    submits = iter([f.element for f in found if f.kind == "submit"])
    for clause, piece in zip(clauses, pieces, strict=True):
        if piece and _submits(clause) and (submit := next(submits, None)) is not None:
            piece.append(submit)
    if () in (KINDS.get(part) for part in parts):
        rest = _without(root, [f.element for f in found])
        pieces = [
            rest if KINDS.get(part) == () else piece
            for part, piece in zip(parts, pieces, strict=True)
        ]
    return pieces


def _submits(clause: Clause) -> bool:
    return clause.own_button if phrase(clause.task).ends else clause.task == "use-autocomplete"


def _walk(element: Element, kinds: set[str], root: Element) -> Iterator[_Found]:
    """The outermost elements of these kinds."""
    for child in element:
        if not isinstance(child.tag, str):
            continue  # a comment
        kind = _kind(child, root)
        if kind in kinds:
            yield _Found(child, kind)
        else:
            yield from _walk(child, kinds, root)


def _kind(element: Element, root: Element) -> str:
    if element.get("role") == "dialog":
        return "dialog"
    if element.get("type") == "date":
        return "date"
    if (name := element.get("id", "")) in _BY_ID:
        return _BY_ID[name]
    for word in (element.get("class") or "").split():
        if word in _BY_CLASS:
            return _BY_CLASS[word]
    if element.tag == "button":
        return "numbered" if text_of(element) in ("ONE", "TWO") else "button"
    if element.tag == "label":
        box = find(element, "input")
        return "" if box is None else _BOXES.get(box.get("type", ""), "")
    return _credential(name, root) if element.tag == "input" else ""


def _credential(name: str, root: Element) -> str:
    """Whether a field is for a password entered twice or for a name and its password."""
    for word in ("username", "verify", "password"):
        if name.startswith(word):
            named = find(root, id="username" + name.removeprefix(word)) is not None
            return "login" if named else "verified"
    return ""


def _without(root: Element, elements: Sequence[Element]) -> list[Element]:
    """A copy of the page without these elements; none if no text field is left on it."""
    taken = {ref_of(element) for element in elements}
    rest = deepcopy(root)
    for element in [e for e in rest.iter() if ref_of(e) in taken]:
        element.drop_tree()
    return [rest] if find(rest, "input", type="text") is not None else []
