"""The next part of a plan, and the pieces of the page it is about."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from lxml.html import tostring

from webagents.html import Element, ref_of
from webagents.planners.driver.finding import root_of
from webagents.planners.driver.nearest import written
from webagents.types import Episode

Row = Literal["alone", "planned", "summarised", "whole"]

ROWS: tuple[Row, ...] = get_args(Row)
"""The paper's rows: what of a plan a writer is shown. Nothing, for it writes programs alone; the
sub-instruction; the snippets of the elements; both."""

SUB_INSTRUCTED: frozenset[Row] = frozenset({"planned", "whole"})
"""Rows in which a writer is told the sub-instruction, in place of the whole task."""

SNIPPETS: frozenset[Row] = frozenset({"summarised", "whole"})
"""Rows in which it is shown snippets, in place of the page."""

TAUGHT = "taught"
"""The note of what should have been planned and written where a program begins, whoever played: a
mapping of ``plan``, ``refs`` and ``statements``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do next.

    instruction: in words, such as ``Type in escondido, ca into search``.
    refs: the elements of the page that it is about; empty where it is about none, as when something
        is to be said. None: it may be any, for nobody chose.
    """

    instruction: str
    refs: tuple[str, ...] | None = None


class Planner(Protocol):
    """Says what to do next. Batch first, as policies are; it keeps no state."""

    def plan(self, episodes: Sequence[Episode]) -> list[Plan]:
        """The next plan of each episode, in the same order."""
        ...


def snippet(page: str, refs: Collection[str]) -> str:
    """The page cut down to some elements: each in one line, inside lines of what it lies in.

    Elements that are not there are left out; without any it is the page itself.
    """
    root = root_of(page)
    chosen, kept = _kept(root, refs)
    shown = (element for element in root.iter() if element in kept and ref_of(element))
    lines = [_line(element, element in chosen) for element in shown]
    return "\n".join(lines) if chosen else page


def cut(page: str, refs: Collection[str]) -> str:
    """The page with nothing but some elements, what they lie in, and options: html as it was.

    Of what they lie in, the tags alone are left. Elements that are not there are left out; without
    any it is the page itself.
    """
    root = root_of(page)
    chosen, kept = _kept(root, refs)
    if not chosen:
        return page
    for element in list(root.iter()):
        if element not in kept:
            if element.getparent() is not None and not _inside(element, chosen):
                element.getparent().remove(element)
        elif element not in chosen:
            element.text = element.text if element.tag == "option" else None
        if element is not root and not _inside(element, chosen):
            element.tail = None
    body = next((each for each in root.iter() if ref_of(each)), root)
    text: str = tostring(body, encoding="unicode", with_tail=False)
    return text


def _kept(root: Element, refs: Collection[str]) -> tuple[set[Element], dict[Element, None]]:
    """The elements of some refs, and those with what they lie in and their options."""
    chosen = [each for each in root.iter() if isinstance(each.tag, str) and ref_of(each) in refs]
    kept: dict[Element, None] = {}
    for element in chosen:
        for around in [*reversed(list(element.iterancestors())), element, *_choices(element)]:
            kept.setdefault(around)
    return set(chosen), kept


def _inside(element: Element, chosen: Collection[Element]) -> bool:
    """Whether an element lies in one of those chosen."""
    return any(around in chosen for around in element.iterancestors())


def _choices(element: Element) -> list[Element]:
    """What a list of options cannot be used without."""
    return list(element.iter("option")) if element.tag == "select" else []


def _line(element: Element, chosen: bool) -> str:
    indent = "  " * sum(1 for each in element.iterancestors() if ref_of(each))
    if element.tag == "option" or (chosen and element.tag != "select"):
        return indent + written(element)
    start = written(element).partition(">")[0]
    return f"{indent}{start}>"
