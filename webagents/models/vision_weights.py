"""Weights of vision transformers from files, under whichever names they have there.

`transformers` has queries, keys and values apart where timm has them in one matrix; all else is
the same numbers under other names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from webagents.errors import UserError, clipped

_FILES = ("model.safetensors", "pytorch_model.bin", "*.safetensors", "*.pth", "*.pt", "*.bin")
_THEIRS = "embeddings.patch_embeddings.projection.weight"
"""A name that tells `transformers`' ViT and Dinov2 from others."""

_PLACES = (
    (r"^embeddings\.cls_token$", "cls_token"),
    (r"^embeddings\.position_embeddings$", "pos_embed"),
    (r"^embeddings\.patch_embeddings\.projection\.", "patch_embed.proj."),
    (r"^layernorm\.", "norm."),
    (r"^encoder\.layer\.(\d+)\.", r"blocks.\1."),
    (r"\.attention\.attention\.(query|key|value)\.", r".attn.\1."),
    (r"\.attention\.output\.dense\.", ".attn.proj."),
    (r"\.layernorm_before\.", ".norm1."),
    (r"\.layernorm_after\.", ".norm2."),
    (r"\.intermediate\.dense\.", ".mlp.fc1."),
    (r"(blocks\.\d+)\.output\.dense\.", r"\1.mlp.fc2."),
    (r"\.layer_scale([12])\.lambda1$", r".ls\1.gamma"),
)
_QKV = ("query", "key", "value")


def loaded(source: Path, vit: Any, name: str) -> dict[str, Tensor]:
    """All weights of a transformer, shaped as it wants them.

    source: a file, or a folder that has one.
    vit: timm's transformer, and its name for messages.

    Raises:
        UserError: there is no file, or it holds another transformer's weights.
    """
    timms = import_module("timm.models.vision_transformer")
    state = renamed(_read(_file(source)))
    try:
        if isinstance(vit, timms.VisionTransformer):
            state = timms.checkpoint_filter_fn(state, vit)  # sizes of pictures and patches, too
    except (RuntimeError, KeyError, ValueError, AssertionError) as error:
        raise UserError(f"{source} does not hold the weights of {name}: {error}") from error
    wanted = vit.state_dict()
    wrong = [key for key in wanted if key not in state or state[key].shape != wanted[key].shape]
    if wrong:
        found = state.get(wrong[0])
        told = "missing" if found is None else f"{tuple(found.shape)}"
        raise UserError(
            f"{source} does not hold the weights of {name}: {wrong[0]} is {told}, it has to be "
            f"{tuple(wanted[wrong[0]].shape)}; so for {len(wrong)} of {len(wanted)}"
        )
    return {key: state[key] for key in wanted}


def renamed(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights under timm's names; those of other origin than `transformers` as they are."""
    first = next((key for key in state if key.endswith(_THEIRS)), None)
    if first is None:
        return dict(state)
    prefix = first.removesuffix(_THEIRS)
    result: dict[str, Tensor] = {}
    parts: dict[str, dict[str, Tensor]] = {}
    for key, tensor in state.items():
        place = key.removeprefix(prefix)
        if not key.startswith(prefix) or place == "embeddings.mask_token":
            continue
        for pattern, new in _PLACES:
            place = re.sub(pattern, new, place)
        part = next((part for part in _QKV if f".attn.{part}." in place), None)
        if part is None:
            result[place] = tensor
        else:
            parts.setdefault(place.replace(f".{part}.", ".qkv."), {})[part] = tensor
    for place, found in parts.items():
        result[place] = torch.cat([found[part] for part in _QKV if part in found])
    return result


def _file(source: Path) -> Path:
    if source.is_file():
        return source
    for pattern in _FILES:
        found = sorted(source.glob(pattern)) if source.is_dir() else []
        if found:
            return found[0]
    raise UserError(
        f"no weights in {clipped(str(source))}; name a .safetensors or .pth file, or a folder "
        "that has one"
    )


def _read(path: Path) -> dict[str, Tensor]:
    try:
        if path.suffix == ".safetensors":
            tensors: dict[str, Tensor] = load_file(path)
            return tensors
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, OSError, RuntimeError, EOFError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {error}") from error
    except Exception as error:
        # what PyTorch raises of a file that holds code has no base of its own
        if type(error).__name__ != "UnpicklingError":
            raise
        raise UserError(f"{path} cannot be read: {error}") from error
    for key in ("model", "state_dict"):
        if isinstance(found, dict) and isinstance(found.get(key), dict):
            found = found[key]
    if not isinstance(found, dict) or not all(isinstance(v, Tensor) for v in found.values()):
        raise UserError(f"{path} holds no weights by name")
    return found
