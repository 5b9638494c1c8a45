"""Attention over windows and global tokens, a cache-sized tile of queries at a time.

Legend: B batch, T tokens, G global tokens, H heads, D head size, L queries of a tile, K keys of its
window that exist, W keys of a whole window.

What is masked by distance is never computed, keys and values are read where the projections left
them, and scores live in one small buffer that is used again for every tile. The backward pass
computes them anew. One pass over the tiles of a layer is one node of autograd.

Source: Dao et al. 2022, FlashAttention, section 3 (recomputation); Guo et al. 2022, LongT5,
section 3.1 (the attention).
"""

from __future__ import annotations

from math import prod
from typing import Any

import torch
from torch import Tensor

from webagents.models.crew import shared
from webagents.models.plan import Plan, Tile

_HIDDEN = -1e10
"""Added to the score of a padding key; finite, so that a query without any key stays finite."""


class _Buffers:
    """Memory that every tile uses in turn, each in its own shape, so that it stays in the cache."""

    def __init__(self, like: Tensor) -> None:
        self.like = like
        self.kept: dict[str, Tensor] = {}
        self.held: dict[str, object] = {}

    def take(self, name: str, dtype: torch.dtype, *shape: int) -> Tensor:
        """The buffer `name` as a contiguous tensor, holding whatever was left in it."""
        size = prod(shape)
        memory = self.kept.get(name)
        if memory is None or memory.numel() < size:
            memory = self.kept[name] = self.like.new_empty(size, dtype=dtype)
        return memory[:size].view(shape)

    def changed(self, name: str, what: object) -> bool:
        """Whether the buffer `name` was last said to hold something else than `what`."""
        known, self.held[name] = self.held.get(name), what
        return known != what


class _Pass:
    """What the forward and the backward pass over the tiles share.

    A tile's keys are copied behind the global ones, (H, G + K, D): the products then are single
    calls over all heads on contiguous results, the only ones that MKL spreads well over threads.
    """

    def __init__(
        self, qkv: Tensor, bias: Tensor, side: Tensor | None, plan: Plan, heads: slice
    ) -> None:
        qkv, bias, side = qkv[:, :, :, heads], bias[heads], None if side is None else side[heads]
        self.side, self.mask = side, plan.mask
        self.type, self.exact = qkv.dtype, torch.promote_types(qkv.dtype, torch.float32)
        self.tokens, (self.heads, self.size) = qkv.shape[1] - plan.globals_, qkv.shape[3:]
        self.q, self.k, self.v = qkv.permute(2, 0, 3, 1, 4)  # views (B, H, T + G, D)
        self.bias = bias.to(self.exact)
        self.buffers = _Buffers(qkv)

    def gathered(self, tile: Tile, source: Tensor, name: str) -> Tensor:
        """The row's global keys (or values) and the tile's: (H, G + K, D), contiguous."""
        near, far = tile.k1 - tile.k0, tile.far
        both = self.buffers.take(name, self.type, self.heads, far + near, self.size)
        if far and self.buffers.changed(name, (tile.row, near)):
            both[:, :far] = source[tile.row, :, self.tokens : self.tokens + far]
        both[:, far:] = source[tile.row, :, tile.k0 : tile.k1]
        return both

    def softmax(self, tile: Tile, keys: Tensor) -> Tensor:
        """The attention weights of a tile: (H, L, G + K)."""
        rows, near, far = tile.q1 - tile.q0, tile.k1 - tile.k0, tile.far
        shape = self.heads, rows, far + near
        scores = self.buffers.take("scores", self.exact, *shape)
        scores[:, :, far:] = self.bias[:, :rows, tile.column : tile.column + near]
        if tile.hidden and self.mask is not None:
            scores[:, :, far:].masked_fill_(~self.mask[tile.row, tile.k0 : tile.k1], _HIDDEN)
        if self.side is not None and far:
            for begin, end, start in tile.runs:
                scores[:, begin:end, :far] = self.side[:, None, start : start + far]
        query = self.q[tile.row, :, tile.q0 : tile.q1]
        _add_product(scores, query, keys.transpose(1, 2))
        return torch.softmax(scores, -1, out=self.buffers.take("weights", self.exact, *shape))


def _add_product(out: Tensor, left: Tensor, right: Tensor) -> None:
    if out.dtype == left.dtype:
        out.baddbmm_(left, right)
    else:
        out.add_(torch.bmm(left, right))


def _set_product(out: Tensor, left: Tensor, right: Tensor) -> None:
    if out.dtype == left.dtype:
        torch.bmm(left, right, out=out)
    else:
        out.copy_(torch.bmm(left, right))


class _Back:
    """Brings the gradients of gathered keys (or values) back to where those came from.

    target: (B, H, T + G, D). What is for the global tokens gathers in the buffer until they change.
    """

    def __init__(self, work: _Pass, target: Tensor) -> None:
        self.work, self.target = work, target
        self.held: tuple[Tile, Tensor] | None = None

    def add(self, tile: Tile, left: Tensor, right: Tensor) -> None:
        """Adds the product, (H, G + K, D), for the keys of the tile."""
        near, far, work = tile.k1 - tile.k0, tile.far, self.work
        if self.held is None or self.held[1].shape[1] != far + near or self.held[0].row != tile.row:
            self.flush()
            self.held = (
                tile,
                work.q.new_empty((work.heads, far + near, work.size), dtype=work.exact),
            )
            _set_product(self.held[1], left, right)
        else:
            self.held[1][:, far:] = 0
            _add_product(self.held[1], left, right)
        self.target[tile.row, :, tile.k0 : tile.k1] += self.held[1][:, far:]

    def flush(self) -> None:
        """Hands over what has gathered for the global tokens."""
        if self.held is not None and self.held[0].far:
            tile, found = self.held
            begin = self.work.tokens
            self.target[tile.row, :, begin : begin + tile.far] += found[:, : tile.far]
        self.held = None


