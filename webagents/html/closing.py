"""Closing tags that a page lacks, put where its elements are likely to end.

HTML's own parser takes an element without its closing tag, unless it is a paragraph, an entry or a
cell, to go on to the end of what is around it, and all that follows to be in it.
"""

from __future__ import annotations

import re

VOID = frozenset(
    ("area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
"""Elements that hold nothing, and have no closing tag."""

_VOID = re.compile(rf"<(?:{'|'.join(sorted(VOID))})(?=[\s>])")


def is_closed(page: str) -> bool:
    """Whether there are as many closing tags as elements that need one; nothing else is "<"."""
    return page.count("<") - len(_VOID.findall(page)) == 2 * page.count("</")


_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][^\s>]*)([^>]*)>")
_CLASS = re.compile(r' class="([^"]+)"')


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_HOLDERS = _tags("body div section article form fieldset table tbody thead tr ul ol dl g svg")
_BLOCKS = _HOLDERS | _tags("p h1 h2 h3 h4 h5 h6 li dd dt td th hr pre")
_CONTROLS = _tags("a button input label select textarea")
_PHRASES = _tags("p h1 h2 h3 h4 h5 h6 b i u s em strong small span")
_LEAVES = _tags("textarea option title path line rect circle ellipse polygon text")


class _Open:
    """An element that is open: its tag, its classes, whether its own closing tag will come.

    full: whether anything is in it so far.
    """

    __slots__ = ("classes", "closes", "full", "tag")

    def __init__(self, tag: str, classes: str, *, closes: bool) -> None:
        self.tag, self.classes, self.closes, self.full = tag, classes, closes, False

    def holds(self, tag: str) -> bool:
        """Whether an element of that tag may be in it rather than after it."""
        if self.tag == tag:
            return tag in _HOLDERS and not self.full
        if self.tag in _LEAVES:
            return False
        if self.tag == "select":
            return tag in ("option", "optgroup")
        if self.tag in ("a", "button", "label"):
            return tag not in _BLOCKS and (tag not in _CONTROLS or self.tag + tag == "labelinput")
        if self.tag in ("td", "th"):
            return tag not in ("td", "th", "tr")
        return self.tag not in _PHRASES or tag not in _BLOCKS


def closed(page: str) -> str:
    """The page with the closing tags that it lacks, each where its element is likely to end.

    An element without its closing tag ends before one of the same tag and classes, before one that
    does not go into it (a heading into a link, a button into a button), before one of its own tag
    if it already holds anything; at the latest where the element around it ends.
    """
    tags = list(_ANY_TAG.finditer(page))
    own = _with_own(tags)
    stack: list[_Open] = []
    parts: list[str] = []
    last = 0

    def end(down_to: int) -> None:
        while len(stack) > down_to:
            parts.append(f"</{stack.pop().tag}>")

    for place, found in enumerate(tags):
        between = page[last : found.start()]
        last = found.end()
        parts.append(between)
        closing, tag, rest = found.groups()
        if stack and between.strip():
            stack[-1].full = True
        if closing:
            if place in own:
                end(max(n for n, one in enumerate(stack) if one.closes and one.tag == tag))
            continue
        classes = named[1] if (named := _CLASS.search(rest)) else ""
        end(_ends_at(stack, tag, classes))
        if stack:
            stack[-1].full = True
        parts.append(found.group())
        if tag not in VOID:
            stack.append(_Open(tag, classes, closes=place in own))
    parts.append(page[last:])
    end(0)
    return "".join(parts)


def _with_own(tags: list[re.Match[str]]) -> set[int]:
    """The places of the tags that belong together: an opening one and the next of its closing."""
    found: set[int] = set()
    open_: list[tuple[int, str]] = []
    for place, tag in enumerate(tags):
        if not tag[1]:
            if tag[2] not in VOID:
                open_.append((place, tag[2]))
            continue
        fits = [n for n, (_, name) in enumerate(open_) if name == tag[2]]
        if fits:
            found |= {place, open_[fits[-1]][0]}
            del open_[fits[-1] :]
    return found


def _ends_at(stack: list[_Open], tag: str, classes: str) -> int:
    """How many of the open elements stay open where one of that tag and classes begins."""
    first = len(stack)
    while first and not stack[first - 1].closes:
        first -= 1
    for place in range(len(stack) - 1, first - 1, -1):
        if classes and (stack[place].tag, stack[place].classes) == (tag, classes):
            return place
    at = len(stack)
    while at > first and not stack[at - 1].holds(tag):
        at -= 1
        if stack[at].tag == tag:
            break
    return at
