"""Imitation from its settings to a policy on disk."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from webagents.data import Dataset
from webagents.data.mixing import read_rates
from webagents.data.pictures import decoded
from webagents.data.streaming import episodes
from webagents.models.kinds import frames_of
from webagents.models.tokenizer import load_tokenizer
from webagents.progress import Shown, silent
from webagents.training.imitation.judging import HeldOut
from webagents.training.imitation.lanes import ImitationLane
from webagents.training.imitation.playing import trials_of
from webagents.training.imitation.settings import Imitation
from webagents.training.imitation.teachers import teacher_of
from webagents.training.running import train
from webagents.training.running.folders import LAST, MODEL, open_run
from webagents.training.starting import starting_model

log = logging.getLogger(__name__)


def imitate(config: Imitation, *, progress: Shown = silent) -> Path:
    """Trains a policy; gives the folder of its checkpoint, which `load_policy` reads.

    Raises:
        UserError: the data, the model, the tokenizer or the rates cannot be read, `config.out` is
            taken, there is nothing to learn, no task to play, or the data has no screenshots for a
            model that sees.
        BrowserMissing: trials need a browser, and there is none.
        TrainingDiverged: see `running.train`; so for KeyboardInterrupt.
    """
    tokenizer = load_tokenizer(config.tokenizer)
    known = {str(path): Dataset(path).known["tasks"] for path in config.data}
    model = starting_model(
        config.model,
        tokenizer,
        config.changes,
        text_weights=config.text_weights,
        vision_weights=config.vision_weights,
        seed=config.seed,
    )
    form = replace(config.form, screenshots=frames_of(model))
    pictures = decoded if form.screenshots else None
    rows = config.batch // config.lanes
    trials = trials_of(config, tokenizer, form, known)
    rates = {} if config.rates is None else read_rates(config.rates)
    if open_run(config, "imitation", known={"data": known}):
        for folder in (MODEL, LAST) if trials else (MODEL,):
            tokenizer.save_pretrained(config.out / folder)
            form.save(config.out / folder)

    def lane(number: int) -> ImitationLane:
        return ImitationLane(
            number=number,
            demonstrations=lambda: episodes(
                config.data, pictures=pictures, seed=config.seed, rank=number, of=config.lanes
            ),
            teacher=teacher_of(model, tokenizer, form),
            rows=rows,
            window=config.window,
            seed=config.seed,
            balance=config.balance,
            rates=rates,
            augment=config.augment,
        )

    watched = teacher_of(model, tokenizer, form)
    held_out = HeldOut(
        watched,
        (
            step
            for path in config.held_out
            for step in watched.steps(Dataset(path).demonstrations(pictures=pictures))
        ),
        rows=rows,
    )
    if watched.left_out:
        log.info("left out of validation: %s", dict(watched.left_out))
    validate = held_out if held_out.batches else None
    train(model, lane, config, validate=validate, trials=trials, progress=progress)
    return config.out / MODEL
