"""Demonstrations into examples: what was asked before a step, and what the expert did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from webagents.data import Demonstration
from webagents.errors import UserError
from webagents.prompt import PromptForm, Tokenizer, action_ids, before, prompt, prompt_ids
from webagents.training.denoising.corruption import Example, as_tokens
from webagents.types import Episode


class Taught(NamedTuple):
    """One step to learn from.

    task, seed, step: which one it is, as in a dataset.
    action: what the expert did; the example's target is its text.
    """

    task: str
    seed: int
    step: int
    action: str
    example: Example


class Teacher:
    """Makes examples of demonstrations for a model, and counts what it left out.

    Left out are failed episodes, actions that failed and did not end the episode, the mistakes that
    a perturbed expert made on purpose, and what is too long for the model.

    left_out: how many steps, by reason.
    """

    def __init__(self, tokenizer: Tokenizer, form: PromptForm) -> None:
        """A teacher for models with this tokenizer that are asked in this form."""
        self.tokenizer, self.form = tokenizer, form
        self.left_out: Counter[str] = Counter()

    def steps(self, demonstrations: Iterable[Demonstration]) -> Iterator[Taught]:
        """The examples of all demonstrations, in their order."""
        for demonstration in demonstrations:
            yield from self.of(demonstration.episode)

    def of(self, episode: Episode) -> Iterator[Taught]:
        """The examples of one episode's steps."""
        for number, step in enumerate(episode.steps):
            if reason := _unfit(episode, number):
                self.left_out[reason] += 1
                continue
            asked = prompt(before(episode, number), self.form)
            try:
                example = Example(
                    as_tokens(prompt_ids(asked, self.form, self.tokenizer)),
                    as_tokens(action_ids(step.action, self.form, self.tokenizer)),
                )
            except UserError:
                self.left_out["too long"] += 1
                continue
            yield Taught(episode.task, episode.seed, number, step.action, example)


def _unfit(episode: Episode, number: int) -> str:
    """Why a step is not to be imitated, "" when it is."""
    step = episode.steps[number]
    if not episode.success:
        return "failed episode"
    if "perturbed" in step.notes:
        return "mistake on purpose"
    # Where the page took what it was meant for and went on, as focus-text-2 does, all is well.
    return "failed action" if step.error and not step.terminated else ""
