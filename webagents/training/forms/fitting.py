"""Fitting a classifier of forms to examples, and asking it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from torch.nn.utils import clip_grad_norm_

from webagents.training.forms.classifier import FormClassifier
from webagents.training.forms.examples import FormExample, batched, collate
from webagents.training.optimizers import OptimizerConfig, learning_rate_at, optimizer_for


@dataclass(frozen=True, slots=True, kw_only=True)
class FitConfig:
    """How a classifier is fitted.

    optimizer: its `warmup_steps` are those of the run.
    epochs: how often each form is seen.
    tokens: of a batch, padding included.
    clip: the most that the gradient's norm may be.
    bfloat16: whether products are taken in bfloat16; weights stay in float32.
    seed: what the order of batches follows from.
    """

    optimizer: OptimizerConfig = field(default_factory=lambda: OptimizerConfig(warmup_steps=50))
    epochs: int = 8
    tokens: int = 1024
    clip: float = 1.0
    bfloat16: bool = False
    seed: int = 0


class Answer(NamedTuple):
    """What a classifier says of a form.

    type: the number of the form's type.
    fields: those of its fields' types; None where it has not seen the field.
    """

    type: int
    fields: tuple[int | None, ...]


def fit(model: FormClassifier, examples: Sequence[FormExample], config: FitConfig) -> list[float]:
    """Fits the model; returns the loss of every update."""
    random = np.random.default_rng(config.seed)
    batches = [
        batch for _ in range(config.epochs) for batch in batched(examples, config.tokens, random)
    ]
    optimizer = optimizer_for(model, config.optimizer)
    losses = []
    model.train()
    for step, batch in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate_at(config.optimizer, step, len(batches))
        with torch.autocast("cpu", torch.bfloat16, enabled=config.bfloat16):
            loss = model.loss(collate([examples[number] for number in batch]))
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        clip_grad_norm_(model.parameters(), config.clip)
        optimizer.step()
        losses.append(loss.item())
    return losses


@torch.no_grad()
def answers(
    model: FormClassifier, examples: Sequence[FormExample], config: FitConfig
) -> list[Answer]:
    """What the model says of each form, in the order they are given."""
    found: dict[int, Answer] = {}
    model.eval()
    for numbers in batched(examples, config.tokens):
        chosen = [examples[number] for number in numbers]
        with torch.autocast("cpu", torch.bfloat16, enabled=config.bfloat16):
            logits = model(collate(chosen))
        types, fields = logits.forms.argmax(-1).tolist(), logits.fields.argmax(-1).tolist()
        for number, one, type_, said in zip(numbers, chosen, types, fields, strict=True):
            seen = (one.tokens.fields[:, 1] > one.tokens.fields[:, 0]).tolist()
            told = zip(said[: len(seen)], seen, strict=True)
            found[number] = Answer(type_, tuple(name if there else None for name, there in told))
    return [found[number] for number in range(len(examples))]
