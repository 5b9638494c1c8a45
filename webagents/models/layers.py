"""The layers around attention: T5's norm, alone or with global tokens, and the feed-forward layer.

Legend: B batch, T tokens, G global tokens, d width of the stream, F of the feed-forward
layer.

Both have hand-written gradients that go through the rows in pieces that stay in the processor's
cache; written as single operations on whole tensors they would spend their time fetching memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from webagents.models.plan import Plan
from webagents.models.projection import Projection

_PIECE = 1 << 16
"""Numbers of a piece: 256 KiB in float32, and the least that PyTorch gives to two threads."""


def _pieces(rows: int, width: int) -> Iterator[slice]:
    step = max(_PIECE // width, 1)
    for begin in range(0, rows, step):
        yield slice(begin, min(begin + step, rows))


def _exact(x: Tensor) -> torch.dtype:
    """The type to compute in: float32, or what is wider."""
    return torch.promote_types(x.dtype, torch.float32)


def _scale(x: Tensor, epsilon: float) -> Tensor:
    """1 / rms(x) of each row: (rows, 1)."""
    norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=_exact(x))
    return norm.square_().div_(x.shape[-1]).add_(epsilon).rsqrt_()


def _normalise(x: Tensor, weight: Tensor, epsilon: float, out: Tensor) -> None:
    """Writes x / rms(x) * weight, rows of width d, into `out`."""
    scale = _scale(x, epsilon)
    if x.dtype == scale.dtype == out.dtype:
        torch.mul(x, scale, out=out).mul_(weight)
    else:
        out.copy_((x * scale).to(weight.dtype) * weight)


def _normalise_back(
    x: Tensor, weight: Tensor, epsilon: float, up: Tensor, out: Tensor, d_weight: Tensor
) -> None:
    """Writes the gradient for x into `out` and adds the one for the weight to `d_weight`.

    With s = 1 / rms(x): dx = s (w up - x s^2 mean(x w up)).
    """
    scale = _scale(x, epsilon)
    exact = scale.dtype
    wide, up, gain = x.to(exact), up.to(exact), weight.to(exact)
    shared = wide * up
    d_weight.addmv_(shared.T, scale.squeeze(-1))
    factor = (shared @ gain).unsqueeze(-1).mul_(scale.square()).div_(-x.shape[-1])
    result = torch.mul(up, gain, out=out if out.dtype == exact else None)
    result.addcmul_(wide, factor).mul_(scale)
    if result is not out:
        out.copy_(result)


class _Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.epsilon = epsilon
        out = torch.empty_like(x, dtype=weight.dtype)
        rows, target = x.reshape(-1, x.shape[-1]), out.view(-1, x.shape[-1])
        for at in _pieces(*rows.shape):
            _normalise(rows[at], weight, epsilon, target[at])
        return out

    @staticmethod
    def backward(ctx: Any, up: Tensor) -> tuple[Tensor, Tensor, None]:
        x, weight = ctx.saved_tensors
        rows, above = x.reshape(-1, x.shape[-1]), up.reshape(-1, x.shape[-1])
        d_x = torch.empty_like(rows)
        d_weight = torch.zeros_like(weight, dtype=_exact(x))
        for at in _pieces(*rows.shape):
            _normalise_back(rows[at], weight, ctx.epsilon, above[at], d_x[at], d_weight)
        return d_x.view(x.shape), d_weight.to(weight.dtype), None


class RmsNorm(nn.Module):
    """T5's LayerNorm: divides by the root mean square, in float32, and scales; no mean, no bias.

    Source: Zhang and Sennrich 2019; T5's ``T5LayerNorm``.
    """

    def __init__(self, size: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        """(..., d) to (..., d)."""
        result: Tensor = _Norm.apply(x, self.weight, self.epsilon)
        return result


class _NormWithGlobals(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, far_weight: Tensor, epsilon: float, plan: Plan
    ) -> Tensor:
        rows, tokens, width = x.shape
        out = x.new_empty(rows, tokens + plan.globals_, width, dtype=weight.dtype)
        sums = out.new_zeros(rows, plan.globals_ + 1, width)  # the last one: tokens of no block
        for row in range(rows):
            normed = out[row, :tokens]
            for at in _pieces(tokens, width):
                _normalise(x[row, at], weight, epsilon, normed[at])
            _add_blocks(sums[row], normed, plan, row)
            _normalise(sums[row, :-1], far_weight, epsilon, out[row, tokens:])
        ctx.save_for_backward(x, weight, far_weight, sums)
        ctx.epsilon, ctx.plan = epsilon, plan
        return out

    @staticmethod
    def backward(ctx: Any, up: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:
        x, weight, far_weight, sums = ctx.saved_tensors
        rows, tokens, width = x.shape
        d_x = torch.empty_like(x)
        d_weight, d_far = (torch.zeros_like(w, dtype=_exact(w)) for w in (weight, far_weight))
        for row in range(rows):
            d_sums = torch.zeros_like(sums[row])
            far = sums[row, :-1], far_weight, ctx.epsilon, up[row, tokens:]
            _normalise_back(*far, d_sums[:-1], d_far)
            for at in _pieces(tokens, width):
                above = up[row, at] + d_sums[ctx.plan.blocks[row, at]]  # -1 finds the zeros
                near = x[row, at], weight, ctx.epsilon, above
                _normalise_back(*near, d_x[row, at], d_weight)
        return d_x, d_weight.to(weight.dtype), d_far.to(far_weight.dtype), None, None


def _add_blocks(sums: Tensor, normed: Tensor, plan: Plan, row: int) -> None:
    """Adds a row's tokens, (T, d), to the sums of their blocks, (G + 1, d)."""
    full, size, tokens = plan.full[row], plan.block, plan.tokens[row]
    if full > 0:
        torch.sum(normed[: full * size].unflatten(0, (full, size)), 1, out=sums[:full])
        sums[full - 1] += normed[full * size : tokens].sum(0)
    elif full < 0 and plan.blocks is not None:
        ids = plan.blocks[row]
        sums.index_add_(0, torch.where(ids < 0, plan.globals_, ids), normed)


