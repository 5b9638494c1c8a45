"""The policy that lets another play and has the expert say what it should have done.

What a policy sees when it plays is not what the expert's own episodes show: it comes to pages that
its mistakes led to. Here each such page gets the expert's action as its label, in the step's notes,
while the policy's own action is played. Training on the labels is dataset aggregation.

Source: Ross, Gordon, Bagnell 2011, "A Reduction of Imitation Learning and Structured Prediction to
No-Regret Online Learning" (DAgger), algorithm 3.1.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from webagents.errors import UserError
from webagents.types import Decision, Demanding, Episode, Needs, Policy

LABEL = "label"
"""The note that says what the expert would have done."""

UNLABELLED = "unlabelled"
"""The note that says why the expert had no answer, on a page that it never comes to by itself."""

PLAYER = "player"
"""The note that says whose action was played: ``"expert"`` or ``"policy"``."""


class DaggerPolicy:
    """Plays the expert's actions and a policy's, by chance; notes the expert's at every step."""

    def __init__(self, policy: Policy, beta: float = 0.0, *, expert: Policy) -> None:
        """A mixture of the two.

        beta: how likely it is at each step that the expert's action is played; the same page of the
            same episode has the same chance.
        expert: who labels, from the page alone.

        Raises:
            UserError: a beta not between 0 and 1.
        """
        if not 0 <= beta <= 1:
            raise UserError(f"beta, the expert's share of the steps, is from 0 to 1, not {beta}")
        self._policy, self._beta, self._expert = policy, beta, expert

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """Either's decisions, with the expert's as labels."""
        played = self._policy.act(episodes)
        return [self._labelled(*pair) for pair in zip(episodes, played, strict=True)]

    def needs(self, task: str) -> Needs:
        """What the expert and the policy have to see."""
        both = [
            each.needs(task) for each in (self._policy, self._expert) if isinstance(each, Demanding)
        ]
        return Needs(
            view="visual" if any(one.view == "visual" for one in both) else "text",
            screenshots=any(one.screenshots for one in both),
        )

    def _labelled(self, episode: Episode, own: Decision) -> Decision:
        try:
            meant = self._expert.act([episode])[0]
        except Exception as error:  # noqa: BLE001 (experts expect the pages that they come to)
            reason = f"{type(error).__name__}: {error}"
            notes = {**own.notes, PLAYER: "policy", UNLABELLED: reason}
            return Decision(action=own.action, notes=notes)
        dice = random.Random(f"{episode.task}/{episode.seed}/{len(episode.steps)}")
        expert = dice.random() < self._beta
        played = meant if expert else own
        notes = {**own.notes, PLAYER: "expert" if expert else "policy", LABEL: meant.action}
        return Decision(action=played.action, notes=notes)
