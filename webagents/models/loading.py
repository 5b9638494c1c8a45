"""Reading LongT5 and T5 checkpoints of `transformers` as HTML-T5.

The weights are the same numbers under other names; queries, keys and values lie in one matrix
here, and so do the two first matrices of a gated feed-forward layer.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor
from transformers import PretrainedConfig
from transformers.utils import cached_file

from webagents.models.config import HtmlT5Config

_SINGLE = ("model.safetensors", "pytorch_model.bin")
_SAME = (
    *("vocab_size", "d_model", "d_kv", "d_ff", "num_layers", "num_decoder_layers", "num_heads"),
    *("relative_attention_num_buckets", "relative_attention_max_distance", "feed_forward_proj"),
    *("dropout_rate", "layer_norm_epsilon", "initializer_factor", "pad_token_id", "eos_token_id"),
    *("local_radius", "global_block_size", "decoder_start_token_id"),
)
_PLACES = (
    (r"^shared\.weight$", "encoder.embed.weight"),
    (r"^(encoder|decoder)\.final_layer_norm\.", r"\1.norm."),
    (r"block\.0\.layer\.0\.\w+\.relative_attention_bias\.", "bias."),
    (r"block\.0\.layer\.0\.\w+\.global_relative_attention_bias\.", "side_bias."),
    (r"layer\.0\.\w+\.global_input_layer_norm\.", "global_norm."),
    (r"layer\.0\.\w*SelfAttention\.([qkvo])\.", r"attention.\1."),
    (r"layer\.0\.layer_norm\.", "attention_norm."),
    (r"layer\.1\.EncDecAttention\.([qkvo])\.", r"cross.\1."),
    (r"^decoder(.*)layer\.1\.layer_norm\.", r"decoder\1cross_norm."),
    (r"layer\.[12]\.DenseReluDense\.", "mlp."),
    (r"layer\.[12]\.layer_norm\.", "mlp_norm."),
    (r"\.block\.(\d+)\.", r".layers.\1."),
)
_TOGETHER = (
    (r"\.attention\.[qkv]\.", ".attention.qkv.", ("q", "k", "v")),
    (r"\.cross\.[kv]\.", ".cross.kv.", ("k", "v")),
    (r"\.mlp\.wi_[01]\.", ".mlp.wi.", ("wi_0", "wi_1")),
)
# The embedding table again, and a table that early T5s carry without using it.
_IGNORED = re.compile(r"(en|de)coder\.embed_tokens\.|EncDecAttention\.relative_attention_bias\.")


def foreign(
    name: str | os.PathLike[str], options: Mapping[str, Any]
) -> tuple[HtmlT5Config, dict[str, Tensor]] | None:
    """The configuration and the weights of a LongT5 or T5 checkpoint; None for any other.

    name: a folder, or a model's name on the hub.
    options: those of `from_pretrained`; the ones that say where files are taken from are heeded.
    """
    known = ("cache_dir", "force_download", "local_files_only", "token", "revision", "subfolder")
    where = {key: options[key] for key in known if options.get(key) is not None}
    settings, _ = PretrainedConfig.get_config_dict(name, **where)
    if settings.get("model_type") not in ("t5", "longt5"):
        return None
    state = converted(_weights(name, where))
    head = state.get("lm_head.weight")
    tied = head is None or torch.equal(head, state["encoder.embed.weight"])
    if tied:
        state.pop("lm_head.weight", None)
    return configured(settings, tied=tied), state


def configured(settings: Mapping[str, Any], *, tied: bool) -> HtmlT5Config:
    """The configuration that a LongT5's or T5's ``config.json`` means.

    tied: whether the output layer is the embedding table, which only the weights tell:
        `transformers` 5 writes ``tie_word_embeddings: true`` whatever it was, and keeps what the
        flag used to imply, no scaling of the decoder's outputs, as ``scale_decoder_outputs``.
    """
    scaled = settings.get("scale_decoder_outputs", settings.get("tie_word_embeddings", True))
    dense = settings["model_type"] == "t5"
    return HtmlT5Config(
        # T5's and LongT5's own defaults where a file leaves them out
        **{"feed_forward_proj": "relu", "dropout_rate": 0.1, "d_model": 512, "num_heads": 8}
        | {"num_layers": 6, "decoder_start_token_id": 0}
        | {key: settings[key] for key in _SAME if settings.get(key) is not None},
        encoder_attention_type="dense"
        if dense
        else settings.get("encoder_attention_type", "local"),
        tie_word_embeddings=tied,
        scale_decoder_outputs=bool(scaled),
    )


def converted(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights (or anything else named and shaped like them) under HTML-T5's names."""
    result: dict[str, Tensor] = {}
    parts: dict[str, dict[str, Tensor]] = {}
    for name, tensor in state.items():
        if _IGNORED.search(name):
            continue
        for pattern, place in _PLACES:
            name = re.sub(pattern, place, name)
        for pattern, place, order in _TOGETHER:
            if re.search(pattern, name):
                part = next(part for part in order if f".{part}." in name)
                parts.setdefault(re.sub(pattern, place, name), {})[part] = tensor
                break
        else:
            result[name] = tensor
    orders = {place: order for _, place, order in _TOGETHER}
    for name, found in parts.items():
        order = next(order for place, order in orders.items() if place in name)
        result[name] = torch.cat([found[part] for part in order])
    return result


def _weights(name: str | os.PathLike[str], where: Mapping[str, Any]) -> dict[str, Tensor]:
    """All weights of a checkpoint, from one file or from several with an index."""
    missing = {"_raise_exceptions_for_missing_entries": False}
    for single in _SINGLE:
        path = cached_file(name, single, **where, **missing)
        if path is not None:
            return _file(path)
        index = cached_file(name, f"{single}.index.json", **where, **missing)
        if index is not None:
            names = set(json.loads(Path(index).read_text())["weight_map"].values())
            files = [cached_file(name, part, **where) for part in sorted(names)]
            return {key: value for path in files for key, value in _file(path).items()}
    raise FileNotFoundError(
        f"{os.fspath(name)} has no weights: neither {' nor '.join(_SINGLE)}, in one piece or more"
    )


def _file(path: str) -> dict[str, Tensor]:
    if path.endswith(".safetensors"):
        tensors: dict[str, Tensor] = load_file(path)
        return tensors
    loaded: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return loaded
