"""The random policy: well-formed actions on elements that are there."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from webagents.actions import sample
from webagents.types import Decision, Episode

_REF = re.compile(r' ref="(\d+)"')


class RandomPolicy:
    """Draws each action anew from the page's refs; the same episode draws the same actions."""

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """One random action an episode, seeded by its task, seed and step."""
        return [Decision(action=_draw(episode)) for episode in episodes]


def _draw(episode: Episode) -> str:
    draw = random.Random(f"{episode.task}/{episode.seed}/{len(episode.steps)}")
    refs = [int(ref) for ref in _REF.findall(episode.observation.html)] or [1]
    shown = episode.observation.screenshot
    height, width = (210, 160) if shown is None else shown.shape[:2]
    return sample(draw, refs, width, height).text
