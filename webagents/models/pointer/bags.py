"""Bags of facts as vectors.

Legend: Q bags, one for each slot of a batch, N numbers, d width.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from webagents.models.layers import FeedForward, RmsNorm
from webagents.models.pointer.config import PointerConfig
from webagents.slots.building import NAMES, PLACES

PERIODS = tuple(2.0**power for power in range(1, 11))
"""Periods of the waves that numbers are told by, in their own unit."""


class Bags(nn.Module):
    """The sum of what is said of a slot: each piece marked by its field and its place in it.

    A piece's vector is multiplied by one of the place and one of the field, so that the order of
    pieces and what they are of come through the sum; a number's is a linear map of waves and
    squashed magnitudes. The sum is divided by the root of the count.
    """

    def __init__(self, config: PointerConfig) -> None:
        super().__init__()
        width = config.d_model
        self.piece = nn.Embedding(config.pieces, width)
        self.place = nn.Embedding(PLACES, width)
        self.field = nn.Embedding(NAMES, width)
        self.gate = nn.Embedding(NAMES, width)
        self.number = nn.Linear(2 * len(PERIODS) + 4, width)
        self.norm = RmsNorm(width, config.layer_norm_epsilon)
        self.mlp = FeedForward(width, config.d_ff, gated=True, dropout=config.dropout_rate)

    def forward(
        self, facts: Tensor, numbers: Tensor, values: Tensor, said: Tensor, bags: Tensor
    ) -> Tensor:
        """(Q, d) of Q bags; the arrays are those of `slots.packing.bags_of`."""
        name, piece, place = facts.unbind(1)
        told = self._marked(self.piece(piece), name, place)
        if len(values):
            name, place = numbers.unbind(1)
            read = self.number(waves(values)).to(told.dtype)
            told = torch.cat([told, self._marked(read, name, place)])
        summed = functional.embedding_bag(said, told, bags, mode="sum", include_last_offset=True)
        x = summed * bags.diff().clamp(min=1).rsqrt()[:, None].to(summed.dtype)
        result: Tensor = x + self.mlp(self.norm(x))
        return result

    def _marked(self, told: Tensor, name: Tensor, place: Tensor) -> Tensor:
        marked: Tensor = told * (1 + self.place(place)) * (1 + self.gate(name)) + self.field(name)
        return marked


def waves(values: Tensor) -> Tensor:
    """Numbers as features: (N,) to (N, 2 * periods + 4), all between -1 and 1 or close to it."""
    periods = values.new_tensor(PERIODS)
    turns = values[:, None] * (2 * math.pi / periods)
    size = torch.sign(values) * torch.log1p(values.abs()) / 8
    squashed = [torch.tanh(values / 8), torch.tanh(values / 64), torch.tanh(values / 512), size]
    return torch.cat([turns.sin(), turns.cos(), torch.stack(squashed, 1)], 1)


class Links(nn.Module):
    """What is linked to a slot, passed on to it: one matrix for each type of link.

    Source: Schlichtkrull et al. 2018, relational graph convolution; sums of a type are divided by
    the root of how many there are.
    """

    def __init__(self, config: PointerConfig, types: int) -> None:
        super().__init__()
        width = config.d_model
        self.norm = RmsNorm(width, config.layer_norm_epsilon)
        self.weight = nn.Parameter(torch.empty(types, width, width))
        self.dropout = config.dropout_rate

    def forward(
        self,
        x: Tensor,
        links: Tensor,
        counts: list[int],
        heard: Tensor,
        hearers: Tensor,
        loudness: Tensor,
    ) -> Tensor:
        """(Q, d) to (Q, d); the arrays are those of `slots.packing.links_of`."""
        if not len(links):
            return x
        told = self.norm(x)[links[:, 1]].split(counts)
        each = [one @ self.weight[type_] for type_, one in enumerate(told) if len(one)]
        passed = functional.embedding_bag(
            heard,
            torch.cat(each).to(x.dtype),
            hearers,
            mode="sum",
            include_last_offset=True,
            per_sample_weights=loudness.to(x.dtype),
        )
        result: Tensor = x + functional.dropout(passed, self.dropout, self.training)
        return result
