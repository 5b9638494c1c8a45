"""Disturbances of tags: more attributes, other names, fewer tags.

They read the html that observations have: ``<``, ``>`` and quotes in texts and values are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from webagents import html
from webagents.html.closing import VOID
from webagents.policies.disturbed.setting import Setting

_BOX = re.compile(r' box="(-?\d+) (-?\d+) (-?\d+) (-?\d+)"')
_CLOSING = re.compile(r"</[a-zA-Z][^>]*>")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s>]*)([^>]*)>")
_NAMING = re.compile(
    r" (id|class|for|aria-(?:labelledby|controls|describedby|owns|activedescendant|details|flowto)"
    r'|href)="([^"]*)"'
)
_REF = re.compile(r' ref="(\d+)"')
_CONTAINERS = frozenset({"div", "section", "article", "form", "fieldset", "span", "ul", "ol", "g"})


def coordinates(page: str, _: Setting) -> str:
    """Every element says where it is: ``left``, ``top``, ``right``, ``bottom``, CSS pixels."""

    def told(box: re.Match[str]) -> str:
        left, top, width, height = map(int, box.groups())
        edges = (left, top, left + width, top + height)
        names = ("left", "top", "right", "bottom")
        return box.group() + "".join(
            f' {name}="{edge}"' for name, edge in zip(names, edges, strict=True)
        )

    return _BOX.sub(told, page)


def unclosed(page: str, _: Setting) -> str:
    """No element is closed."""
    return _CLOSING.sub("", page)


def renamed(page: str, setting: Setting) -> str:
    """Every id and class has another, meaningless name; what refers to an id does so still."""

    def name(word: str) -> str:
        dice = setting.dice(word)
        return "".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(8, 12)))

    def named(attribute: re.Match[str]) -> str:
        key, value = attribute.groups()
        if key != "href":
            return f' {key}="{" ".join(map(name, value.split()))}"'
        return f' href="#{name(value[1:])}"' if len(value) > 1 and value[0] == "#" else attribute[0]

    return _TAG.sub(lambda tag: _NAMING.sub(named, tag.group()), page)


def missing(page: str, setting: Setting) -> str:
    """Half of the elements that only hold others are missing; what they hold is there."""
    gone = {ref for ref in _holders(page) if setting.dice(ref).random() < 0.5}
    kept: list[str] = []
    open_: list[bool] = []
    last = 0
    for tag in _TAG.finditer(page):
        closing, name, rest = tag.groups()
        if closing:
            leaves_out = open_.pop() if open_ else False
        else:
            found = _REF.search(rest)
            leaves_out = found is not None and found[1] in gone
            if name not in VOID:
                open_.append(leaves_out)
        if leaves_out:
            kept.append(page[last : tag.start()])
            last = tag.end()
    return "".join([*kept, page[last:]])


def _holders(page: str) -> Iterator[str]:
    """The refs of the containers within the body that have elements, and no text of their own."""
    for element in html.find_all(html.parse(page)):
        texts = (element.text, *(child.tail for child in element))
        bare = not any(text and text.strip() for text in texts)
        if element.tag in _CONTAINERS and len(element) and bare:
            yield html.ref_of(element)
