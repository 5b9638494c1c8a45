"""How often a model does what the expert did, step by step, on demonstrations it has not seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import torch
from torch import nn
from transformers import PreTrainedModel

from webagents.training.imitation.teaching import Taught, Teacher


class Judged(NamedTuple):
    """One step beside what the model made of it.

    task, seed, step: which one it is.
    expert: the expert's action.
    said: the model's, by greedy decoding.
    loss: the expert's action's cross-entropy, in nats, summed over its tokens.
    tokens: how many those are, the end token included.
    right: how many of them the model held likeliest, each after the expert's own before it.
    """

    task: str
    seed: int
    step: int
    expert: str
    said: str
    loss: float
    tokens: int
    right: int

    @property
    def exact(self) -> bool:
        """Whether the model said the expert's action letter for letter."""
        return self.said == self.expert


class Accuracy(NamedTuple):
    """Some judged steps in numbers.

    exact: the share of steps said letter for letter.
    loss: cross-entropy in nats a token.
    tokens: the share of tokens that were right.
    """

    steps: int
    exact: float
    loss: float
    tokens: float

    @classmethod
    def of(cls, judged: Sequence[Judged]) -> Accuracy:
        """The figures of one step or more."""
        tokens = sum(one.tokens for one in judged)
        return cls(
            len(judged),
            sum(one.exact for one in judged) / len(judged),
            sum(one.loss for one in judged) / tokens,
            sum(one.right for one in judged) / tokens,
        )


def accuracy(judged: Iterable[Judged]) -> dict[str, Accuracy]:
    """The figures of each task, in alphabetical order."""
    tasks: dict[str, list[Judged]] = {}
    for one in judged:
        tasks.setdefault(one.task, []).append(one)
    return {task: Accuracy.of(tasks[task]) for task in sorted(tasks)}


@torch.no_grad()
def judge(
    model: PreTrainedModel, teacher: Teacher, taught: Iterable[Taught], *, rows: int = 32
) -> list[Judged]:
    """A model's own actions beside the expert's, without dropout; in order of input length.

    teacher: of the model's kind, who made the steps.
    rows: how many steps are read at once.
    """
    training = model.training
    model.eval()
    judged: list[Judged] = []
    for batch in _by_length(taught, rows):
        forced = teacher.forced(model, teacher.collated(batch))
        said = teacher.said(model, batch)
        judged += [
            Judged(one.task, one.seed, one.step, one.action, text, *figures)
            for one, text, figures in zip(batch, said, zip(*forced, strict=True), strict=True)
        ]
    model.train(training)
    return judged


class HeldOut:
    """The loss and the share of right tokens on held-out steps, as `running.Validate` wants them.

    Nothing is generated: each token is foretold after the expert's own before it.
    """

    def __init__(self, teacher: Teacher, taught: Iterable[Taught], *, rows: int) -> None:
        """The batches of these steps of a teacher, `rows` each."""
        self.teacher, self.batches = teacher, _by_length(taught, rows)

    def __call__(self, model: nn.Module, rank: int, of: int) -> dict[str, float]:
        """Sums over the batches of a process.

        Every process runs the model as often as the others, as sharded ones have to.
        """
        sums = {"loss": 0.0, "accuracy": 0.0, "tokens": 0.0}
        for place in range(rank, -(-len(self.batches) // of) * of, of):
            batch = self.teacher.collated(self.batches[place % len(self.batches)])
            loss, tokens, right = self.teacher.forced(model, batch)
            if place < len(self.batches):
                sums["loss"] += sum(loss)
                sums["accuracy"] += sum(right)
                sums["tokens"] += sum(tokens)
        return sums


def _by_length(taught: Iterable[Taught], rows: int) -> list[list[Taught]]:
    steps = sorted(taught, key=lambda one: one.lengths)
    return [steps[begin : begin + rows] for begin in range(0, len(steps), rows)]
