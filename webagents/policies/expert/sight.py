"""What an expert sees: the episode's latest page, and the words for what to do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from webagents import html
from webagents.actions import Action, Value
from webagents.html import Element
from webagents.types import Episode

_QUOTED = re.compile(r'"([^"]*)"')
_RANK = re.compile(r"(\d+)(?:st|nd|rd|th)\b")
_OUTSIDE = ("query",)  # the instruction's own words are no part of what can be used


class Sight:
    """One look at an episode.

    Attributes:
        instruction: what is to be done.
        page: the page below the instruction, as elements.
        quoted: the texts in quotation marks in the instruction.
        done: the texts of the actions so far.
    """

    def __init__(self, episode: Episode) -> None:
        self.instruction = episode.observation.instruction
        self.page = html.parse(episode.observation.html)
        for outside in [e for e in self.page.iter() if e.get("id") in _OUTSIDE]:
            outside.drop_tree()
        self.quoted: Sequence[str] = _QUOTED.findall(self.instruction)
        self.done: Sequence[str] = [step.action for step in episode.steps]

    @property
    def rank(self) -> int:
        """The instruction's ordinal ("3rd"), counted from 1; 1 where it has none."""
        found = _RANK.search(self.instruction)
        return int(found.group(1)) if found else 1

    def find(self, tag: str | None = None, **wanted: str) -> Element | None:
        """The first element that fits (see `html.find_all`)."""
        return html.find(self.page, tag, **wanted)

    def all(self, tag: str | None = None, **wanted: str) -> list[Element]:
        """All elements that fit."""
        return list(html.find_all(self.page, tag, **wanted))

    def button(self, label: str) -> Element | None:
        """The button of that label, however it is capitalised."""
        for button in self.all("button"):
            if html.text_of(button).lower() == label.lower():
                return button
        return None


def act(name: str, **arguments: Value) -> str:
    """An action's text."""
    return Action(name=name, arguments=arguments).text


def click(element: Element | None) -> str:
    """A click on an element; a short wait where there is none yet."""
    return wait() if element is None else act("click", ref=html.ref_of(element))


def fill(element: Element | None, text: str) -> str:
    """Text put into an element; a short wait where there is none yet."""
    return wait() if element is None else act("fill", ref=html.ref_of(element), text=text)


def wait(ms: int = 500) -> str:
    """Page time that passes."""
    return act("noop", wait_ms=ms)
