"""What a run of training is set up by, whatever it trains on."""

from __future__ import annotations

from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from webagents.errors import UserError, check_least
from webagents.training.optimizers import SHARDABLE, OptimizerConfig

FREE = frozenset(
    {
        *("out", "resume", "stop_after", "checkpoint_every", "checkpoints_kept", "threads"),
        *("monitor_every", "validate_every", "sharding", "play_workers"),
    }
)
"""Settings that change nothing of what is learned, and may differ when a run is resumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running(OptimizerConfig):
    """How a model is trained.

    out: the run's folder: its model, checkpoints, ``metrics.jsonl``, TensorBoard logs, plots.
    steps: optimiser steps of the whole run.
    batch: examples a step.
    lanes: micro-batches a step is put together of. More take less memory; the number of processes
        has to divide it. Part of the recipe: other lanes, other batches.
    clip_norm: what the gradient's norm is cut to; 0 for never.
    precision: float32 or bfloat16 (mixed: weights stay float32).
    gradient_checkpointing: whether activations are computed anew in the backward pass: less memory,
        about a third more time.
    sharding: with several processes, none (each holds all: DDP) or fsdp (each holds a part).
    threads: processor threads of each process; 0 leaves PyTorch its own choice.
    seed: what everything random follows from.
    validate_every: steps between validations.
    monitor_every: steps between looks at attention, gradients and updates; 0 for never.
    checkpoint_every: steps between checkpoints.
    checkpoints_kept: how many of the latest checkpoints stay.
    stop_after: minutes after which the run makes a checkpoint and stops, to be resumed; 0 for
        never.
    resume: go on with the run in `out`.
    """

    out: Path
    steps: int
    batch: int = 32
    lanes: int = 1
    clip_norm: float = 1.0
    precision: Literal["float32", "bfloat16"] = "float32"
    gradient_checkpointing: bool = False
    sharding: Literal["none", "fsdp"] = "none"
    threads: int = 0
    seed: int = 0
    validate_every: int = 500
    monitor_every: int = 50
    checkpoint_every: int = 500
    checkpoints_kept: int = 2
    stop_after: float = 0.0
    resume: bool = False

    def __post_init__(self) -> None:
        OptimizerConfig.__post_init__(self)
        check_least(self, steps=1, batch=1, lanes=1, checkpoint_every=1, validate_every=1)
        check_least(self, monitor_every=0, threads=0, clip_norm=0, stop_after=0)
        check_least(self, checkpoints_kept=1)  # or a run could not be resumed
        if self.sharding == "fsdp" and self.optimizer not in SHARDABLE:
            raise UserError(
                f"{self.optimizer} needs whole tensors, which sharding cuts; with sharding the "
                f"optimizers are {', '.join(SHARDABLE)}"
            )
        if self.batch % self.lanes:
            raise UserError(f"a batch of {self.batch} cannot be put together of {self.lanes} lanes")

    def as_dict(self) -> dict[str, Any]:
        """The settings as JSON values."""
        return {name: _as_json(value) for name, value in asdict(self).items()}

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """What each setting is where nothing is said of it, as JSON values."""
        return {
            field.name: _as_json(field.default)
            for field in fields(cls)
            if field.default is not MISSING
        }


def _as_json(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_as_json(part) for part in value]
    return str(value) if isinstance(value, Path) else value
