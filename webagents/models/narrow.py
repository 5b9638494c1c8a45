"""The same tiles for bfloat16: products in bfloat16, scores and what is added up in float32.

Legend: B batch, T tokens, G global tokens, H heads, D head size, h heads that are computed
together, N tiles of a group, L queries of a tile, W keys of its window, R queries of a group (N L),
F global tokens that they see. A group that does not slide is one tile: N = 1, L = R.

What a tile sees, global tokens and then its window, is copied together: oneDNN, which has the
products in bfloat16, takes nothing with gaps, and the copy is a twentieth of the product.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from webagents.models.dropout import drawn
from webagents.models.plan import HIDDEN, Group, Plan
from webagents.models.positions import gathered, towards

_SCORES = 1 << 19
"""Scores of heads that are computed together, unless one alone has more."""

# PyTorch's own affair, so that it may go
_known = getattr(torch.cpu, "_is_avx512_bf16_supported", bool)

FAST: bool = torch.backends.mkldnn.is_available() and _known()
"""Whether this processor multiplies matrices in bfloat16, rather than makes do without."""


class Heads:
    """Some heads of a layer: what the forward and the backward pass over their groups share.

    qkv: (B, T + G, 3, H, D); bias: (H, L, W); side: (H, 2 G): see `tiles.TiledAttention`.
    some: the heads.
    """

    def __init__(
        self, some: slice, qkv: Tensor, bias: Tensor, side: Tensor | None, plan: Plan
    ) -> None:
        self.first, self.plan = some.start, plan
        self.tokens = qkv.shape[1] - plan.globals_
        lined = qkv[:, :, :, some].permute(2, 3, 0, 1, 4).contiguous()
        self.q, self.k, self.v = lined.unbind(0)  # (H, B, T + G, D)
        self.bias = bias[some].float()
        self.towards = None
        if side is not None and plan.globals_:
            self.towards = towards(side[some].float())
        self.memory: dict[tuple[str, torch.dtype], Tensor] = {}

    def turns(self, group: Group) -> Iterator[slice]:
        """The heads in parts that are computed together."""
        count = self.q.shape[0]
        rows, keys = group.q1 - group.q0, group.far + group.near
        step = max(_SCORES // (rows * keys), 1)
        for begin in range(0, count, step):
            yield slice(begin, min(begin + step, count))

    def take(self, name: str, shape: Sequence[int], dtype: torch.dtype) -> Tensor:
        """A contiguous tensor in the memory of that name, holding whatever was left in it."""
        count = torch.Size(shape).numel()
        kept = self.memory.get((name, dtype))
        if kept is None or kept.numel() < count:
            kept = self.memory[name, dtype] = torch.empty(count, dtype=dtype)
        return kept[:count].view(shape)

    def queries(self, group: Group, heads: slice, x: Tensor) -> Tensor:
        """What belongs to a group's queries: (H, B, T, D) to (h N, L, D)."""
        return x[heads, group.row, group.q0 : group.q1].reshape(-1, group.length, x.shape[-1])

    def seen(self, group: Group, heads: slice, x: Tensor) -> Tensor:
        """The keys or values that each tile sees: (H, B, T + G, D) to (h N, F + W, D)."""
        row = x[heads, group.row]
        step = group.length if group.sliding else 1
        near = row[:, group.k0 : group.k1].unfold(1, group.near, step).transpose(2, 3)
        shape = *near.shape[:2], group.far + group.near, x.shape[-1]
        seen = self.take("seen", shape, x.dtype)
        seen[:, :, group.far :] = near
        if group.far:
            seen[:, :, : group.far] = row[:, None, self.tokens : self.tokens + group.far]
        return seen.flatten(0, 1)

    def product(self, group: Group, heads: slice, left: Tensor, right: Tensor) -> Tensor:
        """`left`, (h N, L, D), times what each tile sees of `right`: (h N, L, F + W).

        It holds until the next product.
        """
        seen = self.seen(group, heads, right).transpose(1, 2)
        out = self.take("product", (*left.shape[:2], seen.shape[2]), left.dtype)
        return torch.bmm(left, seen, out=out)

    def narrowed(self, weights: Tensor) -> Tensor:
        """In bfloat16, until the next."""
        return self.take("narrowed", weights.shape, self.q.dtype).copy_(weights)

    def mix(self, group: Group, heads: slice, weights: Tensor, source: Tensor) -> Tensor:
        """The weighted sums of what each tile sees of `source`: (h N, L, F + W) to (R, h, D)."""
        mixed = torch.bmm(weights, self.seen(group, heads, source))
        return mixed.view(heads.stop - heads.start, -1, mixed.shape[-1]).transpose(0, 1)

    def spread(
        self, group: Group, heads: slice, weights: Tensor, source: Tensor, target: Tensor
    ) -> None:
        """Adds `source`, (h N, L, D), times the weights to the keys of `target`, in float32."""
        row = target[heads, group.row]
        found = torch.bmm(weights.transpose(1, 2), source)  # windows overlap
        found = found.unflatten(0, (row.shape[0], -1))  # (h, N, F + W, D)
        if group.far:
            far = found[:, :, : group.far].sum(1, dtype=torch.float32)
            row[:, self.tokens : self.tokens + group.far] += far
        near = found[:, :, group.far :]
        if not group.sliding:
            row[:, group.k0 : group.k1] += near[:, 0]
            return
        for begin in range(0, group.near, group.length):  # parts of windows that do not overlap
            part = near[:, :, begin : begin + group.length]
            end = group.k1 - group.near + begin + part.shape[2]
            places = row[:, group.k0 + begin : end].unfold(1, part.shape[2], group.length)
            places.transpose(2, 3).add_(part)

    def softmax(self, group: Group, heads: slice) -> Tensor:
        """The attention weights of a group in float32: (h N, L, F + W)."""
        product = self.product(group, heads, self.queries(group, heads, self.q), self.k)
        scores = self.take("scores", product.shape, torch.float32).copy_(product)
        self._add_biases(group, heads, scores.unflatten(0, (heads.stop - heads.start, -1)))
        weights: Tensor = torch.ops.aten._softmax.out(scores, -1, False, out=scores)
        return weights

    def _add_biases(self, group: Group, heads: slice, scores: Tensor) -> None:
        """Adds the biases to the scores, (h, N, L, F + W), and hides what is not to be seen."""
        near, bias = scores[..., group.far :], self.bias[heads]
        if group.sliding:
            near += bias[:, None]
        elif len(group.tiles) == 1 and not group.tiles[0].hidden:
            near[:, 0] += bias[:, *group.tiles[0].window]
        else:
            known = bias.new_full((bias.shape[0], group.length, group.near), -torch.inf)
            for tile in group.tiles:
                known[:, *group.place(tile)] = bias[:, *tile.window]
            near[:, 0] += known
            if self.plan.mask is not None:
                near.masked_fill_(~self.plan.mask[group.row, group.k0 : group.k1], HIDDEN)
        if group.far and self.towards is not None:
            far = scores.flatten(1, 2)[..., : group.far]  # (h, R, F)
            for rows, first, blocks in group.in_blocks(self.plan.globals_):
                known = self.towards[heads, first + 1 : first + 1 + blocks, None, : group.far]
                far[:, rows].unflatten(1, (blocks, -1)).add_(known)


