"""Attention over windows and global tokens, a few cache-sized tiles of queries at a time.

Legend: B batch, T tokens, G global tokens, H heads, D head size, N tiles of a group, L queries of a
tile, W keys of its window, R queries of a group (N L), F global tokens that they see.

What is masked by distance is never computed, queries, keys and values are read where the
projections left them, and scores live in one small buffer that is used again for every group of
tiles. The backward pass computes them anew. One pass over a layer is one node of autograd. What is
in bfloat16 goes another way, see `narrow`, where the processor has products for it.

Source: Dao et al. 2022, FlashAttention, section 3 (recomputation); Guo et al. 2022, LongT5,
section 3.1 (the attention).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from webagents.models import narrow
from webagents.models.crew import shared
from webagents.models.dropout import drawn
from webagents.models.narrow import Heads
from webagents.models.plan import HIDDEN, Group, Plan
from webagents.models.positions import gathered, towards


class _Head:
    """One head of a layer: what the forward and the backward pass over its groups share.

    Everything is in the type that is computed in, float32 or what is wider.

    memory: what the heads of a thread use in turn, by name.
    """

    def __init__(
        self,
        index: int,
        qkv: Tensor,
        bias: Tensor,
        side: Tensor | None,
        plan: Plan,
        memory: dict[str, Tensor],
    ) -> None:
        exact = torch.promote_types(qkv.dtype, torch.float32)
        self.index, self.plan, self.memory = index, plan, memory
        self.q, self.k, self.v = qkv[:, :, :, index].to(exact).unbind(2)  # (B, T + G, D)
        self.bias = bias[index].to(exact)
        self.tile, self.tokens = bias.shape[1], qkv.shape[1] - plan.globals_
        self.towards = None
        if side is not None and plan.globals_:
            self.towards = towards(side[index].to(exact))

    def scores(self, name: str, group: Group) -> Tensor:
        """The memory of that name as a contiguous (R, F + W), holding whatever was left in it."""
        rows, columns = group.q1 - group.q0, group.far + group.near
        memory = self.memory.get(name)
        if memory is None or memory.numel() < rows * columns:
            memory = self.memory[name] = self.q.new_empty(rows * columns)
        return memory[: rows * columns].view(rows, columns)

    def products(self, group: Group, left: Tensor, right: Tensor, out: Tensor, add: float) -> None:
        """Puts `left`, (R, D), times the keys or values of `right`, (B, T + G, D), into `out`.

        out: (R, F + W), times `add` added to the product.
        """
        row = right[group.row]
        keys = row[group.k0 : group.k1]
        if group.far:
            far = row[self.tokens : self.tokens + group.far]
            out[:, : group.far].addmm_(left, far.T, beta=add)
        if group.sliding:
            near = out.unflatten(0, (-1, self.tile))[:, :, group.far :]
            windows = keys.unfold(0, group.near, self.tile)  # (N, D, W)
            near.baddbmm_(left.unflatten(0, (-1, self.tile)), windows, beta=add)
        else:
            out[:, group.far :].addmm_(left, keys.T, beta=add)

    def mix(self, group: Group, weights: Tensor, source: Tensor, out: Tensor) -> None:
        """Puts the weighted sums of the keys or values of `source` into `out`, (R, D)."""
        row = source[group.row]
        keys = row[group.k0 : group.k1]
        if group.sliding:
            near = weights.unflatten(0, (-1, self.tile))[:, :, group.far :]
            windows = keys.unfold(0, group.near, self.tile).transpose(1, 2)
            out.unflatten(0, (-1, self.tile)).baddbmm_(near, windows, beta=0)
        else:
            out.addmm_(weights[:, group.far :], keys, beta=0)
        if group.far:
            far = row[self.tokens : self.tokens + group.far]
            out.addmm_(weights[:, : group.far], far)

    def spread(self, group: Group, weights: Tensor, source: Tensor, target: Tensor) -> None:
        """Adds `source`, (R, D), times the weights, to the keys of `target`, (B, T + G, D)."""
        row = target[group.row]
        near = weights[:, group.far :]
        if group.far:
            far = row[self.tokens : self.tokens + group.far]
            far.addmm_(weights[:, : group.far].T, source)
        if group.sliding:
            for tile in group.tiles:
                rows = slice(tile.q0 - group.q0, tile.q1 - group.q0)
                row[tile.k0 : tile.k1].addmm_(near[rows].T, source[rows])
        else:
            row[group.k0 : group.k1].addmm_(near.T, source)

    def softmax(self, group: Group) -> Tensor:
        """The attention weights of a group: (R, F + W)."""
        scores = self.scores("weights", group)
        near, far = scores[:, group.far :], scores[:, : group.far]
        if group.sliding:
            near.unflatten(0, (-1, self.tile)).copy_(self.bias)
        else:
            if len(group.tiles) > 1:
                near.fill_(-torch.inf)
            for tile in group.tiles:
                part = near[group.place(tile)]
                part.copy_(self.bias[tile.window])
                if tile.hidden and self.plan.mask is not None:
                    part.masked_fill_(~self.plan.mask[tile.row, tile.k0 : tile.k1], HIDDEN)
        if group.far and self.towards is not None:
            for rows, first, blocks in group.in_blocks(self.plan.globals_):
                known = self.towards[first + 1 : first + 1 + blocks, None, : group.far]
                far[rows].unflatten(0, (blocks, -1)).copy_(known)
        self.products(group, self.q[group.row, group.q0 : group.q1], self.k, scores, 1.0)
        weights: Tensor = torch.ops.aten._softmax.out(scores, -1, False, out=scores)
        return weights


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

        def work(some: slice) -> None:
            if _narrow(qkv):
                narrow.forward(Heads(some, qkv, bias, side, plan), dropout, ctx.seed, out)
                return
            memory: dict[str, Tensor] = {}
            mine = range(some.start, some.stop)
            share = [_Head(index, qkv, bias, side, plan, memory) for index in mine]
            _forward(share, plan, dropout, ctx.seed, out)

        shared(work, heads)
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor | None, None, None]:
        """See the class."""
        qkv, bias, side = ctx.saved_tensors
        exact = torch.promote_types(qkv.dtype, torch.float32)
        d_qkv = torch.zeros_like(qkv, dtype=qkv.dtype if _narrow(qkv) else exact)
        d_bias = torch.zeros_like(bias, dtype=exact)
        d_side = None if side is None else torch.zeros_like(side, dtype=exact)

        def work(some: slice) -> None:
            if _narrow(qkv):
                heads = Heads(some, qkv, bias, side, ctx.plan)
                narrow.backward(heads, ctx.dropout, ctx.seed, grad, d_qkv, d_bias, d_side)
                return
            memory: dict[str, Tensor] = {}
            mine = range(some.start, some.stop)
            share = [_Head(index, qkv, bias, side, ctx.plan, memory) for index in mine]
            _backward(share, ctx.plan, ctx.dropout, ctx.seed, grad, d_qkv, d_bias, d_side)

        shared(work, qkv.shape[3])
        return (
            d_qkv.to(qkv.dtype),
            d_bias.to(bias.dtype),
            None if d_side is None or side is None else d_side.to(side.dtype),
            None,
            None,
        )


def _narrow(qkv: Tensor) -> bool:
    """Whether products are taken in bfloat16."""
    return qkv.dtype is torch.bfloat16 and narrow.FAST


def _forward(heads: list[_Head], plan: Plan, dropout: float, seed: int, out: Tensor) -> None:
    """Writes the results of some heads into `out`, (B, T, H, D)."""
    for number, group in enumerate(plan.groups):
        for head in heads:  # within a group, so that what lies side by side is read together
            weights = head.softmax(group)
            if dropout:
                weights *= drawn(weights, dropout, seed, number, head.index)
            target = out[group.row, group.q0 : group.q1, head.index]
            same = target.dtype == weights.dtype
            mixed = target if same else weights.new_empty(target.shape)
            head.mix(group, weights, head.v, mixed)
            if not same:
                target.copy_(mixed)


def _backward(
    heads: list[_Head],
    plan: Plan,
    dropout: float,
    seed: int,
    grad: Tensor,
    d_qkv: Tensor,
    d_bias: Tensor,
    d_side: Tensor | None,
) -> None:
    """Adds what some heads, given grad, (B, T, H, D), give the gradients of the arguments."""
    targets = [_Gradients(head, d_qkv, d_bias) for head in heads]
    for number, group in enumerate(plan.groups):
        at = group.row, slice(group.q0, group.q1)
        for head, target in zip(heads, targets, strict=True):
            weights = head.softmax(group)
            kept = drawn(weights, dropout, seed, number, head.index) if dropout else None
            above = grad[(*at, head.index)].to(weights.dtype)
            head.spread(group, weights if kept is None else weights * kept, above, target.v)
            d_scores = head.scores("d_scores", group)
            head.products(group, above, head.v, d_scores, 0.0)
            if kept is not None:
                d_scores *= kept
            torch.ops.aten._softmax_backward_data.out(
                d_scores, weights, -1, weights.dtype, grad_input=d_scores
            )
            target.add_biases(group, d_scores)
            head.mix(group, d_scores, head.k, target.q[at])
            head.spread(group, d_scores, head.q[at], target.k)
    if d_side is not None:
        for target in targets:
            target.add_side(d_side)


class _Gradients:
    """Where the gradients of one head go.

    d_qkv: (B, T + G, 3, H, D). d_bias: (H, L, W).
    """

    def __init__(self, head: _Head, d_qkv: Tensor, d_bias: Tensor) -> None:
        self.head = head
        self.q, self.k, self.v = d_qkv[:, :, :, head.index].unbind(2)
        self.bias = d_bias[head.index]
        self.towards = None if head.towards is None else torch.zeros_like(head.towards)

    def add_biases(self, group: Group, d_scores: Tensor) -> None:
        """Adds those of a group's biases, which are those of its scores, (R, F + W)."""
        near, far = d_scores[:, group.far :], d_scores[:, : group.far]
        if group.sliding:
            self.bias += near.unflatten(0, (-1, self.head.tile)).sum(0)
        else:
            for tile in group.tiles:
                self.bias[tile.window] += near[group.place(tile)]
        if group.far and self.towards is not None:
            for rows, first, blocks in group.in_blocks(self.head.plan.globals_):
                found = far[rows].unflatten(0, (blocks, -1)).sum(1)
                self.towards[first + 1 : first + 1 + blocks, : group.far] += found

    def add_side(self, d_side: Tensor) -> None:
        """Adds what has gathered in `towards` to the side biases'."""
        if self.towards is not None:
            d_side[self.head.index] += gathered(self.towards)
