"""The model that training begins with."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from webagents.errors import UserError, clipped
from webagents.models import HtmlT5, load_preset

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def starting_model(
    name: str,
    tokenizer: PreTrainedTokenizerBase,
    changes: str = "",
    *,
    seed: int = 0,
) -> HtmlT5:
    """A model with random weights of a size, or one that is in a folder.

    name: of a preset, or a folder's path.
    tokenizer: what the vocabulary and the special tokens follow from.
    changes: fields of the configuration, ``name=value`` with a value of TOML, commas between them.
    seed: what random weights follow from.

    Raises:
        UserError: there is neither preset nor folder, a change cannot be, or the model's vocabulary
            is smaller than the tokenizer's.
    """
    fields = dict(_change(part) for part in changes.split(",") if part.strip())
    torch.manual_seed(seed)
    if Path(name).is_dir():
        if fields:
            raise UserError("changes are for a model that begins anew, not for one from a folder")
        loaded: HtmlT5 = HtmlT5.from_pretrained(name)
        if loaded.config.vocab_size < len(tokenizer):
            raise UserError(
                f"{name} has {loaded.config.vocab_size} tokens, the tokenizer {len(tokenizer)}; "
                "name the tokenizer it was trained with"
            )
        return loaded
    special = {
        "vocab_size": len(tokenizer),
        "pad_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "decoder_start_token_id": tokenizer.pad_token_id,
    }
    try:
        return HtmlT5(load_preset(name, **special | fields))
    except (TypeError, ValueError) as error:
        raise UserError(str(error)) from error


def _change(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError as error:
        raise UserError(
            f"a change is written name=value, such as qk_layernorm=true or d_model=128, "
            f"not {clipped(text)}"
        ) from error
