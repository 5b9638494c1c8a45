"""The loop: one step after the other, from wherever the run stands to its end."""

from __future__ import annotations

import contextlib
import logging
import math
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from webagents.errors import TrainingDiverged
from webagents.progress import Shown, silent
from webagents.training.optimizers import learning_rate_at, optimizer_for
from webagents.training.running.checkpoints import Progress, restore, save
from webagents.training.running.folders import LAST, MODEL, keep_model
from webagents.training.running.lanes import Lane, MicroBatch, State, ahead
from webagents.training.running.metrics import Metrics
from webagents.training.running.plots import draw, draw_trials
from webagents.training.running.processes import accelerator_for, lanes_of
from webagents.training.running.settings import Running
from webagents.training.running.stopping import asked_to_stop
from webagents.training.running.tally import StepDone, StepTally
from webagents.training.running.trials import Adaptive, Trials, Tried, figures, rates_of
from webagents.training.stability import Monitors

log = logging.getLogger(__name__)

DRAWN_EVERY_SECONDS = 60
"""How often the curves are drawn at most, for that takes about a second."""

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


def train(
    model: PreTrainedModel,
    lane: Callable[[int], Lane],
    settings: Running,
    *,
    validate: Validate | None = None,
    trials: Trials | None = None,
    progress: Shown = silent,
) -> Trained:
    """Trains a model to the end of its run, from the latest checkpoint in its folder on.

    model: its forward gives a ``loss``, the mean over labels that are not -100.
    lane: makes the lane of a number, from 0 to below ``settings.lanes``.
    validate: see `Validate`.
    trials: how the run is tried out, see `Trials`. The model folder then keeps the weights of the
        best trial, and lanes that are `Adaptive` go on otherwise after each.

    The loss of a step is the mean over all labels of its batch, however they are spread over lanes
    and processes. It is written to ``metrics.jsonl`` with the learning rate, the gradient's norm
    before it is cut, and the tokens so far; and the monitors' figures, where they looked.

    Raises:
        TrainingDiverged: the loss or the gradient is not a finite number.
        KeyboardInterrupt: it was asked to stop, or `settings.stop_after` is over; a checkpoint has
            been made.
        UserError: the checkpoint cannot be read.
    """
    return _Run(model, lane, settings, validate, trials).go(progress)


class _Run:
    def __init__(
        self,
        model: PreTrainedModel,
        lane: Callable[[int], Lane],
        settings: Running,
        validate: Validate | None,
        trials: Trials | None,
    ) -> None:
        self.settings, self.validate, self.trials = settings, validate, trials
        self.accelerator = accelerator_for(settings)
        if settings.gradient_checkpointing:
            model.activation_checkpointing_enable()
        self.model, self.optimizer = self.accelerator.prepare(model, optimizer_for(model, settings))
        self.monitors = Monitors(self.plain, self.optimizer)
        self.drawn = time.monotonic()
        start = restore(self.accelerator, settings.out)
        self.step, self.tokens, self.states, self.standing = start or Progress(0, 0, {})
        self.lanes = {number: lane(number) for number in lanes_of(self.accelerator, settings.lanes)}
        self.sources = {
            number: ahead(one.batches(self.states.get(number)))
            for number, one in self.lanes.items()
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
        tried = self.standing.tried
        metrics = Metrics(settings.out, after=self.step, tried=tried) if self.main else None
        tally = StepTally(settings.steps, "training", done=self.step)
        deadline = time.monotonic() + (settings.stop_after * 60 or math.inf)
        with (
            contextlib.ExitStack() as stack,
            (progress if self.main else silent)(tally) as told,
            asked_to_stop() as asked,
        ):
            if metrics:
                stack.callback(metrics.close)
            stack.callback(self._close_sources)
            if self._trial(metrics, asked):  # one that the last session did not come to
                self._save(drawing=True)
            elif self._due:
                raise KeyboardInterrupt
            tally.standing = self.standing
            while self.step < settings.steps and not self.over:
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
                if self._due and not stop:
                    self._save(drawing=False)  # a trial takes its time, and may be cut short
                held = not stop and self._trial(metrics, asked)
                tally.standing = self.standing
                stop = stop or self._any(asked())
                ends = stop or last or self.over
                if ends or held or self.step % settings.checkpoint_every == 0:
                    self._save(drawing=ends)
                if stop and (not last or self._due):
                    raise KeyboardInterrupt
        self.model.eval()
        return Trained(self.plain, self.step, self.main)

    @property
    def over(self) -> bool:
        """Whether trials no longer get better."""
        patience = self.trials.patience if self.trials else 0
        return bool(patience) and self.standing.worse >= patience

    @property
    def _due(self) -> bool:
        """Whether this step has a trial that has not been yet."""
        if self.trials is None or self.step <= self.standing.tried:
            return False
        return self.step % self.trials.every == 0 or self.step == self.settings.steps

    def _trial(self, metrics: Metrics | None, asked: Callable[[], bool]) -> bool:
        """Has the weights of now play, where that is due; whether it came to its end."""
        if self.trials is None or not self._due:
            return False
        from accelerate.utils import gather_object

        self.model.eval()
        rank, of = self.accelerator.process_index, self.accelerator.num_processes
        with torch.no_grad():
            played = list(self.trials.play(self.plain, rank, of, asked))
        if self._any(asked()):
            return False
        tried: list[Tried] = gather_object(played)
        rates = rates_of(tried)
        values = figures(rates, tried)
        self.standing = self.standing.after(self.step, values.get("success"))
        if metrics:
            metrics.add(self.step, values)
        if self.standing.best_step == self.step:
            self._keep(MODEL)
        for number, one in self.lanes.items():
            if rates and isinstance(one, Adaptive):
                self._go_on(number, one.after_trial(self.states[number], rates))
        return True

    def _go_on(self, number: int, state: State) -> None:
        """Has a lane go on from another state, if it is another."""
        if state != self.states[number]:
            self.states[number] = state
            self.sources[number].close()  # type: ignore[attr-defined]
            self.sources[number] = ahead(self.lanes[number].batches(state))

    def _close_sources(self) -> None:
        for source in self.sources.values():
            source.close()  # type: ignore[attr-defined]

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

    def _save(self, *, drawing: bool) -> None:
        """Makes a checkpoint, and puts the model of now into the run's folder.

        drawing: whether the curves are drawn in any case, and not only once in a while.
        """
        out, kept = self.settings.out, self.settings.checkpoints_kept
        progress = Progress(self.step, self.tokens, self.states, self.standing)
        save(self.accelerator, out, progress, kept=kept)
        if self.trials is None or self.standing.best is None:
            self._keep(MODEL)
        if self.trials is not None:
            self._keep(LAST)
        if self.main and (drawing or time.monotonic() - self.drawn > DRAWN_EVERY_SECONDS):
            draw(out)
            draw_trials(out)
            self.drawn = time.monotonic()

    def _keep(self, name: str) -> None:
        """Writes the model of now into a folder of the run's."""
        state = self.accelerator.get_state_dict(self.model)
        if self.main:
            keep_model(self.plain, state, self.settings.out / name)
