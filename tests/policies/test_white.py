"""White screenshots in place of real ones."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from webagents.errors import UnknownPolicy
from webagents.policies import load_policy
from webagents.policies.white import WhitePolicy
from webagents.types import Decision, Episode, Needs, Observation, Step


class Looking:
    """Says how bright what it sees is, and whether it sees all else as it was."""

    def __init__(self, *expected: Episode) -> None:
        self.expected = expected

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        decisions = []
        for shown, real in zip(episodes, self.expected, strict=True):
            pages = [*(step.observation for step in shown.steps), shown.observation]
            light = [None if p.screenshot is None else int(p.screenshot.min()) for p in pages]
            sizes = [None if p.screenshot is None else p.screenshot.shape for p in pages]
            same = without(shown) == without(real)
            decisions.append(Decision(action="noop()", notes={"seen": (light, sizes, same)}))
        return decisions

    def needs(self, task: str) -> Needs:
        return Needs(view="visual", screenshots=True)


def without(episode: Episode) -> Episode:
    """The episode without its pictures."""
    steps = (replace(s, observation=replace(s.observation, screenshot=None)) for s in episode.steps)
    seen = replace(episode.observation, screenshot=None)
    return replace(episode, observation=seen, steps=tuple(steps))


def test_every_screenshot_is_white_and_all_else_is_as_it_was() -> None:
    dark = Observation(
        instruction="Go.", html="<p>", url="u", error="e", screenshot=np.zeros((4, 5, 3), np.uint8)
    )
    unseen = replace(dark, screenshot=None)
    episode = Episode(
        task="t.t", seed=3, observation=dark, steps=(Step(observation=unseen, action="noop()"),)
    )
    (decision,) = WhitePolicy(Looking(episode)).act([episode])
    assert decision.notes["seen"] == ([None, 255], [None, (4, 5, 3)], True)


def test_it_needs_what_the_other_policy_needs() -> None:
    assert WhitePolicy(Looking()).needs("t.t") == Needs(view="visual", screenshots=True)
    white = load_policy("white:random")
    assert isinstance(white, WhitePolicy)
    assert white.needs("t.t") == Needs()
    with pytest.raises(UnknownPolicy, match="white: whom"):
        load_policy("white:")
