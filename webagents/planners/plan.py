"""The next part of a plan, and the pieces of the page it is about."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from webagents.html import Element, ref_of
from webagents.planners.driver.finding import root_of
from webagents.planners.driver.nearest import written
from webagents.types import Episode


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do next.

    instruction: in words, such as ``Type in escondido, ca into search``.
    refs: the elements of the page that it is about; empty for the whole page.
    """

    instruction: str
    refs: tuple[str, ...] = ()


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
    chosen = [each for each in root.iter() if isinstance(each.tag, str) and ref_of(each) in refs]
    kept: dict[Element, None] = {}
    for element in chosen:
        for around in [*reversed(list(element.iterancestors())), element, *_choices(element)]:
            kept.setdefault(around)
    shown = (element for element in root.iter() if element in kept and ref_of(element))
    lines = [_line(element, element in chosen) for element in shown]
    return "\n".join(lines) if chosen else page


def _choices(element: Element) -> list[Element]:
    """What a list of options cannot be used without."""
    return list(element.iter("option")) if element.tag == "select" else []


def _line(element: Element, chosen: bool) -> str:
    indent = "  " * sum(1 for each in element.iterancestors() if ref_of(each))
    if chosen or element.tag == "option":
        return indent + written(element)
    start = written(element).partition(">")[0]
    return f"{indent}{start}>"
