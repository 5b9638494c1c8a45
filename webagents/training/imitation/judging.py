"""How often a model does what the expert did, step by step, on demonstrations it has not seen.

Legend: B steps of a batch, U tokens of the longest action, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from webagents.policies.sequence import answers
from webagents.training.denoising.batches import NO_LABEL, Arrays, collate
from webagents.training.imitation.teaching import Taught

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from webagents.models import HtmlT5


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
    model: HtmlT5,
    tokenizer: PreTrainedTokenizerBase,
    taught: Iterable[Taught],
    *,
    longest: int = 128,
    rows: int = 32,
) -> list[Judged]:
    """A model's own actions beside the expert's, without dropout; in order of input length.

    longest: how many tokens an action may have.
    rows: how many steps are read at once.
    """
    training = model.training
    model.eval()
    judged: list[Judged] = []
    for batch in _by_length(taught, rows):
        inputs = [one.example.inputs.tolist() for one in batch]
        said = tokenizer.batch_decode(
            answers(model, inputs, longest=longest, rows=rows), skip_special_tokens=True
        )
        forced = _forced(model, _arrays(batch, pad=model.config.pad_token_id))
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

    def __init__(self, taught: Iterable[Taught], *, rows: int, pad: int) -> None:
        """The batches of these steps, `rows` each."""
        self.batches = [_arrays(batch, pad=pad) for batch in _by_length(taught, rows)]

    def __call__(self, model: nn.Module, rank: int, of: int) -> dict[str, float]:
        """Sums over the batches of a process.

        Every process runs the model as often as the others, as sharded ones have to.
        """
        sums = {"loss": 0.0, "accuracy": 0.0, "tokens": 0.0}
        for place in range(rank, -(-len(self.batches) // of) * of, of):
            loss, tokens, right = _forced(model, self.batches[place % len(self.batches)])
            if place < len(self.batches):
                sums["loss"] += sum(loss)
                sums["accuracy"] += sum(right)
                sums["tokens"] += sum(tokens)
        return sums


class _Forced(NamedTuple):
    """Of each step: the loss, the tokens and the right ones of its action."""

    loss: list[float]
    tokens: list[int]
    right: list[int]


def _forced(model: nn.Module, arrays: Arrays) -> _Forced:
    """What the model makes of each action, each token after the expert's own before it."""
    device = next(model.parameters()).device
    batch = {name: torch.from_numpy(array).to(device) for name, array in arrays.items()}
    labels = batch["labels"]  # (B, U)
    made: Any = model(**batch)
    logits: Tensor = made.logits.float()  # (B, U, V)
    losses = functional.cross_entropy(
        logits.transpose(1, 2), labels, ignore_index=NO_LABEL, reduction="none"
    )
    right = logits.argmax(-1) == labels
    return _Forced(
        losses.sum(1).tolist(), (labels != NO_LABEL).sum(1).tolist(), right.sum(1).tolist()
    )


def _by_length(taught: Iterable[Taught], rows: int) -> list[list[Taught]]:
    steps = sorted(taught, key=lambda one: one.example.inputs.size)
    return [steps[begin : begin + rows] for begin in range(0, len(steps), rows)]


def _arrays(batch: Sequence[Taught], *, pad: int) -> Arrays:
    return collate([one.example for one in batch], pad=pad)
