"""The policy of a network over slots: it points at elements and copies words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from webagents.models.pointer import PointerT5, Said, say, say_clause
from webagents.policies.clauses import CLOSED, in_turn
from webagents.prompt import PromptForm, prompt
from webagents.slots import Limits, Slots, pieces_of, read
from webagents.slots.clauses import Wording
from webagents.types import Decision, Episode, Needs

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

NOTHING_TO_DO = "noop()"


class PointerPolicy:
    """Says the likeliest action, symbol by symbol; what it says always is an action.

    On a page without any element that can be named it waits. A model with a wording is asked clause
    by clause: an action that it holds to be the last of its clause is noted so, and the next one is
    about the clause that follows.
    """

    def __init__(
        self,
        model: PointerT5,
        tokenizer: PreTrainedTokenizerBase,
        form: PromptForm,
        rows: int = 32,
    ) -> None:
        """A policy of a model in memory.

        form: how it was trained to be asked.
        rows: how many episodes it reads at once.
        """
        self.model, self.tokenizer, self.form, self.rows = model, tokenizer, form, rows
        self.pieces = pieces_of(tokenizer)
        self.limits = Limits(picture=model.config.picture)
        known = model.config.wording
        self.wording = None if known is None else Wording.read(known)

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The action of each episode."""
        more = [False] * len(episodes)
        if self.wording:
            turns = [in_turn(episode, self.wording) for episode in episodes]
            episodes, more = [turn.episode for turn in turns], [turn.more for turn in turns]
        asked = [read(prompt(episode, self.form), self.pieces, self.limits) for episode in episodes]
        said: dict[int, Said] = {}
        order = sorted(
            (place for place, slots in enumerate(asked) if _can_act(slots)),
            key=lambda place: asked[place].size,
        )
        for start in range(0, len(order), self.rows):
            places = order[start : start + self.rows]
            said |= dict(zip(places, self._said([asked[place] for place in places]), strict=True))
        return [_decision(said.get(place), closes=more[place]) for place in range(len(episodes))]

    def _said(self, asked: Sequence[Slots]) -> list[Said]:
        """What the model says of each prompt; without a wording nothing is the last of a clause."""
        longest = self.form.targets_length
        if self.wording:
            return say_clause(self.model, asked, longest=longest)
        return [Said(action, last=False) for action in say(self.model, asked, longest=longest)]

    def needs(self, task: str) -> Needs:
        """The view it was trained on, and screenshots for one that sees, of every task."""
        return Needs(view=self.form.recorded, screenshots=bool(self.form.screenshots))


def _decision(said: Said | None, *, closes: bool) -> Decision:
    """closes: whether an action that is the last of a clause closes it, for another follows."""
    if said is None:
        return Decision(action=NOTHING_TO_DO)
    return Decision(action=said.action.text, notes={CLOSED: True} if said.last and closes else {})


def _can_act(slots: Slots) -> bool:
    return bool((slots.refs > 0).any())
