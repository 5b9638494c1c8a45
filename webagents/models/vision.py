"""Vision transformers by timm's name: pictures to patch tokens and a class token.

Legend: N pictures, P patches, C width of the transformer, R rows and K columns of pixels.

timm is imported when the first of them is made, and nowhere else.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from webagents.errors import UserError, clipped
from webagents.models.vision_weights import loaded

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
"""Of red, green and blue over ImageNet's training pictures, where 1 is full brightness."""

PRETRAINED = "pretrained"
"""In place of a file: the weights that timm itself gets for a name from the Hugging Face hub."""


class Seen(NamedTuple):
    """What a vision transformer makes of pictures.

    patches: (N, P, C), row by row.
    summary: (N, C), the class token's; None for a transformer without one.
    """

    patches: Tensor
    summary: Tensor | None


class Vision(nn.Module):
    """A vision transformer of timm's, and what brings pictures into its form.

    Pictures smaller than it wants are padded on the right and at the bottom with black, so that
    patches keep to their grid. Colours are normalised as its weights were trained (timm's own
    record of them), by ImageNet's mean and deviation where timm does not say.

    width: C.
    patches: P.
    """

    def __init__(
        self,
        name: str,
        *,
        image_size: int = 224,
        options: Mapping[str, Any] | None = None,
        mean: Sequence[float] | None = None,
        std: Sequence[float] | None = None,
    ) -> None:
        """A transformer with random weights; for others see `load`.

        name: timm's, such as "vit_base_patch16_224" or "vit_small_patch14_dinov2".
        image_size: rows and columns of a picture, a multiple of a patch's.
        options: further arguments of the model's constructor: ``depth``, ``embed_dim`` ...
        mean, std: of a colour, by which it is normalised; None: the weights' own.

        Raises:
            UserError: timm has no such transformer, or it does not take such options.
            ImportError: there is no timm.
        """
        super().__init__()
        self.name, self.image_size, self.options = name, image_size, dict(options or {})
        self.vit = self._made(pretrained=False)
        self.width = int(self.vit.embed_dim)
        self.patches = int(self.vit.patch_embed.num_patches)
        self.first = int(self.vit.num_prefix_tokens)
        own = dict(getattr(self.vit, "pretrained_cfg", None) or {})
        self.mean = tuple(mean or own.get("mean") or IMAGENET_MEAN)
        self.std = tuple(std or own.get("std") or IMAGENET_STD)

    @property
    def summarises(self) -> bool:
        """Whether there is a class token."""
        return bool(self.vit.has_class_token)

    def forward(self, pictures: Tensor) -> Seen:
        """What there is in pictures: uint8 (N, R, K, 3), RGB, of at most `image_size` pixels.

        Raises:
            ValueError: they are no such pictures.
        """
        rows, columns = pictures.shape[1:3]
        fits = max(rows, columns) <= self.image_size
        if pictures.dtype != torch.uint8 or pictures.shape[3:] != (3,) or not fits:
            raise ValueError(
                f"pictures are uint8 (N, rows, columns, 3) of at most {self.image_size} pixels, "
                f"not {str(pictures.dtype).removeprefix('torch.')} {tuple(pictures.shape)}"
            )
        weight = self.vit.patch_embed.proj.weight
        x = pictures.to(weight.dtype) / 255
        x = functional.pad(
            x, (0, 0, 0, self.image_size - columns, 0, self.image_size - rows)
        )  # (N, R, K, 3)
        x = (x - x.new_tensor(self.mean)) / x.new_tensor(self.std)
        tokens = self.vit.forward_features(x.permute(0, 3, 1, 2))  # (N, prefix + P, C)
        return Seen(tokens[:, self.first :], tokens[:, 0] if self.summarises else None)

    def load(self, source: str | Path) -> None:
        """Takes weights, of any picture size: position embeddings are resized, heads left out.

        source: a file (safetensors or PyTorch's) or a folder that has one, with the names of timm,
            of DINOv2's authors, or of `transformers`' ViT and Dinov2; or `PRETRAINED`.

        Raises:
            UserError: there are none, or they are another transformer's.
        """
        if str(source) == PRETRAINED:
            self.vit.load_state_dict(self._made(pretrained=True).state_dict())
        else:
            self.vit.load_state_dict(loaded(Path(source), self.vit, self.name))

    def initialise(self) -> None:
        """Random weights as timm's; what `transformers` says is loaded already stays as it is.

        Source: timm's ``init_weights_vit_timm``: truncated normal of 0.02 for matrices and
        position embeddings; patches as in the ViT of Dosovitskiy et al. 2021 (fan in).
        """
        from transformers import initialization

        for name, weight in self.vit.named_parameters():
            last = name.rpartition(".")[2]
            if last == "gamma":  # layer scale
                initialization.constant_(weight, float(self.options.get("init_values", 1e-5)))
            elif last == "bias":
                initialization.zeros_(weight)
            elif last in ("cls_token", "reg_token"):
                initialization.normal_(weight, std=1e-6)
            elif weight.ndim == 1:
                initialization.ones_(weight)
            elif name.startswith("patch_embed"):
                initialization.trunc_normal_(weight, std=weight[0].numel() ** -0.5)
            else:
                initialization.trunc_normal_(weight, std=0.02)

    def _made(self, *, pretrained: bool) -> Any:
        """The model that timm makes by the name.

        Raises:
            UserError: see `__init__`; or weights cannot be had.
        """
        timm = _timm()
        if not timm.is_model(self.name):
            close = difflib.get_close_matches(self.name, timm.list_models("vit_*"), n=3)
            raise UserError(
                f"timm has no model {clipped(self.name)}; there is {', '.join(close) or 'vit_…'}"
            )
        try:
            made = timm.create_model(
                self.name,
                pretrained=pretrained,
                num_classes=0,
                img_size=self.image_size,
                **self.options,
            )
        except (TypeError, RuntimeError, AssertionError, OSError) as error:
            raise UserError(
                f"timm does not make {self.name} with {self._asked(pretrained)}: {error}"
            ) from error
        if not hasattr(made, "num_prefix_tokens") or not hasattr(made, "has_class_token"):
            raise UserError(
                f"{self.name} is no vision transformer that gives tokens; take one of timm's vit_…"
            )
        return made

    def _asked(self, pretrained: bool) -> str:
        weights = "weights from the hub" if pretrained else "random weights"
        return f"{weights}, img_size={self.image_size}, {self.options or 'no options'}"


def _timm() -> Any:
    """The library, imported the first time.

    Raises:
        ImportError: there is none.
    """
    try:
        return import_module("timm")
    except ModuleNotFoundError as missing:
        raise ImportError(
            "a model that sees needs timm, which is not installed; "
            "install it with: pip install 'webagents-gym[vision]'"
        ) from missing
