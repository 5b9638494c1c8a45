"""From a model and its settings to the optimiser."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd
from torch.optim import AdamW, Optimizer

from webagents.training.optimizers.adafactor import IndependentAdafactor
from webagents.training.optimizers.adam_atan2 import AdamAtan2
from webagents.training.optimizers.config import OptimizerConfig

SHARDABLE = ("adamw", "adam-atan2")
"""Optimisers that treat every number by itself and so do not care how tensors are cut (FSDP).
Adafactor needs whole tensors: it takes means of rows and columns, and of a tensor's squares."""

_FUSED = ("cpu", "cuda")
"""Devices on which one call moves all tensors; on a processor in a sixth of the time."""


def optimizer_for(model: nn.Module, config: OptimizerConfig) -> Optimizer:
    """The optimiser of a model's trainable weights, in two groups: decayed ones and the others.

    The learning rate is the highest one; whoever trains sets each group's "lr" at every step
    (`learning_rate_at`). Weight decay is made independent of the learning rate: a step takes
    lr times the group's weight decay off a weight, which therefore is lambda / highest rate.

    Saved by ``state_dict`` and loaded, it goes on with the same bits, as long as weights are
    float32. With FSDP make it after the model is wrapped, and see `SHARDABLE`.

    Source: Wortsman et al. 2023, Small-scale proxies, section 3.2.2 (independent weight decay).
    """
    decay = config.weight_decay / config.learning_rate
    chosen = decayed(model)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    groups: list[dict[str, Any]] = [
        {"params": [weight for weight in weights if weight in chosen], "weight_decay": decay},
        {"params": [weight for weight in weights if weight not in chosen], "weight_decay": 0.0},
    ]
    lr = config.learning_rate
    if config.optimizer == "adafactor":
        return IndependentAdafactor(groups, lr=lr)
    if config.optimizer == "adam-atan2":
        return AdamAtan2(groups, lr=lr, betas=config.betas)
    fused = all(weight.device.type in _FUSED and weight.is_floating_point() for weight in weights)
    return AdamW(groups, lr=lr, betas=config.betas, eps=config.epsilon, fused=fused or None)


def decayed(model: nn.Module) -> set[Tensor]:
    """The weights that decay: those of linear layers and convolutions.

    Not norms, biases, tables of position biases, nor embeddings, an output layer tied to one
    included: the row of a rare token has no gradient for most steps, and would only fade. The layer
    says what a weight is, not its number of dimensions, which sharding may change.
    """
    tables = {
        weight
        for module in model.modules()
        if isinstance(module, nn.Embedding)
        for weight in module.parameters(recurse=False)
    }
    return {
        module.weight
        for module in model.modules()
        if isinstance(module, nn.Linear | _ConvNd) and module.weight not in tables
    }
