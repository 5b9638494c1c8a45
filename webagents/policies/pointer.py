"""The policy of a network over slots: it points at elements and copies words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from webagents.models.pointer import PointerT5, say
from webagents.prompt import PromptForm, prompt
from webagents.slots import Limits, Slots, pieces_of, read
from webagents.types import Decision, Episode, Needs

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

NOTHING_TO_DO = "noop()"


class PointerPolicy:
    """Says the likeliest action, symbol by symbol; what it says always is an action.

    On a page without any element that can be named it waits.
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

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The action of each episode."""
        asked = [read(prompt(episode, self.form), self.pieces, self.limits) for episode in episodes]
        said: dict[int, str] = {}
        order = sorted(
            (place for place, slots in enumerate(asked) if _can_act(slots)),
            key=lambda place: asked[place].size,
        )
        for start in range(0, len(order), self.rows):
            places = order[start : start + self.rows]
            actions = say(
                self.model, [asked[place] for place in places], longest=self.form.targets_length
            )
            said |= {place: action.text for place, action in zip(places, actions, strict=True)}
        return [Decision(action=said.get(place, NOTHING_TO_DO)) for place in range(len(episodes))]

    def needs(self, task: str) -> Needs:
        """The view it was trained on, and screenshots for one that sees, of every task."""
        return Needs(view=self.form.recorded, screenshots=bool(self.form.screenshots))


def _can_act(slots: Slots) -> bool:
    return bool((slots.refs > 0).any())
