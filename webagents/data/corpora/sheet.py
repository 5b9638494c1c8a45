"""A page written down as the agent's observations are: cleaned, with the place of every element."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from lxml import etree

from webagents.data.corpora.skipping import Reason, Skipped
from webagents.data.corpora.tags import (
    LOST,
    Tag,
    attribute,
    escaped,
    folded,
    state_of,
    tag_of,
    unseen,
)

DEEPEST = 250
"""How deep elements may lie in each other; the parser gives up at 256."""

MOST_IN_A_TAG = 20_000
"""How many attributes a tag may seem to have: the time that reading them takes grows with the
square of their number, and a "<" in a long text without ">" makes one of each word."""

Element = Any

_TAG_BEGUN = re.compile(rb"<[a-zA-Z]")
_BETWEEN_ATTRIBUTES = re.compile(rb"""[\s"']+""")


class Parsed(NamedTuple):
    """A page's tree.

    body: its body, without what is left out with all in it.
    words: what it says, white space and all.
    language: what it declares its language to be; "": nothing.
    """

    body: Element
    words: str
    language: str


class Sheet(NamedTuple):
    """A cleaned page.

    html: its text; every element of it is written in one piece.
    starts, ends: where each element begins and ends in it; elements are in document order.
    parents: the number of the element that each lies in; -1: none.
    depths: how many each lies in.
    labels: the labels that name their target, and the targets, as element numbers.
    """

    html: str
    starts: list[int]
    ends: list[int]
    parents: list[int]
    depths: list[int]
    labels: list[tuple[int, int]]


def parsed(page: str) -> Parsed:
    """The page's tree, as the parser makes it of whatever it is given.

    Raises:
        Skipped: it is no page.
    """
    # A text ends for the parser at the first NUL, and lone surrogates are no UTF-8.
    data = page.replace("\0", "").encode("utf-8", "ignore")
    if _has_endless_tag(data):
        raise Skipped(Reason.BROKEN)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        raise Skipped(Reason.BROKEN) from error
    body = None if root is None else root.find("body")
    if root is None or body is None:
        raise Skipped(Reason.NO_MARKUP)
    etree.strip_elements(body, *LOST, with_tail=False)
    words = str(etree.tostring(body, method="text", encoding="unicode", with_tail=False))
    language = root.get("lang") or root.get("xml:lang") or ""
    return Parsed(body, words, language)


def _has_endless_tag(data: bytes) -> bool:
    for part in data.split(b">"):
        begun = _TAG_BEGUN.search(part) if len(part) > MOST_IN_A_TAG else None
        if begun and len(_BETWEEN_ATTRIBUTES.findall(part, begun.start())) > MOST_IN_A_TAG:
            return True
    return False


def sheet_of(page: Parsed) -> Sheet:
    """The page, cleaned: what is in its body, as the text view of an observation writes it.

    Scripts, styles, comments, hidden fields, shapes of drawings, pictures of one pixel and all
    attributes that observations leave out are left out; white space is folded but in preformatted
    text; ``data:`` addresses are written ``data:``. There are no refs: see `cutting.numbered`.

    Raises:
        Skipped: it is nested too deeply.
    """
    writing = _Writing()
    writing.write(page.body)
    return writing.sheet()


class _Writing:
    """A page being written, in one pass and without recursion."""

    def __init__(self) -> None:
        self._pieces: list[str] = [""]
        self._length = 0
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._parents: list[int] = []
        self._depths: list[int] = []
        self._open = [-1]
        self._preformatted = 0
        self._begun = False
        self._ids: dict[str, int] = {}
        self._fors: list[tuple[int, str]] = []
        self._targets: set[int] = set()

    def sheet(self) -> Sheet:
        """What was written."""
        labels = [
            (label, self._ids[name])
            for label, name in self._fors
            if name in self._ids and self._ids[name] in self._targets
        ]
        places = (self._starts, self._ends, self._parents, self._depths)
        return Sheet("".join(self._pieces), *places, labels)

    def write(self, body: Element) -> None:
        """Writes an element and all in it."""
        tags: dict[str, Tag] = {}
        left_out: Element = None
        depth = 0
        walk = etree.iterwalk(body, events=("start", "end"))
        for event, element in walk:
            name = element.tag
            tag = tags.get(name)
            if tag is None:
                tag = tags[name] = tag_of(name)
            if event == "start":
                depth += 1
                if depth > DEEPEST:
                    raise Skipped(Reason.NESTED)
                if tag.void and unseen(element, name):
                    left_out = element
                    walk.skip_subtree()
                    continue
                if tag.written:
                    self._begin(element, name, tag)
                if name == "textarea":  # what is in it is its value
                    walk.skip_subtree()
                elif text := element.text:
                    self._text(text)
                continue
            depth -= 1
            if element is left_out:
                left_out = None
            elif tag.written:
                self._end(tag)
            if (tail := element.tail) and element is not body:
                self._text(tail)

    def _begin(self, element: Element, name: str, tag: Tag) -> None:
        number = len(self._starts)
        self._starts.append(self._length)
        self._ends.append(-1)
        self._parents.append(self._open[-1])
        self._depths.append(len(self._open) - 1)
        self._open.append(number)
        self._preformatted += tag.preformatted
        piece = tag.begin
        stateful = tag.stateful
        for key, value in element.items():
            piece += attribute(key, value)
            if key == "id":
                self._ids.setdefault(value, number)
            elif key == "for" and name == "label":
                self._fors.append((number, value))
            elif key in ("value", "disabled"):
                stateful = True
        if stateful:
            piece += state_of(element, name, tag.stateful)
        if tag.labelled:
            self._targets.add(number)
        piece += ">"
        self._pieces.append(piece)
        self._length += len(piece)
        self._begun = True

    def _end(self, tag: Tag) -> None:
        if not tag.void:
            last = self._pieces[-1]
            if not self._preformatted and last.endswith(" "):
                self._pieces[-1] = last[:-1]
                self._length -= 1
            self._pieces.append(tag.end)
            self._length += len(tag.end)
        self._begun = False
        self._preformatted -= tag.preformatted
        self._ends[self._open.pop()] = self._length

    def _text(self, text: str) -> None:
        if not self._preformatted:
            text = folded(text)
            # There is none at an element's beginning, and one where a comment was between two.
            if text.startswith(" ") and (self._begun or self._pieces[-1].endswith(" ")):
                text = text[1:]
            if not text:
                return
        self._begun = False
        text = escaped(text)
        self._pieces.append(text)
        self._length += len(text)
