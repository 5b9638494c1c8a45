"""The expert policy: the right expert for each episode's task."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from webagents.errors import UnknownPolicy, clipped
from webagents.policies.expert import (
    booking,
    chasing,
    clicking,
    colour_codes,
    colours,
    commanding,
    composed,
    counting,
    cube,
    dates,
    dragging,
    drawing,
    editing,
    emails,
    flights,
    games,
    geometry,
    menus,
    numbers,
    ordering,
    placing,
    planning,
    probing,
    reading,
    remembering,
    scrolling,
    searching,
    selecting,
    sequences,
    shapes,
    sliding,
    social,
    spinning,
    timing,
    typing,
    unfolding,
    websites,
)
from webagents.policies.expert.sight import Expert, Seen, Sight
from webagents.policies.shop.expert import shop
from webagents.types import Decision, Episode, Needs

FAMILIES = (
    booking,
    chasing,
    clicking,
    colour_codes,
    colours,
    commanding,
    counting,
    cube,
    dates,
    dragging,
    drawing,
    editing,
    emails,
    flights,
    games,
    geometry,
    menus,
    numbers,
    ordering,
    placing,
    planning,
    probing,
    reading,
    remembering,
    scrolling,
    searching,
    selecting,
    sequences,
    shapes,
    sliding,
    social,
    spinning,
    timing,
    typing,
    unfolding,
)

EXPERTS: Mapping[str, Expert | Seen] = {
    task: expert for family in FAMILIES for task, expert in family.EXPERTS.items()
}
"""Each task's expert, by the task's id."""

SHOPS = frozenset({"webshop", "webshop-text"})
"""The tasks in which things are bought, whose expert reads the whole episode (see `shop`)."""


class ExpertPolicy:
    """Solves tasks by rules, from the observation alone."""

    def __init__(self, variant: int = 0) -> None:
        """An expert who takes one of the equally good ways, where a task leaves a choice.

        variant: which of them; each episode has its own. `STEADY`: the first one in all episodes,
            which is easier to learn from.
        """
        self._variant = variant

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The experts' next actions.

        Raises:
            UnknownPolicy: a task without an expert.
        """
        return [self._decision(episode) for episode in episodes]

    def needs(self, task: str) -> Needs:
        """What the task's expert has to see.

        Raises:
            UnknownPolicy: a task without an expert.
        """
        if composed.parts_of(task):
            return Needs(view="visual")  # dialogs are moved by where they lie
        if task in SHOPS or task in websites.SITES:
            return Needs()
        expert = self._expert(task)
        return expert.needs if isinstance(expert, Seen) else Needs()

    @staticmethod
    def knows(task: str) -> bool:
        """Whether there is an expert for a task's id, or one for each part of a composed task."""
        parts = composed.parts_of(task)
        if parts:
            return all(f"miniwob.{part}" in EXPERTS for part in parts)
        return task in EXPERTS or task in SHOPS or task in websites.SITES

    def _decision(self, episode: Episode) -> Decision:
        if episode.task in websites.SITES:
            return websites.decide(episode, self._variant)
        return Decision(action=self._answer(episode))

    def _answer(self, episode: Episode) -> str:
        if parts := composed.parts_of(episode.task):
            cast = tuple((part, self._solver(f"miniwob.{part}")) for part in parts)
            return composed.solve(episode, cast, self._variant)
        if episode.task in SHOPS:
            return shop(episode, self._variant)
        return self._solver(episode.task)(Sight(episode, self._variant))

    @classmethod
    def _solver(cls, task: str) -> Expert:
        expert = cls._expert(task)
        return expert.expert if isinstance(expert, Seen) else expert

    @staticmethod
    def _expert(task: str) -> Expert | Seen:
        expert = EXPERTS.get(task)
        if expert is None:
            known = difflib.get_close_matches(task, EXPERTS, n=3, cutoff=0.0)
            raise UnknownPolicy(
                f"no expert for the task {clipped(task)}; "
                f"there are {len(EXPERTS)}, such as {', '.join(known)}"
            )
        return expert
