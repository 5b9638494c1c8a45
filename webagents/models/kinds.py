"""Models by what their configuration says they are: HTML-T5, WebGUM, or a network over slots."""

from __future__ import annotations

import os
from typing import Any

from transformers import PretrainedConfig, PreTrainedModel

from webagents.models.config import HtmlT5Config
from webagents.models.html_t5 import HtmlT5
from webagents.models.pointer import PointerConfig, PointerT5
from webagents.models.webgum import WebGum
from webagents.models.webgum_config import WebGumConfig

_KINDS: dict[object, type[PreTrainedModel]] = {
    WebGumConfig.model_type: WebGum,
    PointerConfig.model_type: PointerT5,
}


def make_model(config: HtmlT5Config) -> PreTrainedModel:
    """A model with random weights, of the kind that the configuration is for."""
    kind = _KINDS.get(config.model_type, HtmlT5)
    return kind(config)


def load_model(folder: str | os.PathLike[str], **options: Any) -> Any:
    """The model in a folder: a `WebGum`, a `PointerT5`, or an `HtmlT5`, T5 and LongT5 included.

    options: those of ``from_pretrained``, with which more than the model may come back.

    Raises:
        OSError, ValueError and others: what ``from_pretrained`` raises of what it cannot read.
    """
    settings, _ = PretrainedConfig.get_config_dict(folder)
    kind = _KINDS.get(settings.get("model_type"), HtmlT5)
    return kind.from_pretrained(folder, **options)


def frames_of(model: PreTrainedModel) -> int:
    """How many of the latest screenshots a model is shown; 0 for one that reads text alone."""
    if isinstance(model.config, PointerConfig):
        return 1 if model.config.picture else 0
    return model.config.frames if isinstance(model.config, WebGumConfig) else 0
