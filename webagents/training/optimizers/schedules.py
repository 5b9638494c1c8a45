"""The learning rate as a function of the step."""

from __future__ import annotations

import math

from webagents.training.optimizers.config import OptimizerConfig


def learning_rate_at(config: OptimizerConfig, step: int, steps: int) -> float:
    """The learning rate of an update.

    step: from 0. With n = step + 1 and w warm-up steps, the rate is n / w of the highest up to
        update w, which has the highest; a cosine then reaches the final rate at the last update;
        "inverse-sqrt" is sqrt(w / n) of the highest (w = 1 without warm-up).
    steps: updates of the whole run; at later ones the cosine keeps the final rate.

    Sources: Loshchilov and Hutter 2017, SGDR, equation 5 (cosine); T5X's ``rsqrt_decay``, behind
    a warm-up from 0 instead of one at the highest rate.
    """
    number, warmup = step + 1, config.warmup_steps
    highest, final = config.learning_rate, config.final_learning_rate
    if number <= warmup:
        return highest * number / warmup
    if config.schedule == "constant":
        return highest
    if config.schedule == "inverse-sqrt":
        return max(highest * math.sqrt(max(warmup, 1) / number), final)
    share = min((number - warmup) / max(steps - warmup, 1), 1.0)
    return final + (highest - final) * (1 + math.cos(math.pi * share)) / 2
