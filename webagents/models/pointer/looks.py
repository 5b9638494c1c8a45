"""Pictures of elements as vectors.

Legend: K pictures, S pixels of a side, d width.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from webagents.models.pointer.config import PointerConfig

CHANNELS = (24, 48)
"""Of the two convolutions, each of which halves the picture's sides."""


class Looks(nn.Module):
    """Two convolutions and a linear layer: what an element looks like, as one vector."""

    def __init__(self, config: PointerConfig) -> None:
        super().__init__()
        first, second = CHANNELS
        self.first = nn.Conv2d(3, first, 3, stride=2, padding=1)
        self.second = nn.Conv2d(first, second, 3, stride=2, padding=1)
        self.out = nn.Linear(second * (config.picture // 4) ** 2, config.d_model)

    def forward(self, crops: Tensor) -> Tensor:
        """(K, S, S, 3), uint8, to (K, d)."""
        x = crops.permute(0, 3, 1, 2).to(self.out.weight.dtype) / 127.5 - 1
        x = functional.gelu(self.first(x), approximate="tanh")
        x = functional.gelu(self.second(x), approximate="tanh")
        result: Tensor = self.out(x.flatten(1))
        return result
