"""How much alike an encoder's states are: where all are, it tells nothing of its input.

Legend: B batch, T tokens, d width.
"""

from __future__ import annotations

import torch
from torch import Tensor


@torch.no_grad()
def likeness(states: Tensor, mask: Tensor | None) -> Tensor:
    """The mean cosine between any two tokens' states of an input: float32 (B,), from 0 to 1.

    states: (B, T, d).
    mask: (B, T), 0 for padding; None: all are tokens.

    Of n unit vectors the mean of all n^2 products is the squared length of their mean.
    """
    units = torch.nn.functional.normalize(states.float(), dim=-1)
    real = torch.ones_like(units[..., 0]) if mask is None else mask.ne(0).float()
    mean = (units * real[..., None]).sum(1) / real.sum(1, keepdim=True).clamp(min=1)
    return mean.square().sum(-1)
