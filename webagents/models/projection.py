"""Linear layers without bias, by the faster of a processor's two libraries.

PyTorch multiplies float32 matrices on a processor with MKL. oneDNN, which it uses for other types,
takes a tenth less time for x w^T and for the gradient of x on the AMD Zen 4 tried; the gradient of
w is faster in MKL.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

_FASTER = torch.backends.mkldnn.is_available() and hasattr(
    torch.ops.mkldnn, "_linear_pointwise"
)  # its name is PyTorch's own affair, so that it may go

_MANY = 256
"""Rows from which on the product is large enough for the difference to show."""


def _product(x: Tensor, weight: Tensor) -> Tensor:
    out: Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, None, "none", [], "")
    return out


class _Product(torch.autograd.Function):
    """x w^T: (rows, a) and (b, a) to (rows, b)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return _product(x, weight)

    @staticmethod
    def backward(ctx: Any, up: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, weight = ctx.saved_tensors
        d_x = _product(up, weight.T) if ctx.needs_input_grad[0] else None
        return d_x, up.T @ x if ctx.needs_input_grad[1] else None


class Projection(nn.Linear):
    """A linear layer without bias: (..., a) to (..., b)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """X w^T."""
        if (
            x.device.type == "cpu"
            and x.dtype == self.weight.dtype == torch.float32
            and x.numel() >= _MANY * x.shape[-1]
            and _FASTER
            and not torch.is_autocast_enabled("cpu")
            and not torch.compiler.is_compiling()
        ):
            result: Tensor = _Product.apply(x.flatten(0, -2), self.weight)
            return result.unflatten(0, x.shape[:-1])
        return functional.linear(x, self.weight)
