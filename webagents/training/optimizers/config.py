"""The settings of an optimiser and of its learning rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from webagents.errors import UserError

OptimizerName = Literal["adamw", "adafactor", "adam-atan2"]
ScheduleName = Literal["cosine", "inverse-sqrt", "constant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerConfig:
    """An optimiser and its learning rate over a run.

    optimizer: "adamw", "adafactor" or "adam-atan2".
    learning_rate: the highest, reached at the end of the warm-up. Adafactor's is relative: it is
        multiplied by a tensor's root mean square (by 1e-3 if that is more).
    betas: the averages of gradients and of their squares (AdamW, Adam-atan2). Adafactor has no
        first and computes the second.
    epsilon: added to the root of the mean square (AdamW alone).
    weight_decay: lambda of the independent weight decay: each step takes the share
        learning rate / highest learning rate * lambda off a weight, however high that rate is.
        See `making.decayed` for which weights.
    warmup_steps: updates over which the learning rate grows in a line from 0.
    schedule: what follows: "cosine" down to `final_learning_rate`, "inverse-sqrt" (of the number
        of the update, no lower than `final_learning_rate`) or "constant".
    final_learning_rate: see `schedule`.

    The defaults of betas, epsilon, weight_decay and final_learning_rate are those of Wortsman et
    al. 2023, Small-scale proxies, section 2.1.

    Raises:
        UserError: a value that cannot be, with what would be right.
    """

    optimizer: OptimizerName = "adamw"
    learning_rate: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.95)
    epsilon: float = 1e-8
    weight_decay: float = 1e-4
    warmup_steps: int = 1000
    schedule: ScheduleName = "cosine"
    final_learning_rate: float = 1e-5

    def __post_init__(self) -> None:
        """Checks the values."""
        for name, value, known in (
            ("optimizer", self.optimizer, get_args(OptimizerName)),
            ("schedule", self.schedule, get_args(ScheduleName)),
        ):
            if value not in known:
                raise UserError(f"no {name} {value!r}; there are {', '.join(known)}")
        for name, right, wanted in (
            ("learning_rate", 0 < self.learning_rate < float("inf"), "above 0"),
            ("epsilon", self.epsilon > 0, "above 0"),
            ("weight_decay", 0 <= self.weight_decay < 1, "at least 0 and below 1"),
            ("warmup_steps", self.warmup_steps >= 0, "at least 0"),
            (
                "betas",
                len(self.betas) == 2 and all(0 <= beta < 1 for beta in self.betas),
                "two numbers of at least 0 and below 1",
            ),
            (
                "final_learning_rate",
                0 <= self.final_learning_rate <= self.learning_rate,
                f"at least 0 and at most the learning rate, {self.learning_rate:g}",
            ),
        ):
            if not right:
                raise UserError(f"{name} is {getattr(self, name)}, it must be {wanted}")
