"""The loop: one step after the other, from wherever the run stands to its end."""

from __future__ import annotations

import contextlib
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from webagents.errors import TrainingDiverged
from webagents.progress import Finished, Shown, Tally, duration, silent
from webagents.training.optimizers import learning_rate_at, optimizer_for
from webagents.training.running.checkpoints import Progress, restore, save
from webagents.training.running.folders import keep_model
from webagents.training.running.lanes import Lane, MicroBatch, ahead
from webagents.training.running.metrics import Metrics
from webagents.training.running.plots import draw
from webagents.training.running.processes import accelerator_for, lanes_of
from webagents.training.running.settings import Running
from webagents.training.running.stopping import asked_to_stop
from webagents.training.stability import Monitors

log = logging.getLogger(__name__)

Validate = Callable[[nn.Module, int, int], Mapping[str, float]]
"""Sums of figures over the part of the validation data that is of process `rank` of `of`, and under
"tokens" what they are to be divided by: ``validate(model, rank, of)``."""


class Trained(NamedTuple):
    """A run that has come to its end.

    model: on the processor or GPU it was trained on, in evaluation mode.
    step: how many steps were done.
    main: whether this process is the one that writes and tells.
    """

    model: PreTrainedModel
    step: int
    main: bool


class StepDone(NamedTuple):
    """What progress is told of a step; `steps` counts its tokens."""

    steps: int
    loss: float
    success: bool | None = None
    void: bool = False


@dataclass(slots=True)
class StepTally(Tally):
    """Counts steps, and tells the loss of the last."""

    unit: str = "steps"
    losses: list[float] = field(default_factory=list)

    def add(self, finished: Finished) -> None:
        """Counts a step of this session."""
        Tally.add(self, finished)
        self.losses = [*self.losses[-19:], getattr(finished, "loss", math.nan)]

    def __str__(self) -> str:
        seconds = max(time.monotonic() - self.started, 1e-9)
        if not self.fresh_done:
            return ""
        left = duration((self.total - self.done) * seconds / self.fresh_done)
        loss = sum(self.losses) / max(len(self.losses), 1)
        return f"loss {loss:.3f} · {self.steps / seconds:,.0f} tokens/s · {left} left"


def train(
    model: PreTrainedModel,
    lane: Callable[[int], Lane],
    settings: Running,
    *,
    validate: Validate | None = None,
    progress: Shown = silent,
) -> Trained:
    """Trains a model to the end of its run, from the latest checkpoint in its folder on.

    model: its forward gives a ``loss``, the mean over labels that are not -100.
    lane: makes the lane of a number, from 0 to below ``settings.lanes``.
    validate: see `Validate`.

    The loss of a step is the mean over all labels of its batch, however they are spread over lanes
    and processes. It is written to ``metrics.jsonl`` with the learning rate, the gradient's norm
    before it is cut, and the tokens so far; and the monitors' figures, where they looked.

    Raises:
        TrainingDiverged: the loss or the gradient is not a finite number.
        KeyboardInterrupt: it was asked to stop, or `settings.stop_after` is over; a checkpoint has
            been made.
        UserError: the checkpoint cannot be read.
    """
    return _Run(model, lane, settings, validate).go(progress)


