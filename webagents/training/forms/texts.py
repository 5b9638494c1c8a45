"""A form as the text that a model reads, and where in it each field is."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any, NamedTuple

import lxml.html
from lxml import etree

from webagents.data.corpora.sheet import Parsed, sheet_of
from webagents.data.corpora.tags import LOST, quoted

OPTIONS = 4
"""How many options of a list are kept: enough to tell months from countries, and lists of 200
countries would be most of the text."""

Element = Any

_MARK = "aria-field-number"  # the cleaning keeps what begins with aria-
_MARKED = re.compile(rf' {_MARK}="(\d+)"')
_FIELDS = (
    "descendant::textarea|descendant::select|descendant::input"
    "[not(@type) or (@type!='hidden' and @type!='HIDDEN' and @type!='Hidden')]"
)


class FormText(NamedTuple):
    """A cleaned form.

    html: its text.
    fields: where the start tag of each field begins and ends in it; None: the cleaning has taken
        the field away, for it is not seen on the page.
    """

    html: str
    fields: tuple[tuple[int, int] | None, ...]


def forms_of(page: bytes) -> list[Element]:
    """The forms of a page in UTF-8, in document order."""
    tree: Element = lxml.html.fromstring(page, parser=lxml.html.HTMLParser(encoding="utf8"))
    return list(tree.xpath("//form"))


def fields_of(form: Element) -> list[Element]:
    """The fields that people fill in and that are sent: with a name, not hidden, no ``<button>``.

    Source: formasaurus 0.10.0, which annotates these.
    """
    return [field for field in form.xpath(_FIELDS) if field.get("name")]


def form_text(form: Element, *, options: int = OPTIONS) -> FormText:
    """A form, cleaned as a corpus is (see `data.corpora.sheet`), with its method and its address.

    options: how many options of each list are kept.

    Raises:
        Skipped: it is nested too deeply.
    """
    form = deepcopy(form)
    form.tail = None
    for number, field in enumerate(fields := fields_of(form)):
        field.set(_MARK, str(number))
    etree.strip_tags(form, etree.Comment, etree.ProcessingInstruction)
    etree.strip_elements(form, *LOST, with_tail=False)
    for choice in form.iter("select"):
        for option in list(choice.iter("option"))[options:]:
            option.drop_tree()
    marked = sheet_of(Parsed(form, "", "")).html
    sent = "".join(
        f" {name}={quoted(value)}" for name in ("method", "action") if (value := form.get(name))
    )
    marked = f"<form{sent}{marked.removeprefix('<form')}"
    return _unmarked(marked, len(fields))


def _unmarked(marked: str, fields: int) -> FormText:
    """The text without the marks of fields, and where those were."""
    pieces: list[str] = []
    places: list[tuple[int, int] | None] = [None] * fields
    length = last = 0
    for mark in _MARKED.finditer(marked):
        begin = marked.rindex("<", 0, mark.start())
        pieces.append(marked[last : mark.start()])
        length += mark.start() - last
        start = length - (mark.start() - begin)
        end = length + marked.index(">", mark.end()) + 1 - mark.end()
        places[int(mark[1])] = (start, end)
        last = mark.end()
    return FormText("".join((*pieces, marked[last:])), tuple(places))
