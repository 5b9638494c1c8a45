"""The policy of a checkpoint: a folder with a model, its tokenizer and ``prompt.json``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from transformers.utils import CONFIG_NAME

from webagents.errors import UnknownPolicy, UserError, clipped
from webagents.models import HtmlT5, load_model
from webagents.models.kinds import frames_of, reading
from webagents.models.pointer import PointerT5
from webagents.models.tokenizer import load_tokenizer
from webagents.policies.pointer import PointerPolicy
from webagents.policies.sequence import SequencePolicy
from webagents.prompt import FILE as FORM
from webagents.prompt import PromptForm
from webagents.slots import Alphabet
from webagents.types import Policy

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def read_policy(folder: Path) -> Policy:
    """The policy of a checkpoint, of the kind that its model is for.

    Raises:
        UnknownPolicy: a part is missing, broken, or not made for the others.
    """
    if not (folder / FORM).is_file() and (folder / "model" / FORM).is_file():
        raise _no_policy(folder, f"the one of this run is {folder / 'model'}")
    try:
        form = PromptForm.read(folder)
        if not (folder / CONFIG_NAME).is_file():
            raise UserError(f"it has no {CONFIG_NAME}")
        model = load_model(folder)
        with reading("tokenizer"):
            tokenizer = load_tokenizer(folder)
        _check_fit(model, tokenizer, form)
        model.eval()
        model.to("cuda" if torch.cuda.is_available() else "cpu")
        return policy_of(model, tokenizer, form)
    except UserError as error:
        raise _no_policy(folder, str(error)) from error


def _no_policy(folder: Path, why: str) -> UnknownPolicy:
    return UnknownPolicy(f"{clipped(str(folder))} is no checkpoint of a policy: {why}")


def _check_fit(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, form: PromptForm
) -> None:
    """Raises a `UserError` unless model, tokenizer and form are made for each other."""
    config = model.config
    known = config.vocab_size
    if isinstance(model, PointerT5):
        known = config.pieces
        names = config.names
        if not isinstance(names, list) or Alphabet(tuple(names)).size != config.vocab_size:
            raise UserError(
                f"it names {clipped(names)}, which are not the actions of a model with "
                f"{config.vocab_size} symbols"
            )
    else:
        if config.eos_token_id != tokenizer.eos_token_id:
            raise UserError(
                f"its model ends with token {config.eos_token_id}, its tokenizer with "
                f"{tokenizer.eos_token_id}"
            )
        begins = [config.pad_token_id, model.generation_config.decoder_start_token_id]
        if not all(isinstance(each, int) and 0 <= each < known for each in begins):
            raise UserError(
                f"its model pads and begins with {clipped(begins)}, which are not two of its "
                f"{known} tokens"
            )
    if len(tokenizer) > known:
        raise UserError(f"its model knows {known} tokens, its tokenizer {len(tokenizer)}")
    if frames_of(model) != form.screenshots:
        raise UserError(
            f"its model is shown {frames_of(model)} screenshots, its form says {form.screenshots}"
        )


def policy_of(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, form: PromptForm
) -> Policy:
    """The policy of a model in memory, of the kind that the model is for.

    form: how it was trained to be asked.

    Raises:
        UserError: the form is not the model's.
    """
    if isinstance(model, PointerT5):
        return PointerPolicy(model, tokenizer, form)
    assert isinstance(model, HtmlT5)
    return SequencePolicy(model, tokenizer, form)
