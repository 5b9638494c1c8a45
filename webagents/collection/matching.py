"""Finding an element of one look at a page in another look, where its ref may be another.

A person's page is looked at when the person acts, an environment's after each action: elements that
come and go are numbered differently.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from webagents import html
from webagents.actions import Action, parse

REFS = ("ref", "from_ref", "to_ref")

# What tells elements apart, and does not change when a page is used.
_LASTING = ("type", "name", "alt", "title", "placeholder", "role")
# The same, but that some libraries count them up while a page is used.
_NUMBERED = ("id", "for", "href", "src")
_MOST_TEXT = 200

_Looks = tuple[str, ...]


def renamed(text: str, before: str, now: str) -> str | None:
    """An action's text with the refs of another look; None where an element is not there.

    before: the look whose refs the text names.
    now: the look whose refs are wanted.
    """
    action = parse(text)
    named = [name for name in REFS if name in action.arguments]
    if not named:
        return text
    old, new = _elements(before), _elements(now)
    refs: dict[str, Any] = dict(action.arguments)
    for name in named:
        ref = _found(str(action.arguments[name]), old, new)
        if ref is None:
            return None
        refs[name] = ref
    return Action(name=action.name, arguments=refs).text


def _found(ref: str, old: list[html.Element], new: list[html.Element]) -> str | None:
    """The ref that an element has now."""
    wanted = next((each for each in old if html.ref_of(each) == ref), None)
    if wanted is None:
        return None
    for looks in (_looks, _looks_but_for_numbers):
        before, now = (
            [html.ref_of(each) for each in page if looks(each) == looks(wanted)]
            for page in (old, new)
        )
        if len(before) == len(now):
            return now[before.index(ref)]
        if now:
            return ref if ref in now else None
    # Its text has changed, as that of a list around what was chosen does.
    same = next((each for each in new if html.ref_of(each) == ref), None)
    return ref if same is not None and _kind(same) == _kind(wanted) and len(wanted) else None


def _elements(page: str) -> list[html.Element]:
    return list(_with_refs(html.parse(page)))


def _with_refs(root: html.Element) -> Iterator[html.Element]:
    return (each for each in root.iter() if isinstance(each.tag, str) and html.ref_of(each))


def _looks(element: html.Element) -> _Looks:
    return (*_kind(element), html.text_of(element)[:_MOST_TEXT])


def _looks_but_for_numbers(element: html.Element) -> _Looks:
    return (*_lasting(element), html.text_of(element)[:_MOST_TEXT])


def _kind(element: html.Element) -> _Looks:
    return (*_lasting(element), *(element.get(name, "") for name in _NUMBERED))


def _lasting(element: html.Element) -> _Looks:
    return (element.tag, *(element.get(name, "") for name in _LASTING))
