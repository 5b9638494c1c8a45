"""The model that training begins with."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import PreTrainedModel

from webagents.errors import UserError, clipped
from webagents.models import (
    HtmlT5Config,
    WebGum,
    load_model,
    load_preset,
    make_model,
    preset_names,
)
from webagents.models.pointer import PointerConfig, PointerT5
from webagents.slots import END, START, Alphabet

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_SIZES = (*HtmlT5Config.__annotations__, "names", "pieces", "likeness")
"""What a model that begins as another one has from its configuration."""


def starting_model(
    name: str,
    tokenizer: PreTrainedTokenizerBase,
    changes: str = "",
    *,
    text_weights: str = "",
    vision_weights: str = "",
    seed: int = 0,
) -> PreTrainedModel:
    """A model with random weights of a size, or one that is in a folder.

    name: of a preset, or a folder's path.
    tokenizer: what the vocabulary and the special tokens follow from.
    changes: fields of the configuration, ``name=value`` with a value of TOML, commas between them.
    text_weights: the folder of an HTML-T5, LongT5 or T5 that the part of a size which reads and
        writes is to be, or of a `PointerT5` for one that sees: its weights and its sizes. "" for
        random ones.
    vision_weights: what the part that sees begins with, see `Vision.load`. "" for random ones.
    seed: what random weights follow from.

    Raises:
        UserError: there is neither preset nor folder, a change cannot be, weights cannot be had or
            are for a part that the model does not have, or the model's vocabulary is smaller than
            the tokenizer's.
    """
    fields = dict(_change(part) for part in changes.split(",") if part.strip())
    torch.manual_seed(seed)
    if Path(name).is_dir():
        if fields:
            raise UserError("changes are for a model that begins anew, not for one from a folder")
        if text_weights or vision_weights:
            raise UserError("weights of parts are for a model that begins anew")
        return _of_folder(name, tokenizer)
    special = _special(name, tokenizer)
    try:
        if not text_weights:
            model = make_model(load_preset(name, **special | fields))
        else:
            read = _of_folder(text_weights, tokenizer)
            if isinstance(read, PointerT5) != ("pieces" in special):
                raise UserError(f"{name} and the model in {text_weights} do not read the same way")
            sizes = {key: getattr(read.config, key) for key in _SIZES if hasattr(read.config, key)}
            model = make_model(load_preset(name, **sizes | fields))
            if isinstance(model, WebGum | PointerT5):
                model.begin(text=read)
            else:
                model.load_state_dict(read.state_dict())
        if vision_weights and not isinstance(model, WebGum):
            raise UserError(f"{name} reads text alone; vision_weights are for a size of webgum")
        if isinstance(model, WebGum):
            model.begin(vision=vision_weights)
    except (TypeError, ValueError, RuntimeError) as error:
        raise UserError(str(error)) from error
    return model


def _special(name: str, tokenizer: PreTrainedTokenizerBase) -> dict[str, Any]:
    """What a size's configuration takes from the tokenizer, a pointing one's from the actions."""
    if name in preset_names() and isinstance(load_preset(name), PointerConfig):
        alphabet = Alphabet()
        symbols = {"pad_token_id": START, "eos_token_id": END, "decoder_start_token_id": START}
        sizes = {"vocab_size": alphabet.size, "pieces": len(tokenizer)}
        return {**sizes, **symbols, "names": list(alphabet.names)}
    return {
        "vocab_size": len(tokenizer),
        "pad_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "decoder_start_token_id": tokenizer.pad_token_id,
    }


def _of_folder(folder: str, tokenizer: PreTrainedTokenizerBase) -> PreTrainedModel:
    """The model in a folder, with a vocabulary for the tokenizer."""
    try:
        loaded = load_model(folder)
    except UserError as error:
        raise UserError(f"{clipped(folder)} holds no model to begin with: {error}") from error
    words = "pieces" if isinstance(loaded.config, PointerConfig) else "vocab_size"
    if (known := getattr(loaded.config, words)) < len(tokenizer):
        raise UserError(
            f"{folder} has {known} tokens, the tokenizer {len(tokenizer)}; "
            "name the tokenizer it was trained with"
        )
    return loaded


def _change(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError as error:
        raise UserError(
            f"a change is written name=value, such as qk_layernorm=true or d_model=128, "
            f"not {clipped(text)}"
        ) from error
