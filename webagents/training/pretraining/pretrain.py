"""Pre-training from its settings to a model on disk."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

from webagents.data.corpora import Corpus
from webagents.data.corpora.corpus import Row
from webagents.data.stream import Stream
from webagents.errors import UserError
from webagents.models import HtmlT5
from webagents.models.tokenizer import load_tokenizer
from webagents.progress import Shown, silent
from webagents.training.denoising import Denoiser, Sentinels, mixture
from webagents.training.denoising.corruption import Tokens
from webagents.training.pretraining.lanes import DenoisingLane
from webagents.training.pretraining.settings import Pretraining
from webagents.training.pretraining.validation import Validation
from webagents.training.running import train
from webagents.training.running.folders import MODEL, open_run
from webagents.training.starting import starting_model

log = logging.getLogger(__name__)


def pretrain(config: Pretraining, *, progress: Shown = silent) -> Path:
    """Pre-trains a model; gives the folder it is in, with its tokenizer.

    Raises:
        UserError: the corpus, the model or the tokenizer cannot be read, `config.out` is taken, or
            the objectives do not fit.
        TrainingDiverged: see `running.train`; so for KeyboardInterrupt.
    """
    corpus = Corpus(config.corpus)
    tokenizer = load_tokenizer(config.tokenizer)
    denoiser = Denoiser(
        mixture(config.objectives),
        Sentinels.of(tokenizer),
        inputs_length=config.inputs_length,
        seed=config.seed,
    )
    model = starting_model(config.model, tokenizer, config.changes, seed=config.seed)
    if type(model) is not HtmlT5:
        raise UserError(
            f"{config.model} does not read text alone, and pages are all there is to pre-train on; "
            "webagents train teaches it from demonstrations"
        )
    pad = int(model.config.pad_token_id)
    rows = config.batch // config.lanes

    def documents(number: int) -> Stream[Row]:
        return corpus.stream(seed=config.seed, rank=number, of=config.lanes, **config.chosen())

    def tokens_of(text: str) -> Tokens:
        return np.array(tokenizer(text, add_special_tokens=False).input_ids, np.int32)

    def lane(number: int) -> DenoisingLane:
        return DenoisingLane(
            number=number,
            documents=lambda: documents(number),
            tokens_of=tokens_of,
            denoiser=denoiser,
            rows=rows,
            together=config.together,
            window=config.window,
            pad=pad,
        )

    if any(len(documents(number)) == 0 for number in range(config.lanes)):
        raise UserError(f"{config.corpus} has too few documents of this choice for each lane")
    held_out = corpus.rows(columns=("html",), split="validation", **config.chosen())
    validation = Validation(
        (tokens_of(row["html"]) for row in held_out),
        denoiser,
        examples=config.validation_examples,
        rows=rows,
        pad=pad,
    )
    if not validation.batches:
        log.warning("the corpus has no validation split of this choice: nothing is validated")
    validate = validation if validation.batches else None
    if open_run(config, "pre-training", known={"corpus": corpus.known["made"]["config"]}):
        tokenizer.save_pretrained(config.out / MODEL)
    train(model, lane, config, validate=validate, progress=progress)
    return config.out / MODEL
