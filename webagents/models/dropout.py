"""Dropout of attention weights that the backward pass draws again rather than keep."""

from __future__ import annotations

import torch
from torch import Tensor


def drawn(like: Tensor, rate: float, seed: int, group: int, head: int) -> Tensor:
    """What to multiply a group's weights by: 0 or 1 / (1 - rate), the same again for the same.

    Each head draws from a generator of its own, so that it matters not which thread has it.
    """
    generator = torch.Generator(like.device).manual_seed(seed + (group << 16) + head)
    return torch.empty_like(like).bernoulli_(1 - rate, generator=generator).div_(1 - rate)
