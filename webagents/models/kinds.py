"""Models by what their configuration says they are: HTML-T5, WebGUM, or a network over slots."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from transformers import PretrainedConfig, PreTrainedModel

from webagents.errors import UserError, clipped
from webagents.models.config import HtmlT5Config
from webagents.models.html_t5 import HtmlT5
from webagents.models.pointer import PointerConfig, PointerT5
from webagents.models.quiet import quiet
from webagents.models.webgum import WebGum
from webagents.models.webgum_config import WebGumConfig

_KINDS: dict[object, type[PreTrainedModel]] = {
    WebGumConfig.model_type: WebGum,
    PointerConfig.model_type: PointerT5,
}


_OTHER_SIZE = "mismatched_keys"


def make_model(config: HtmlT5Config) -> PreTrainedModel:
    """A model with random weights, of the kind that the configuration is for."""
    kind = _KINDS.get(config.model_type, HtmlT5)
    return kind(config)


def load_model(folder: str | os.PathLike[str]) -> PreTrainedModel:
    """The model in a folder: a `WebGum`, a `PointerT5`, or an `HtmlT5`, T5 and LongT5 included.

    Raises:
        UserError: it cannot be read, or its weights are not those that its configuration describes;
            the message is of "its model", and names no folder.
    """
    with reading("model"):
        settings, _ = PretrainedConfig.get_config_dict(folder)
        kind: Any = _KINDS.get(settings.get("model_type"), HtmlT5)
        with quiet():
            model, report = kind.from_pretrained(
                folder, output_loading_info=True, ignore_mismatched_sizes=True
            )
    _check_weights(model, report)
    return cast(PreTrainedModel, model)


@contextmanager
def reading(part: str) -> Iterator[None]:
    """Tells whatever goes wrong as the fault of that part of a checkpoint, by a `UserError`."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:  # each library has its own for a file that it cannot read
        why = f"{type(error).__name__}: {error}"
        raise UserError(f"its {part} cannot be read ({clipped(why)})") from error


def _check_weights(model: PreTrainedModel, report: Mapping[str, Any]) -> None:
    sizes = [f"{name} {tuple(has)}, not {tuple(needs)}" for name, has, needs in report[_OTHER_SIZE]]
    for found, told in (
        (report["missing_keys"], "lacks weights"),
        (report["unexpected_keys"], "has weights that its model has no place for"),
        (sizes, "has weights of other sizes than its model's"),
        (_no_numbers(model), "has weights that are no numbers"),
    ):
        if found:
            raise UserError(f"it {told}: {clipped(sorted(found))}")


def _no_numbers(model: PreTrainedModel) -> list[str]:
    return [name for name, weight in model.named_parameters() if not weight.isfinite().all()]


def frames_of(model: PreTrainedModel) -> int:
    """How many of the latest screenshots a model is shown; 0 for one that reads text alone."""
    if isinstance(model.config, PointerConfig):
        return 1 if model.config.picture else 0
    return model.config.frames if isinstance(model.config, WebGumConfig) else 0
