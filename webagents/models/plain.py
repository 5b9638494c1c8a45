"""The same attention in plain differentiable operations on whole batches, for any device.

Legend: B batch, T tokens, G global tokens, H heads, D head size, N tiles, L queries of a tile, W
keys of its window.

`tiles.TiledAttention` is this for a processor's caches; `flex` is this for a GPU. It serves where
neither can be had, and as what they are tested against.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from webagents.models.plan import Plan

_HIDDEN = -1e10


def whole_attention(qkv: Tensor, bias: Tensor, mask: Tensor | None, dropout: float) -> Tensor:
    """Attention of all tokens to all: for short inputs, whose scores fit into memory.

    qkv: (B, T, 3, H, D); bias: (H, T, T), see `positions.whole_bias`.
    mask: (B, T) bool, False for padding; None where there is none.

    Returns (B, T, H, D).
    """
    q, k, v = qkv.transpose(1, 3).unbind(2)  # (B, H, T, D)
    if mask is not None:
        hidden = torch.zeros_like(mask, dtype=bias.dtype).masked_fill_(~mask, _HIDDEN)
        bias = bias + hidden[:, None, None]
    return added_attention(q, k, v, bias, dropout).transpose(1, 2)


def added_attention(
    q: Tensor, k: Tensor, v: Tensor, added: Tensor | None, dropout: float
) -> Tensor:
    """Softmax(q k^T + added) v, the softmax in float32; q, k, v, and the result: (B, H, T, D)."""
    exact = torch.promote_types(q.dtype, torch.float32)
    scores = (q @ k.transpose(-1, -2)).to(exact)
    if added is not None:
        scores = scores + added.to(exact)
    weights = functional.dropout(scores.softmax(-1), dropout).to(v.dtype)
    return weights @ v


def plain_attention(
    qkv: Tensor, bias: Tensor, side: Tensor | None, plan: Plan, dropout: float
) -> Tensor:
    """See `tiles.TiledAttention`, whose arguments and result these are."""
    rows, tokens = qkv.shape[0], qkv.shape[1] - plan.globals_
    heads, size = qkv.shape[3:]
    tile, wide = bias.shape[1:]
    more = -tokens % tile
    near = functional.pad(qkv[:, :tokens], (0, 0, 0, 0, 0, 0, 0, more))
    query = near[:, :, 0].unflatten(1, (-1, tile)).transpose(2, 3)  # (B, N, H, L, D)
    reach = (0, 0, 0, 0, plan.left, plan.right)
    keys, values = (
        functional.pad(near[:, :, part], reach).unfold(1, wide, tile) for part in (1, 2)
    )
    exists = torch.ones(rows, tokens, dtype=torch.bool, device=qkv.device)
    exists = exists if plan.mask is None else plan.mask
    exists = functional.pad(exists, (plan.left, plan.right + more)).unfold(1, wide, tile)
    exact = torch.promote_types(qkv.dtype, torch.float32)
    scores = (query @ keys).to(exact) + bias.to(exact)
    scores = scores.masked_fill(~exists[:, :, None, None], _HIDDEN)
    if side is not None and plan.blocks is not None:
        far = qkv[:, tokens:].transpose(1, 3)  # (B, H, 3, G, D)
        blocks = functional.pad(plan.blocks, (0, more), value=-1)
        starts = (plan.globals_ - 1 - blocks).unflatten(1, (-1, tile))
        towards = side.to(exact).unfold(1, plan.globals_, 1)[:, starts].permute(1, 2, 0, 3, 4)
        used = plan.blocks.amax(1) + 1  # (B)
        unused = torch.arange(plan.globals_, device=qkv.device) >= used[:, None]
        towards = towards.masked_fill(unused[:, None, None, None], -torch.inf)
        far_scores = (query @ far[:, None, :, 1].transpose(-1, -2)).to(exact) + towards
        scores = torch.cat([scores, far_scores], -1)
    weights = functional.dropout(scores.softmax(-1), dropout).to(qkv.dtype)
    mixed = weights[..., :wide] @ values.transpose(-1, -2)
    if side is not None and plan.blocks is not None:
        mixed = mixed + weights[..., wide:] @ far[:, None, :, 2]
    return mixed.transpose(2, 3).reshape(rows, -1, heads, size)[:, :tokens]
