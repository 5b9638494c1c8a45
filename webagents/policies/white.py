"""A policy that is shown white screenshots: what it owes to pictures shows when they are gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from webagents.types import Decision, Demanding, Episode, Needs, Observation, Policy

_WHITE = np.array(255, np.uint8)


class WhitePolicy:
    """Another policy, for which every screenshot is white; all else is as it is.

    Source: Furuta et al. 2024, WebGUM, section 5 (white images at test time).
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The other policy's decisions."""
        return self.policy.act([_blinded(episode) for episode in episodes])

    def needs(self, task: str) -> Needs:
        """What the other policy needs, screenshots included: their sizes stay."""
        return self.policy.needs(task) if isinstance(self.policy, Demanding) else Needs()


def _blinded(episode: Episode) -> Episode:
    steps = (replace(step, observation=_white(step.observation)) for step in episode.steps)
    return replace(episode, observation=_white(episode.observation), steps=tuple(steps))


def _white(seen: Observation) -> Observation:
    if seen.screenshot is None:
        return seen
    return replace(seen, screenshot=np.broadcast_to(_WHITE, seen.screenshot.shape))
