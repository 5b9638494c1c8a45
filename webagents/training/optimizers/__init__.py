"""What moves the weights: AdamW, Adafactor, Adam-atan2, and how the learning rate goes.

optimizer = optimizer_for(model, config)
for step in range(steps):
    for group in optimizer.param_groups:
        group["lr"] = learning_rate_at(config, step, steps)
    ...                                        # forward, backward
    optimizer.step()
"""

from webagents.training.optimizers.adafactor import IndependentAdafactor
from webagents.training.optimizers.adam_atan2 import AdamAtan2
from webagents.training.optimizers.config import OptimizerConfig
from webagents.training.optimizers.making import SHARDABLE, decayed, optimizer_for
from webagents.training.optimizers.schedules import learning_rate_at

__all__ = [
    "SHARDABLE",
    "AdamAtan2",
    "IndependentAdafactor",
    "OptimizerConfig",
    "decayed",
    "learning_rate_at",
    "optimizer_for",
]
