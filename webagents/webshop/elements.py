"""Pages as elements: written as HTML for a browser, or as an agent sees them, with refs.

`seen` writes what ``browsers/js/agent.js`` writes of the same page in its text view, letter for
letter, so that an agent meets the same observations with and without a browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

MOST_CHARACTERS = 20_000
"""Of one text on a page; shops have descriptions that never end."""

_SHOWN = frozenset(
    ("id", "class", "role", "type", "name", "href", "placeholder", "required", "aria-label")
)
"""Of the attributes agents are shown, those that the shop's pages use."""

_VOID = frozenset({"input"})
_SPACE = re.compile("[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+")
"""White space as JavaScript's ``\\s`` has it."""
_UNFIT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a page.

    children: elements, and texts that `fit`.
    attributes: by name; "" for one without a value.
    name: what ``click[name]`` calls it; "" for what nobody clicks.
    to: the address a click leads to, from the site's root; "" where none does.
    checked: whether it is a radio button that is set.
    drawing: an SVG drawn in its place, which agents see as pixels alone. It is in a shadow tree of
        its own, not an image's source: nothing is to be loaded, so a page is whole at once.
    """

    tag: str
    attributes: Mapping[str, str]
    children: tuple[Element | str, ...] = ()
    name: str = ""
    to: str = ""
    checked: bool = False
    drawing: str = ""


def fit(text: object) -> str:
    """A text as a page can hold it: no control characters, at most `MOST_CHARACTERS`."""
    whole = str(text)
    cut = whole if len(whole) <= MOST_CHARACTERS else whole[: MOST_CHARACTERS - 1] + "…"
    return _SPACE.sub(" ", _UNFIT.sub(" ", cut))


def written(element: Element) -> str:
    """The element as HTML for a browser."""
    parts: list[str] = []
    _write(element, parts)
    return "".join(parts)


def _write(element: Element, parts: list[str]) -> None:
    parts.append(f"<{element.tag}")
    for name, value in element.attributes.items():
        parts.append(f' {name}="{escape(value)}"' if value else f" {name}")
    parts.append(" checked>" if element.checked else ">")
    if element.drawing:
        parts.append(f'<template shadowrootmode="closed">{element.drawing}</template>')
    if element.tag in _VOID:
        return
    for child in element.children:
        if isinstance(child, str):
            parts.append(escape(child, quote=False))
        else:
            _write(child, parts)
    parts.append(f"</{element.tag}>")


def seen(body: Element, typed: str = "", focus: Element | None = None) -> tuple[str, list[Element]]:
    """The page as an agent sees it, and its elements: the one of ref n at n - 1.

    typed: what the page's text field holds.
    focus: where keys go, if anywhere.
    """
    refs: list[Element] = []
    return _seen(body, typed, focus, refs), refs


def _seen(element: Element, typed: str, focus: Element | None, refs: list[Element]) -> str:
    refs.append(element)
    tag = element.tag
    out = f'<{tag} ref="{len(refs)}"'
    for name, value in element.attributes.items():
        if name in _SHOWN:
            out += f" {name}={_quoted(value)}" if value else f" {name}"
    if tag == "input":
        radio = element.attributes["type"] == "radio"
        out += f" value={_quoted(element.attributes['value'] if radio else typed)}"
        out += " checked" if element.checked else ""
    if element is focus:
        out += " focused"
    if tag in _VOID:
        return out + ">"
    inside = "".join(
        escape(child, quote=False) if isinstance(child, str) else _seen(child, typed, focus, refs)
        for child in element.children
    )
    return f"{out}>{_trimmed(inside)}</{tag}>"


def _quoted(value: str) -> str:
    return '"' + escape(_SPACE.sub(" ", value), quote=False).replace('"', "&quot;") + '"'


def _trimmed(inside: str) -> str:
    return inside.removeprefix(" ").removesuffix(" ")


def clickable(elements: Iterable[Element]) -> dict[str, int]:
    """The refs of what can be clicked, by the names it is clicked by.

    Of several with one name a button has it, else the last, as in the original.
    """
    named: dict[str, int] = {}
    buttons: set[str] = set()
    for ref, element in enumerate(elements, start=1):
        if element.name and element.name not in buttons:
            named[element.name] = ref
            if element.tag != "input" and element.attributes.get("class") != "product":
                buttons.add(element.name)
    return named
