"""Adafactor as T5X has it, with independent weight decay."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from transformers.optimization import Adafactor


class IndependentAdafactor(Adafactor):  # type: ignore[misc]
    """`transformers`' Adafactor with T5X's settings and a weight decay that no tensor scales.

    The learning rate is relative: an update is lr max(1e-3, rms(weight)) times the scaled gradient,
    whose root mean square is held at 1 at most. Mean squares are averaged with 1 - step^-0.8, as an
    outer product of their rows and columns for matrices. There is no first moment.

    params: tensors, or groups of them. A group's "weight_decay" times lr is what a step takes off a
        weight before the update; the library's own would be multiplied by the weight's root mean
        square as well.
    lr: the learning rate; T5 takes 1 / sqrt(max(step, 10,000)) to pre-train, 1e-3 to fine-tune.

    PyTorch's own Adafactor was not taken: it caps the learning rate at 1 / sqrt(step).
    T5X differs in two ways. It keeps whole mean squares for matrices with a side below 128; and its
    queries, keys and values are three matrices, where HTML-T5 has one, whose root mean square
    makes queries, smaller at the beginning by sqrt(d_kv), move more than they would there.

    Sources: Shazeer and Stern 2018, Adafactor; T5X's ``adafactor.py`` and Raffel et al. 2020, T5,
    section 3.1.2.
    """

    def __init__(
        self, params: Iterable[Tensor] | Iterable[dict[str, Any]], lr: float = 1e-3
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            eps=(1e-30, 1e-3),
            clip_threshold=1.0,
            decay_rate=-0.8,
            beta1=None,
            scale_parameter=True,
            relative_step=False,
        )

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Adds a group, with its weight decay under a name that the library does not read."""
        decay = {"weight_decay": 0.0, "independent_decay": param_group.get("weight_decay", 0.0)}
        super().add_param_group(param_group | decay)

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
                    weight.mul_(1 - group["lr"] * group["independent_decay"])
        super().step()
        return loss
