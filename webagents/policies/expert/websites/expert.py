"""The experts of the made-up websites as decisions, with the sub-instruction each belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from webagents.policies.expert.sight import Sight, wait
from webagents.policies.expert.websites import atlas, forum, homes
from webagents.policies.expert.websites.instructions import Asked, asked
from webagents.policies.expert.websites.moves import Move
from webagents.types import Decision, Episode


class Site(NamedTuple):
    """A website as its expert knows it.

    name: its folder in ``envs/sites/``.
    """

    name: str
    move: Callable[[Sight, Asked], Move]


SITES: Mapping[str, Site] = {
    "site.real-estate": Site("real-estate", homes.move),
    "site.social-media": Site("social-media", forum.move),
    "site.map": Site("map", atlas.move),
}
"""The websites by the ids of their tasks."""


def next_move(episode: Episode, variant: int = 0) -> Move | None:
    """The step of the plan that comes next; None for an instruction of another kind.

    variant: which of the equally good ways is taken.
    """
    site = SITES[episode.task]
    what = asked(site.name, episode.observation.instruction)
    return None if what is None else site.move(Sight(episode, variant), what)


def decide(episode: Episode, variant: int = 0) -> Decision:
    """The next action. Its notes say what it is part of.

    Notes: ``sub_instruction`` (a sentence) and ``refs`` (the elements it is about, in order): what
    a planner is to say of this page. Actions of one sub-instruction follow each other, on one page.

    variant: which of the equally good ways is taken.
    """
    move = next_move(episode, variant)
    if move is None:
        return Decision(action=wait())
    return Decision(action=move.action, notes={"sub_instruction": move.says, "refs": move.refs})
