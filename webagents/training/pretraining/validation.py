"""How well a model denoises documents that it is not trained on."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count, islice

import torch
from torch import nn

from webagents.training.denoising import Cutter, Denoiser, collate
from webagents.training.denoising.batches import Arrays
from webagents.training.denoising.corruption import Tokens

NUMBER = 2**31 - 1
"""The lane that validation's random numbers are those of; no run has as many."""


class Validation:
    """The loss and the share of tokens foretold, on the same examples each time.

    documents: token ids; the first that make up `examples` examples.
    rows: examples of a batch.
    """

    def __init__(
        self,
        documents: Iterable[Tokens],
        denoiser: Denoiser,
        *,
        examples: int,
        rows: int,
        pad: int,
    ) -> None:
        cutter = Cutter(iter(documents))
        made = []
        for index in islice(count(), examples):
            piece = cutter.piece(denoiser.raw_length(NUMBER, index))
            if piece is None:
                break
            made.append(denoiser.example(piece, NUMBER, index))
        made.sort(key=lambda example: example.inputs.size)
        self.batches: list[Arrays] = [
            collate(made[begin : begin + rows], pad=pad) for begin in range(0, len(made), rows)
        ]

    def __call__(self, model: nn.Module, rank: int, of: int) -> dict[str, float]:
        """Sums over the batches of a process; see `running.loop.Validate`.

        Every process runs the model as often as the others, as sharded ones have to.
        """
        device = next(model.parameters()).device
        sums = {"loss": 0.0, "accuracy": 0.0, "tokens": 0.0}
        for place in range(rank, -(-len(self.batches) // of) * of, of):
            arrays = self.batches[place % len(self.batches)]
            batch = {name: torch.from_numpy(array).to(device) for name, array in arrays.items()}
            made = model(**batch)
            known = batch["labels"] != -100
            if place < len(self.batches):
                tokens = float(known.sum())
                right = (made.logits.argmax(-1) == batch["labels"]) & known
                sums["loss"] += float(made.loss) * tokens
                sums["accuracy"] += float(right.sum())
                sums["tokens"] += tokens
        return sums
