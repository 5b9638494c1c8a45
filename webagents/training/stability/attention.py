"""The largest attention logit of a layer, without ever holding all of them.

Legend: B batch, T tokens, G global tokens, H heads, D head size, L queries of a piece, W keys they
can reach.
"""

from __future__ import annotations

import torch
from torch import Tensor

from webagents.models.plan import Plan

_PIECE = 128


@torch.no_grad()
def largest_logit(qkv: Tensor, plan: Plan) -> Tensor:
    """The largest |q k| of all pairs of tokens, or a token and a global token, that see each other.

    qkv: (B, T + G, 3, H, D), the global tokens last, as attention takes it (normed, where the model
        does that).

    The position bias, which attention adds, is left out: it grows with no weight of the queries
    and keys. Exact, over all queries, piece by piece: about the cost of the scores of one layer's
    forward pass, in memory for `_PIECE` queries. Returns a float32 scalar, nan if one is.
    """
    tokens = qkv.shape[1] - plan.globals_
    device = qkv.device
    largest = torch.zeros((), device=device)
    real = plan.mask
    far = qkv[:, tokens:, 1] if plan.blocks is not None else qkv[:, :0, 1]
    for q0 in range(0, tokens, _PIECE):
        q1 = min(q0 + _PIECE, tokens)
        k0, k1 = max(q0 - plan.left, 0), min(q1 + plan.right, tokens)
        queries = qkv[:, q0:q1, 0]
        distance = (
            torch.arange(k0, k1, device=device) - torch.arange(q0, q1, device=device)[:, None]
        )
        seen = ((distance >= -plan.left) & (distance <= plan.right))[None]  # (1, L, W)
        if real is not None:
            seen = seen & real[:, None, k0:k1] & real[:, q0:q1, None]
        largest = torch.maximum(largest, _largest(queries, qkv[:, k0:k1, 1], seen))
        if plan.blocks is not None and plan.globals_:
            used = plan.blocks.amax(1, keepdim=True) + 1  # (B, 1): its first global tokens
            seen = (torch.arange(plan.globals_, device=device) < used)[:, None]  # (B, 1, G)
            if real is not None:
                seen = seen & real[:, q0:q1, None]
            largest = torch.maximum(largest, _largest(queries, far, seen))
    return largest


def _largest(queries: Tensor, keys: Tensor, seen: Tensor) -> Tensor:
    """Of (B, L, H, D) and (B, W, H, D), where `seen`, (1 or B, 1 or L, W)."""
    scores = queries.float().transpose(1, 2) @ keys.float().permute(0, 2, 3, 1)  # (B, H, L, W)
    return scores.abs_().masked_fill_(~seen[:, None], 0.0).amax()