class _Run:
    def __init__(
        self,
        model: PreTrainedModel,
        lane: Callable[[int], Lane],
        settings: Running,
        validate: Validate | None,
    ) -> None:
        self.settings, self.validate = settings, validate
        self.accelerator = accelerator_for(settings)
        if settings.gradient_checkpointing:
            model.activation_checkpointing_enable()
        self.model, self.optimizer = self.accelerator.prepare(model, optimizer_for(model, settings))
        self.monitors = Monitors(self.plain, self.optimizer)
        start = restore(self.accelerator, settings.out)
        self.step, self.tokens, self.states = start or Progress(0, 0, {})
        self.sources = {
            number: ahead(lane(number).batches(self.states.get(number)))
            for number in lanes_of(self.accelerator, settings.lanes)
        }

    @property
    def plain(self) -> PreTrainedModel:
        """The model without what `accelerate` put around it."""
        module: PreTrainedModel = self.accelerator.unwrap_model(self.model)
        return module

    @property
    def main(self) -> bool:
        """Whether this process writes and tells."""
        return bool(self.accelerator.is_main_process)

    def go(self, progress: Shown) -> Trained:
        """Steps to the end."""
        settings = self.settings
        metrics = Metrics(settings.out, after=self.step) if self.main else None
        tally = StepTally(settings.steps, "training", done=self.step)
        deadline = time.monotonic() + (settings.stop_after * 60 or math.inf)
        with (
            contextlib.ExitStack() as stack,
            (progress if self.main else silent)(tally) as told,
            asked_to_stop() as asked,
        ):
            if metrics:
                stack.callback(metrics.close)
            for source in self.sources.values():
                stack.callback(source.close)  # type: ignore[attr-defined]
            while self.step < settings.steps:
                before = self.tokens
                values = self._step()
                if metrics:
                    metrics.add(self.step, values)
                told(StepDone(self.tokens - before, values["loss"]))
                stop = self._any(asked() or time.monotonic() >= deadline)
                last = self.step == settings.steps
                if self.validate and (last or self.step % settings.validate_every == 0):
                    found = self._validated(self.validate)
                    if metrics:
                        metrics.add(self.step, found)
                if stop or last or self.step % settings.checkpoint_every == 0:
                    self._save()
                if stop and not last:
                    raise KeyboardInterrupt
        self.model.eval()
        return Trained(self.plain, self.step, self.main)

    def _step(self) -> dict[str, float]:
        """One step; its figures."""
        settings, optimizer = self.settings, self.optimizer
        rate = learning_rate_at(settings, self.step, settings.steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        looks = settings.monitor_every and self.step % settings.monitor_every == 0
        batches = self._batches()
        self.model.train()
        with self.monitors.measuring() if looks else contextlib.nullcontext():
            loss = self._backward(batches)
        norm = self.accelerator.clip_grad_norm_(
            self.model.parameters(), settings.clip_norm or math.inf
        )
        values = {"loss": loss, "learning_rate": rate, "gradient_norm": float(norm)}
        if not all(math.isfinite(value) for value in values.values()):
            raise TrainingDiverged(
                f"the loss of step {self.step + 1} is {loss:.3g}, its gradient's norm {norm:.3g}; "
                "lower the learning rate, lengthen the warm-up, or give the model qk_layernorm"
            )
        optimizer.step()
        optimizer.zero_grad()
        self.step += 1
        values["tokens"] = self.tokens
        if looks:
            values |= self._read_monitors()
        return values

    def _batches(self) -> list[dict[str, Tensor]]:
        """The micro-batches of this process, as tensors on its device."""
        taken: list[MicroBatch] = []
        for number, source in self.sources.items():
            taken.append(next(source))
            self.states[number] = taken[-1].state
        return [
            {
                name: torch.from_numpy(array).to(self.accelerator.device, non_blocking=True)
                for name, array in batch.arrays.items()
            }
            for batch in taken
        ]

    def _backward(self, batches: list[dict[str, Tensor]]) -> float:
        """Adds up the gradients of a step's micro-batches; gives the step's loss."""
        labels = torch.stack([batch["labels"].ne(-100).sum() for batch in batches])
        inputs = torch.stack([batch["attention_mask"].sum() for batch in batches])
        sizes = torch.stack([labels.sum(), inputs.sum()]).double()
        total, read = self.accelerator.reduce(sizes, "sum").tolist()
        self.tokens += int(total + read)
        summed = torch.zeros((), device=self.accelerator.device)
        for place, (batch, count) in enumerate(zip(batches, labels, strict=True)):
            waits = place < len(batches) - 1
            with self.accelerator.no_sync(self.model) if waits else contextlib.nullcontext():
                loss = self.model(**batch).loss * count / total
                # DDP and FSDP take the mean over processes; the step's loss is a sum over them.
                self.accelerator.backward(loss * self.accelerator.num_processes)
            summed += loss.detach()
        return float(self.accelerator.reduce(summed, "sum"))

    def _read_monitors(self) -> dict[str, float]:
        values, warnings = self.monitors.read()
        if self.main:
            for warning in warnings:
                log.warning("step %d: %s", self.step, warning)
        return dict(values)

    def _validated(self, validate: Validate) -> dict[str, float]:
        """The figures of the whole validation data."""
        self.model.eval()
        with torch.no_grad(), self.accelerator.autocast():
            sums = validate(
                self.model, self.accelerator.process_index, self.accelerator.num_processes
            )
        names = sorted(sums)
        together = torch.tensor([sums[name] for name in names], dtype=torch.float64)
        summed = self.accelerator.reduce(together.to(self.accelerator.device), "sum").tolist()
        found = dict(zip(names, summed, strict=True))
        tokens = found.pop("tokens")
        return {f"validation_{name}": value / max(tokens, 1) for name, value in found.items()}

    def _any(self, wanted: bool) -> bool:
        """Whether any process wants it."""
        asked = torch.tensor(float(wanted), device=self.accelerator.device)
        return bool(self.accelerator.reduce(asked, "sum") > 0)

    def _save(self) -> None:
        """Makes a checkpoint, and puts the model of now into the run's folder."""
        out, kept = self.settings.out, self.settings.checkpoints_kept
        progress = Progress(self.step, self.tokens, self.states)
        save(self.accelerator, out, progress, kept=kept)
        state = self.accelerator.get_state_dict(self.model)
        if self.main:
            keep_model(self.plain, state, out)
            draw(out)
