"""Signs that training goes wrong, seen before the loss shows them, and how to compare settings.

    watch = Monitors(model, optimizer)
    with watch.measuring():
        ...                                        # forward, backward
    optimizer.step()
    values, warnings = watch.read()

Source: Wortsman et al. 2023, Small-scale proxies for large-scale Transformer training
instabilities. Its qk-layernorm and z-loss are settings of the model (`HtmlT5Config`), its
independent weight decay is the optimiser's (`OptimizerConfig`).
"""

from webagents.training.stability.attention import largest_logit
from webagents.training.stability.likeness import likeness
from webagents.training.stability.monitors import Monitors, Reading
from webagents.training.stability.sensitivity import (
    LEARNING_RATES,
    lr_sensitivity,
    predicted_max_logit,
)
from webagents.training.stability.worries import ALARM, WARN

__all__ = [
    "ALARM",
    "LEARNING_RATES",
    "WARN",
    "Monitors",
    "Reading",
    "largest_logit",
    "likeness",
    "lr_sensitivity",
    "predicted_max_logit",
]
