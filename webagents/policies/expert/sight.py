"""What an expert sees: the episode's latest page, and the words for what to do about it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from webagents import html
from webagents.actions import Action, Value
from webagents.html import Element
from webagents.types import Episode, Needs, Screenshot

Thing = TypeVar("Thing")

_QUOTED = re.compile(r'"([^"]*)"')
_RANK = re.compile(r"(\d+)(?:st|nd|rd|th)\b")
STEADY = -1
"""The variant that does the same in all episodes: where any way will do, the first one."""

_OUTSIDE = ("query",)  # the instruction's own words are no part of what can be used


class Sight:
    """One look at an episode.

    Attributes:
        instruction: what is to be done.
        page: the page below the instruction, as elements.
        query: the instruction as the page shows it, which may hold pictures; None where it is not.
        quoted: the texts in quotation marks in the instruction.
        done: the texts of the actions so far.
        error: why the last action failed, "" when it did not.
        screenshot: uint8 (height, width, 3), RGB; None for experts that did not ask for it.
    """

    def __init__(self, episode: Episode, variant: int = 0) -> None:
        """`variant`: see `ExpertPolicy`."""
        self._person = f"{episode.task}/{episode.seed}/{variant}"
        self._steady = variant == STEADY
        self.episode = episode
        self.error = episode.observation.error
        self.screenshot: Screenshot | None = episode.observation.screenshot
        self.instruction = episode.observation.instruction
        self.page = html.parse(episode.observation.html)
        self.query: Element | None = None
        for outside in [e for e in self.page.iter() if e.get("id") in _OUTSIDE]:
            self.query = outside
            outside.drop_tree()
        self.quoted: Sequence[str] = _QUOTED.findall(self.instruction)
        self.done: Sequence[str] = [step.action for step in episode.steps]

    @property
    def rank(self) -> int:
        """The instruction's ordinal ("3rd"), counted from 1; 1 where it has none."""
        found = _RANK.search(self.instruction)
        return int(found.group(1)) if found else 1

    @property
    def named(self) -> str:
        """The first quoted text; "" where there is none."""
        return self.quoted[0] if self.quoted else ""

    @property
    def earlier(self) -> list[Element]:
        """The pages seen before this one, the first one first, with the instruction in them."""
        return [html.parse(step.observation.html) for step in self.episode.steps]

    def did(self, action: str) -> bool:
        """Whether an action has been done, and did not fail."""
        return any(step.action == action and not step.error for step in self.episode.steps)

    def shuffled(
        self, things: Iterable[Thing], key: Callable[[Thing], str] = html.ref_of
    ) -> list[Thing]:
        """Things in an order of this episode's own, where a person might begin with any.

        The order of two things is the same at every step, whatever else comes or goes. To the
        steady expert, it is that in which they are given.

        key: what tells one thing from another; by default the ref of an element.
        """
        if self._steady:
            return list(things)
        return sorted(things, key=lambda thing: self._hash(key(thing)))

    def either(self, question: str, *answers: Thing) -> Thing:
        """One of equally good answers, the same whenever the episode asks the same question.

        To the steady expert, it is the first one.
        """
        if self._steady:
            return answers[0]
        return answers[self._hash(question) % len(answers)]

    def _hash(self, text: str) -> int:
        digest = hashlib.blake2b(f"{self._person}/{text}".encode(), digest_size=8).digest()
        return int.from_bytes(digest)

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


class Box(NamedTuple):
    """Where an element lies in the visual view, CSS pixels of the page."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """The point in its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


def box_of(element: Element) -> Box | None:
    """The element's box in the visual view; None where it has none."""
    numbers = [float(number) for number in (element.get("box") or "").split()]
    return Box(*numbers) if len(numbers) == 4 else None


Expert = Callable[[Sight], str]
"""The next action's text for what is seen."""


class Seen(NamedTuple):
    """An expert that has to see more than the page's text."""

    expert: Expert
    needs: Needs


Experts = Mapping[str, Expert | Seen]
"""Experts by their tasks' ids: what each module of a family of tasks gives."""


def visual(expert: Expert) -> Seen:
    """An expert that needs the visual view: boxes, colours, shapes."""
    return Seen(expert, Needs(view="visual"))


def pictured(expert: Expert) -> Seen:
    """An expert that needs the visual view and the screenshot."""
    return Seen(expert, Needs(view="visual", screenshots=True))


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
