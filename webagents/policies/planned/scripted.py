"""Plans and programs as the experts would have them: what there is to learn from.

Source of the idea: Gur et al. 2024, WebAgent, section 3.2: self-experience, in which scripted plans
are carried out by programs, and what succeeds is learned from.
"""

from __future__ import annotations

from collections.abc import Sequence

from webagents.planners.commissions import Commission, Written
from webagents.planners.plan import Plan
from webagents.planners.statements import Statement, program_of
from webagents.policies.expert import STEADY, ExpertPolicy
from webagents.policies.expert.websites import SITES, next_move
from webagents.policies.expert.websites.moves import Move
from webagents.policies.planned.telling import WAIT, told
from webagents.types import Episode

DONE = "It is done."
"""What a scripted program says at the end of a visit."""


class ScriptedPlanner:
    """Plans as the tasks' experts do: on the websites a part at a time, elsewhere an action."""

    def __init__(self, variant: int = STEADY) -> None:
        """variant: which of the equally good ways is taken; see `ExpertPolicy`."""
        self._variant = variant

    def plan(self, episodes: Sequence[Episode]) -> list[Plan]:
        """See `Planner.plan`.

        Raises:
            UserError: an episode of a task without an expert.
        """
        moves = [move_of(each, self._variant) for each in episodes]
        return [Plan(instruction=each.says, refs=tuple(each.refs)) for each in moves]


class ScriptedWriter:
    """Writes the programs of the experts' moves, whatever it is told to write."""

    def __init__(self, variant: int = STEADY) -> None:
        """variant: see `ScriptedPlanner`; the same as of the planner that it works with."""
        self._variant = variant

    def write(self, commissions: Sequence[Commission]) -> list[Written]:
        """See `Writer.write`. The notes hold the statements, each a verb, a ref and a text.

        Raises:
            UserError: an episode of a task without an expert.
        """
        return [self._written(each.episode) for each in commissions]

    def _written(self, episode: Episode) -> Written:
        statements = statements_of(move_of(episode, self._variant))
        program = program_of(statements, episode.observation.html) or "time.sleep(0.5)"
        return Written(program, {"statements": [list(each) for each in statements]})


def move_of(episode: Episode, variant: int = STEADY) -> Move:
    """What the task's expert does next; a move that waits where it does not know.

    Raises:
        UserError: an episode of a task without an expert.
    """
    if episode.task in SITES:
        return next_move(episode, variant) or WAIT
    (decided,) = ExpertPolicy(variant).act([episode])
    return told(decided.action, episode.observation.html)


def statements_of(move: Move) -> list[Statement]:
    """What is left to be done for a move."""
    if move.message:
        return [Statement("say", text=DONE)]
    return [
        Statement(each.kind, str(each.element.get("ref", "")), each.value)
        for each in move.touches
        if not each.done
    ]
