"""The policy that lets WebAgent play and notes what should have been planned and written.

A planner that plays comes to pages that its mistakes led to, and that no scripted visit shows. Each
page at which one of its programs begins gets the expert's plan and statements here, as the
note `planners.plan.TAUGHT` that `training.parts` learns from; what is played is the policy's own.

Source: Ross, Gordon, Bagnell 2011, DAgger, algorithm 3.1, as `policies.dagger` for actions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from webagents.planners.plan import TAUGHT
from webagents.policies.expert import STEADY, ExpertPolicy
from webagents.policies.planned.scripted import move_of, statements_of
from webagents.types import Decision, Episode, Policy


class LabelledPolicy:
    """Plays as another does; notes the expert's plan and statements where a program begins."""

    def __init__(self, policy: Policy, variant: int = STEADY) -> None:
        """A policy with a teacher.

        policy: who plays; its decisions note their programs, as `ProgramPolicy`'s do.
        variant: which of the equally good ways the expert takes; see `ExpertPolicy`.
        """
        self._policy, self._variant = policy, variant

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The policy's decisions, those that begin a program with what is to be learned."""
        decided = zip(episodes, self._policy.act(episodes), strict=True)
        return [self._labelled(episode, decision) for episode, decision in decided]

    def _labelled(self, episode: Episode, decision: Decision) -> Decision:
        lesson = self._lesson(episode) if "program" in decision.notes else None
        if lesson is None:
            return decision
        return Decision(action=decision.action, notes={**decision.notes, TAUGHT: lesson})

    def _lesson(self, episode: Episode) -> Mapping[str, Any] | None:
        """What the task's expert would do; None where there is none."""
        if not ExpertPolicy.knows(episode.task):
            return None
        move = move_of(episode, self._variant)
        statements = [list(each) for each in statements_of(move)]
        return {"plan": move.says, "refs": list(move.refs), "statements": statements}
