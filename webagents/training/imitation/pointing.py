"""Steps as slots and symbols: how `PointerT5` is taught."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from torch import nn
from transformers import PreTrainedModel

from webagents.actions import parse
from webagents.errors import ActionError, UserError
from webagents.models.pointer import PointerT5, say
from webagents.policies.dagger import LABEL
from webagents.prompt import Prompt, PromptForm
from webagents.slots import Alphabet, Limits, Pieces, read
from webagents.slots.batching import NO_LABEL, Lesson, lessons_of
from webagents.training.denoising.batches import Arrays
from webagents.training.imitation.teaching import Forced, Taught, Teacher
from webagents.training.imitation.texts import tensors
from webagents.types import Episode


class PointingTeacher(Teacher):
    """Teaches networks that read slots and say symbols."""

    beyond = "no slot for it, or too long"

    def __init__(
        self,
        pieces: Pieces,
        alphabet: Alphabet,
        form: PromptForm,
        limits: Limits | None = None,
    ) -> None:
        super().__init__(form)
        self.pieces, self.alphabet, self.limits = pieces, alphabet, limits

    def of(self, episode: Episode, *, augment: str = "") -> Iterator[Taught]:
        """The examples, with what is known of which action is the last one; see `Teacher.of`."""
        for taught in super().of(episode, augment=augment):
            last = last_action(episode, taught.step)
            yield taught._replace(example=taught.example._replace(last=last))

    def example(self, asked: Prompt, action: str) -> Lesson | None:
        """See `Teacher.example`."""
        slots = read(asked, self.pieces, self.limits)
        try:
            meant = parse(action, dialects=("calls", "webgum", "webshop"))
            symbols = self.alphabet.spelled(meant, slots)
            lesson = Lesson.of(slots, symbols, self.alphabet)
        except (ActionError, UserError):
            return None
        return lesson if len(symbols) <= self.form.targets_length else None

    def collated(self, steps: Sequence[Taught]) -> Arrays:
        """The arrays of `slots.lessons_of`."""
        return lessons_of([step.example for step in steps], self.alphabet)

    def said(self, model: PreTrainedModel, steps: Sequence[Taught]) -> list[str]:
        """See `Teacher.said`."""
        assert isinstance(model, PointerT5)
        asked = [step.example.slots for step in steps]
        return [action.text for action in say(model, asked, longest=self.form.targets_length)]

    def forced(self, model: nn.Module, arrays: Arrays) -> Forced:
        """See `Teacher.forced`."""
        return forced_symbols(model, arrays)


def last_action(episode: Episode, number: int) -> bool | None:
    """Whether what is learned at a step is the last action of an episode that ended well.

    None where that is not known: another action than the one to learn was played, or it ended
    otherwise.
    """
    step = episode.steps[number]
    if not episode.success or step.error or step.notes.get(LABEL, step.action) != step.action:
        return None
    return number == len(episode.steps) - 1


def forced_symbols(model: nn.Module, arrays: Arrays) -> Forced:
    """See `Teacher.forced`; a symbol is right if it is one of those that mean the same."""
    batch = tensors(arrays, model)
    made: Any = model(**batch)
    there = batch["labels"] != NO_LABEL
    right = (made.logits.argmax(-1, keepdim=True) == batch["ways"]).any(-1) & there
    return Forced(made.losses.sum(1).tolist(), there.sum(1).tolist(), right.sum(1).tolist())
