"""The same attention through PyTorch's compiled flex attention, for GPUs.

Legend: B batch, T tokens, G global tokens, H heads, D head size.

Global tokens are keys behind the tokens; which keys a query sees and their biases are functions of
the two positions, from which PyTorch compiles one kernel that skips what is hidden.
Source: Dong et al. 2024, Flex Attention.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention.flex_attention import create_block_mask, flex_attention

from webagents.models.plan import Plan


@lru_cache(maxsize=1)
def _compiled() -> Any:
    return torch.compile(flex_attention, dynamic=False)


def block_mask(plan: Plan, rows: int, tokens: int, device: torch.device) -> Any:
    """Which keys each query sees, for all layers of a forward pass."""
    real = plan.mask
    if real is None:
        real = torch.ones(rows, tokens, dtype=torch.bool, device=device)
    used = torch.zeros(rows, dtype=torch.long, device=device)
    if plan.blocks is not None:
        used = plan.blocks.amax(1) + 1

    def seen(row: Tensor, head: Tensor, query: Tensor, key: Tensor) -> Tensor:
        near = key < tokens
        distance = key - query
        within = (distance <= plan.right) & (-distance <= plan.left)
        window = near & within & real[row, key.clamp(max=tokens - 1)]
        itself = key == query  # padding sees itself, so that nothing is divided by zero
        return window | itself | (~near & (key - tokens < used[row]))

    return create_block_mask(seen, rows, None, tokens, tokens + plan.globals_, device=str(device))


def flex_core(
    qkv: Tensor, near: Tensor, side: Tensor | None, plan: Plan, mask: Any, *, compiled: bool = True
) -> Tensor:
    """See `tiles.TiledAttention`, whose `qkv`, `side` and result these are.

    near: (H, left + 1 + right), the bias of each distance from -left on.
    mask: from `block_mask`.
    """
    tokens = qkv.shape[1] - plan.globals_
    query, key, value = (part.transpose(1, 2) for part in qkv.unbind(2))

    def biased(score: Tensor, row: Tensor, head: Tensor, q: Tensor, k: Tensor) -> Tensor:
        distance = (k - q + plan.left).clamp(0, near.shape[1] - 1)
        bias = near[head, distance]
        if side is not None and plan.blocks is not None:
            start = plan.globals_ - 1 - plan.blocks[row, q]
            far = side[head, (start + k - tokens).clamp(0, side.shape[1] - 1)]
            bias = torch.where(k < tokens, bias, far)
        return score + bias

    attend = _compiled() if compiled else flex_attention
    out: Tensor = attend(
        query[:, :, :tokens], key, value, score_mod=biased, block_mask=mask, scale=1.0
    )
    return out.transpose(1, 2)
