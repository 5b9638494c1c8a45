"""The loss of a language model and its gradient, without ever holding the probabilities.

Legend: R rows (target tokens), V vocabulary.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

IGNORED = -100
"""The label of what counts for nothing."""

_PIECE = 1 << 17
"""Numbers of a piece: 512 KiB in float32, so that it stays in the processor's cache."""


def cross_entropy(logits: Tensor, labels: Tensor, z_loss: float) -> Tensor:
    """Mean cross-entropy over labels that are not -100, with a z-loss.

    logits: (R, V). labels: (R) int64.
    z_loss: weight of the mean of log(sum of exp(logits))^2.

    Computed in float32. Source: Chowdhery et al. 2022, PaLM, section 5; T5X's
    ``cross_entropy_with_logits``.
    """
    if logits.device.type == "cpu" and not torch.compiler.is_compiling():
        loss: Tensor = _CrossEntropy.apply(logits, labels, z_loss)
        return loss
    exact = logits.float()
    entropy = functional.cross_entropy(exact, labels, ignore_index=IGNORED)
    if not z_loss:
        return entropy
    known = labels != IGNORED
    squares = exact.logsumexp(-1).square() * known
    return entropy + z_loss * squares.sum() / known.sum()


class _CrossEntropy(torch.autograd.Function):
    """The same in pieces of rows; the gradient is made along with the loss, in one pass.

    With p the probabilities, n the log of their normaliser and w the weight of the z-loss, the
    gradient of a row is p (1 + 2 w n) - 1 at its label, divided by how many labels there are.
    """

    @staticmethod
    def forward(ctx: Any, logits: Tensor, labels: Tensor, z_loss: float) -> Tensor:
        exact = torch.promote_types(logits.dtype, torch.float32)
        known = labels != IGNORED
        count = known.sum()
        wanted = ctx.needs_input_grad[0]
        gradient = torch.empty_like(logits) if wanted else None
        total = torch.zeros((), dtype=exact)
        step = max(_PIECE // logits.shape[1], 1)
        for begin in range(0, len(labels), step):
            at = slice(begin, begin + step)
            weight = known[at].to(exact)[:, None] / count
            label = labels[at].clamp(min=0)[:, None]
            row = logits[at].to(exact)
            highest = row.amax(1, keepdim=True)
            powers = (row - highest).exp_()
            sums = powers.sum(1, keepdim=True)
            normaliser = highest + sums.log()
            losses = normaliser - row.gather(1, label) + z_loss * normaliser.square()
            total += losses.mul_(weight).where(weight != 0, 0.0).sum()
            if gradient is not None:
                powers.mul_((1 + 2 * z_loss * normaliser).mul_(weight).div_(sums))
                powers.scatter_add_(1, label, -weight)
                gradient[at] = powers.masked_fill_(weight == 0, 0.0)
        ctx.save_for_backward(gradient)
        return total

    @staticmethod
    def backward(ctx: Any, up: Tensor) -> tuple[Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * up.to(gradient.dtype), None, None
