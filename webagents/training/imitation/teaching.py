"""Demonstrations into examples: what was asked before a step, and what the expert did."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from torch import nn
from transformers import PreTrainedModel

from webagents.data import Demonstration
from webagents.policies.dagger import LABEL, UNLABELLED
from webagents.prompt import Prompt, PromptForm, action_text, before, prompt
from webagents.training.denoising.batches import Arrays, Sized
from webagents.training.imitation.augmenting import augmented
from webagents.types import Episode


class Taught(NamedTuple):
    """One step to learn from.

    task, seed, step: which one it is, as in a dataset.
    action: what the expert did, as the model writes it.
    example: the same as the model's kind reads and says it.
    """

    task: str
    seed: int
    step: int
    action: str
    example: Any

    @property
    def lengths(self) -> tuple[int, int]:
        """How long the example is for the encoder and for the decoder."""
        sized: Sized = self.example
        return sized.lengths


class Forced(NamedTuple):
    """Of each step of a batch, foretold token by token, each after the expert's own before it.

    loss: cross-entropy in nats, summed over the action's tokens.
    tokens: how many those are, the end token included.
    right: how many of them the model held likeliest.
    """

    loss: list[float]
    tokens: list[int]
    right: list[int]


class Teacher(ABC):
    """Makes examples of demonstrations for a kind of model, and counts what it left out.

    A step is learned from by its label, where it has one: what the expert would have done there,
    whoever played (see `policies.dagger`). Of the others those are left out that failed and did not
    end the episode, or are of a failed episode, or a mistake that a perturbed expert made on
    purpose. So is what the model's form has no words for, and what is too long for the model.

    form: how the model is asked.
    left_out: how many steps, by reason.
    beyond: why there is no `example` of a step.
    """

    beyond = "too long"

    def __init__(self, form: PromptForm) -> None:
        self.form = form
        self.left_out: Counter[str] = Counter()

    def steps(self, demonstrations: Iterable[Demonstration]) -> Iterator[Taught]:
        """The examples of all demonstrations, in their order."""
        for demonstration in demonstrations:
            yield from self.of(demonstration.episode)

    def of(self, episode: Episode, *, augment: str = "") -> Iterator[Taught]:
        """The examples of one episode's steps.

        augment: what the changes of the prompts follow from, see `augmented`; "" for none.

        Raises:
            UserError: the model is shown screenshots, and a step has none.
        """
        for number, step in enumerate(episode.steps):
            if reason := _unfit(episode, number):
                self.left_out[reason] += 1
                continue
            wanted = str(step.notes.get(LABEL, step.action))
            action = action_text(wanted, step.observation, self.form)
            if action is None:
                self.left_out["no words for the action"] += 1
                continue
            asked = prompt(before(episode, number), self.form)
            if augment:
                dice = random.Random(f"{augment}/{episode.task}/{episode.seed}/{number}")
                asked = augmented(asked, action, dice)
            example = self.example(asked, action)
            if example is None:
                self.left_out[self.beyond] += 1
                continue
            yield Taught(episode.task, episode.seed, number, action, example)

    @abstractmethod
    def example(self, asked: Prompt, action: str) -> Sized | None:
        """The example of a step's prompt and action, None for what is `beyond` the model."""

    @abstractmethod
    def collated(self, steps: Sequence[Taught]) -> Arrays:
        """A batch as the model's arrays, ``labels`` and ``attention_mask`` among them."""

    @abstractmethod
    def said(self, model: PreTrainedModel, steps: Sequence[Taught]) -> list[str]:
        """What the model says itself, by greedy decoding, at each step of a batch."""

    @abstractmethod
    def forced(self, model: nn.Module, arrays: Arrays) -> Forced:
        """What the model makes of each action of a batch."""


def _unfit(episode: Episode, number: int) -> str:
    """Why a step is not to be imitated, "" when it is."""
    step = episode.steps[number]
    if LABEL in step.notes:
        return ""
    if UNLABELLED in step.notes:
        return "no label"
    if not episode.success:
        return "failed episode"
    if "perturbed" in step.notes:
        return "mistake on purpose"
    # Where the page took what it was meant for and went on, as focus-text-2 does, all is well.
    return "failed action" if step.error and not step.terminated else ""