class _Biases:
    """The gradients of some heads' biases: bias (H, L, W), towards (H, G + 1, G)."""

    def __init__(self, heads: Heads) -> None:
        self.globals_ = heads.plan.globals_
        self.bias = torch.zeros_like(heads.bias)
        self.towards = None if heads.towards is None else torch.zeros_like(heads.towards)

    def add(self, group: Group, heads: slice, d_scores: Tensor) -> None:
        """Adds those of a group, which are those of its scores: (h, N, L, F + W)."""
        near = d_scores[..., group.far :]
        if group.sliding:
            self.bias[heads] += near.sum(1, dtype=torch.float32)
        else:
            for tile in group.tiles:
                self.bias[heads, *tile.window] += near[:, 0, *group.place(tile)]
        if group.far and self.towards is not None:
            far = d_scores.flatten(1, 2)[..., : group.far]
            for rows, first, blocks in group.in_blocks(self.globals_):
                found = far[:, rows].unflatten(1, (blocks, -1)).sum(2, dtype=torch.float32)
                self.towards[heads, first + 1 : first + 1 + blocks, : group.far] += found


def _drawn(like: Tensor, rate: float, seed: int, group: int, heads: range) -> Tensor:
    """See `dropout.drawn`, for several heads: (h N, L, F + W)."""
    parts = zip(like.chunk(len(heads)), heads, strict=True)
    return torch.cat([drawn(part, rate, seed, group, head) for part, head in parts])


def forward(heads: Heads, dropout: float, seed: int, out: Tensor) -> None:
    """Writes the results of some heads into `out`, (B, T, H, D)."""
    for number, group in enumerate(heads.plan.groups):
        for some in heads.turns(group):
            weights = heads.softmax(group, some)
            mine = range(heads.first + some.start, heads.first + some.stop)
            if dropout:
                weights *= _drawn(weights, dropout, seed, number, mine)
            mixed = heads.mix(group, some, heads.narrowed(weights), heads.v)
            out[group.row, group.q0 : group.q1, mine.start : mine.stop] = mixed


def backward(
    heads: Heads,
    dropout: float,
    seed: int,
    grad: Tensor,
    d_qkv: Tensor,
    d_bias: Tensor,
    d_side: Tensor | None,
) -> None:
    """Puts what some heads, given grad, (B, T, H, D), give the gradients of the arguments there."""
    every = slice(heads.first, heads.first + heads.q.shape[0])
    up = grad[:, :, every].permute(2, 0, 1, 3).to(heads.q.dtype)
    d_k, d_v = (torch.zeros_like(heads.k, dtype=torch.float32) for _ in range(2))
    biases = _Biases(heads)
    for number, group in enumerate(heads.plan.groups):
        for some in heads.turns(group):
            exact = heads.softmax(group, some)
            mine = range(heads.first + some.start, heads.first + some.stop)
            above = heads.queries(group, some, up)
            weights = heads.narrowed(exact)
            d_scores = heads.product(group, some, above, heads.v)
            used = weights
            if dropout:
                kept = _drawn(exact, dropout, seed, number, mine)
                d_scores *= kept
                used = kept.mul_(exact).to(weights.dtype)
            heads.spread(group, some, used, above, d_v)
            torch.ops.aten._softmax_backward_data.out(
                d_scores, weights, -1, weights.dtype, grad_input=d_scores
            )
            biases.add(group, some, d_scores.unflatten(0, (len(mine), -1)))
            mixed = heads.mix(group, some, d_scores, heads.k)
            d_qkv[group.row, group.q0 : group.q1, 0, mine.start : mine.stop] = mixed
            heads.spread(group, some, d_scores, heads.queries(group, some, heads.q), d_k)
    for place, found in ((1, d_k), (2, d_v)):
        d_qkv[:, :, place, every] = found.permute(1, 2, 0, 3)
    d_bias[every] = biases.bias
    if d_side is not None and biases.towards is not None:
        d_side[every] = gathered(biases.towards)
