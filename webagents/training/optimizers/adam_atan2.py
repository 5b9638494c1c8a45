"""Adam with atan2 instead of a division: no epsilon, and no step without bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer


class AdamAtan2(Optimizer):
    """Adam whose update is lr a atan2(m, b sqrt(v)), with both averages corrected for their bias.

    The update depends on no scale of the gradients, is 0 where they are, and at most lr a pi / 2;
    the first is lr a pi / 4 for any gradient, so that a = 4 / pi makes it lr, as Adam's is.

    params: tensors, or groups of them.
    lr: the learning rate.
    betas: the averages of gradients and of their squares.
    weight_decay: times lr, it is what a step takes off a weight before the update.
    a, b: the scales of the update and of the root of the mean square.

    Sources: Everett et al. 2024, Scaling exponents across parameterizations and optimizers, section
    5 (the rule); a = 1.27 and b = 1 are those of lucidrains' ``adam-atan2-pytorch``.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        a: float = 1.27,
        b: float = 1.0,
    ) -> None:
        settings = {"lr": lr, "betas": betas, "weight_decay": weight_decay, "a": a, "b": b}
        super().__init__(params, settings)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Moves every tensor that has a gradient; returns the closure's loss, if there is one."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    self._move(weight, weight.grad, group)
        return loss

    def _move(self, weight: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        state = self.state[weight]
        if not state:
            # a tensor, as in PyTorch's own: sharded state is saved by tensors
            state["step"] = torch.tensor(0.0)
            state["exp_avg"] = torch.zeros_like(weight, memory_format=torch.preserve_format)
            state["exp_avg_sq"] = torch.zeros_like(weight, memory_format=torch.preserve_format)
        state["step"] += 1
        number = float(state["step"])
        (beta1, beta2), lr = group["betas"], group["lr"]
        mean, square = state["exp_avg"], state["exp_avg_sq"]
        mean.lerp_(gradient, 1 - beta1)
        square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        root = (square / (1 - beta2**number)).sqrt_().mul_(group["b"])
        angle = torch.atan2(mean / (1 - beta1**number), root)
        weight.mul_(1 - lr * group["weight_decay"]).add_(angle, alpha=-lr * group["a"])