def norm_with_globals(x: Tensor, norm: RmsNorm, far_norm: RmsNorm, plan: Plan) -> Tensor:
    """The normed tokens followed by their global tokens: (B, T, d) to (B, T + G, d).

    A global token is the sum of its block's normed tokens, normed by a norm of its own.
    Source: Guo et al. 2022, LongT5, section 3.1.
    """
    result: Tensor = _NormWithGlobals.apply(x, norm.weight, far_norm.weight, norm.epsilon, plan)
    return result


_SLOPE = 2 * math.sqrt(2 / math.pi)
_CUBE = 0.044715 * _SLOPE


def _gelu_share(x: Tensor, square: Tensor) -> Tensor:
    """The share of x, a number between 0 and 1, that the tanh form of gelu leaves.

    (1 + tanh(z)) / 2 = sigmoid(2 z), and a processor's sigmoid takes a sixth of its tanh's time.
    square: x^2.
    """
    return torch.mul(square, _CUBE).add_(_SLOPE).mul_(x).sigmoid_()


def _multiply(one: Tensor, other: Tensor, out: Tensor) -> None:
    """Writes the product into `out`; `one` may change."""
    if one.dtype == other.dtype == out.dtype:
        torch.mul(one, other, out=out)
    else:
        out.copy_(one.mul_(other))


class _GatedGelu(torch.autograd.Function):
    """gelu(first half) * second half, in pieces: (..., 2 F) to (..., F)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        half = x.shape[-1] // 2
        rows = x.reshape(-1, 2 * half)
        out = x.new_empty(*x.shape[:-1], half)
        target = out.view(-1, half)
        for at in _pieces(*rows.shape):
            gate, linear = rows[at, :half].to(_exact(x)), rows[at, half:]
            gelu = _gelu_share(gate, gate * gate).mul_(gate)
            _multiply(gelu, linear, out=target[at])
        return out

    @staticmethod
    def backward(ctx: Any, up: Tensor) -> Tensor:
        """With s the share and g = gate s the gelu: d gate = s + (g - g s) z'."""
        (x,) = ctx.saved_tensors
        half = x.shape[-1] // 2
        rows, above = x.reshape(-1, 2 * half), up.reshape(-1, half)
        result = torch.empty_like(rows)
        for at in _pieces(*rows.shape):
            gate, linear = rows[at, :half].to(_exact(x)), rows[at, half:]
            square = gate * gate
            share = _gelu_share(gate, square)
            gelu = gate * share
            slope = square.mul_(3 * _CUBE).add_(_SLOPE)
            d_gate = torch.addcmul(gelu, gelu, share, value=-1).mul_(slope).add_(share)
            _multiply(d_gate.mul_(above[at]), linear, out=result[at, :half])
            _multiply(gelu, above[at], out=result[at, half:])
        return result.view(x.shape)


class FeedForward(nn.Module):
    """T5's feed-forward layer: d to F to d, without biases.

    With gate (v1.1): wo(gelu(x w0) * (x w1)), both first weights in one product `wi`, and the tanh
    form of gelu. Without (v1.0): wo(relu(x wi)). Source: Shazeer 2020, GLU variants, section 2.
    """

    def __init__(self, d_model: int, d_ff: int, *, gated: bool, dropout: float) -> None:
        super().__init__()
        self.gated = gated
        self.wi = Projection(d_model, 2 * d_ff if gated else d_ff)
        self.wo = Projection(d_ff, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(..., d) to (..., d)."""
        inner = self.wi(x)
        inner = _GatedGelu.apply(inner) if self.gated else functional.relu(inner)
        result: Tensor = self.wo(self.dropout(inner))
        return result