def _dropout(like: Tensor, rate: float, seed: int, index: int, heads: slice) -> Tensor:
    """What to multiply a tile's weights by: 0 or 1 / (1 - rate), the same again for the same.

    Each head draws from a generator of its own, so that it matters not which thread has it.
    """
    kept = torch.empty_like(like)
    for head, mine in enumerate(kept, heads.start):
        generator = torch.Generator(like.device).manual_seed(seed + (index << 16) + head)
        mine.bernoulli_(1 - rate, generator=generator)
    return kept.div_(1 - rate)


class TiledAttention(torch.autograd.Function):
    """Attention with relative biases over windows and global tokens.

    ``TiledAttention.apply(qkv, bias, side, plan, dropout)``:

    qkv: (B, T + G, 3, H, D), queries, keys and values of the tokens and then of the global tokens
        (whose queries are not used). Scores are not scaled.
    bias: (H, L, W), see `positions.window_bias`.
    side: (H, 2 G), see `positions.side_bias`; None without global tokens.
    dropout: the share of attention weights to drop, 0 for none.

    Returns (B, T, H, D); zeros where a tile is nothing but padding.
    """

    @staticmethod
    def forward(
        ctx: Any, qkv: Tensor, bias: Tensor, side: Tensor | None, plan: Plan, dropout: float
    ) -> Tensor:
        """See the class."""
        ctx.plan, ctx.dropout = plan, dropout
        ctx.seed = int(torch.randint(2**60, ())) if dropout else 0
        ctx.save_for_backward(qkv, bias, side)
        rows, (heads, size) = qkv.shape[0], qkv.shape[3:]
        out = qkv.new_empty(rows, qkv.shape[1] - plan.globals_, heads, size)
        if plan.mask is not None:
            out.zero_()
        shared(lambda some: _forward(qkv, bias, side, plan, dropout, ctx.seed, out, some), heads)
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor | None, None, None]:
        """See the class."""
        qkv, bias, side = ctx.saved_tensors
        exact = torch.promote_types(qkv.dtype, torch.float32)
        d_qkv, d_bias = (torch.zeros_like(t, dtype=exact) for t in (qkv, bias))
        d_side = None if side is None else torch.zeros_like(side, dtype=exact)
        given = qkv, bias, side, ctx.plan, ctx.dropout, ctx.seed, grad
        shared(lambda some: _backward(*given, d_qkv, d_bias, d_side, some), qkv.shape[3])
        return (
            d_qkv.to(qkv.dtype),
            d_bias.to(bias.dtype),
            None if d_side is None or side is None else d_side.to(side.dtype),
            None,
            None,
        )


def _forward(
    qkv: Tensor,
    bias: Tensor,
    side: Tensor | None,
    plan: Plan,
    dropout: float,
    seed: int,
    out: Tensor,
    heads: slice,
) -> None:
    work = _Pass(qkv, bias, side, plan, heads)
    for index, tile in enumerate(plan.tiles):
        weights = work.softmax(tile, work.gathered(tile, work.k, "keys"))
        if dropout:
            weights *= _dropout(weights, dropout, seed, index, heads)
        mixed = torch.bmm(weights.to(work.type), work.gathered(tile, work.v, "values"))
        out[tile.row, tile.q0 : tile.q1, heads] = mixed.transpose(0, 1)


def _backward(
    qkv: Tensor,
    bias: Tensor,
    side: Tensor | None,
    plan: Plan,
    dropout: float,
    seed: int,
    grad: Tensor,
    d_qkv: Tensor,
    d_bias: Tensor,
    d_side: Tensor | None,
    heads: slice,
) -> None:
    work = _Pass(qkv, bias, side, plan, heads)
    d_q, d_k, d_v = d_qkv[:, :, :, heads].permute(2, 0, 3, 1, 4)
    d_bias, d_side = d_bias[heads], None if d_side is None else d_side[heads]
    back_k, back_v = _Back(work, d_k), _Back(work, d_v)
    for index, tile in enumerate(plan.tiles):
        at, near, far = slice(tile.q0, tile.q1), tile.k1 - tile.k0, tile.far
        keys = work.gathered(tile, work.k, "keys")
        values = work.gathered(tile, work.v, "values")
        weights = work.softmax(tile, keys)
        kept = _dropout(weights, dropout, seed, index, heads) if dropout else None
        above = grad[tile.row, at, heads].transpose(0, 1)
        passed = (weights if kept is None else weights * kept).to(work.type)
        back_v.add(tile, passed.transpose(1, 2), above)
        d_scores = work.buffers.take("scores", work.exact, *weights.shape)
        _set_product(d_scores, above, values.transpose(1, 2))
        if kept is not None:
            d_scores *= kept
        torch.ops.aten._softmax_backward_data.out(
            d_scores, weights, -1, work.exact, grad_input=d_scores
        )
        rows = tile.q1 - tile.q0
        d_bias[:, :rows, tile.column : tile.column + near] += d_scores[:, :, far:]
        if d_side is not None:
            for begin, end, start in tile.runs:
                d_side[:, start : start + far] += d_scores[:, begin:end, :far].sum(1)
        d_low = d_scores.to(work.type)
        d_q[tile.row, :, at] = torch.bmm(d_low, keys)
        back_k.add(tile, d_low.transpose(1, 2), work.q[tile.row, :, at])
    back_k.flush()
    back_v.flush()
