"""A run's folder: its settings, and the model it has come to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from webagents.errors import UserError
from webagents.provenance import CONFIG, Made, current_versions
from webagents.training.running.settings import FREE, Running

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel

MODEL = "model"
"""The folder, in a run's, of the model that it has come to, in `from_pretrained`'s form: that of
the last checkpoint, or of the best trial in a run that has trials."""

LAST = "last"
"""The folder, in the folder of a run that has trials, of the model as of the last checkpoint."""

_VERSIONS = ("torch", "transformers", "tokenizers", "accelerate", "numpy")


def main_process() -> bool:
    """Whether this process is the one, of those that were started together, that writes and tells.

    ``torchrun`` and ``accelerate launch`` say so in the environment.
    """
    return os.environ.get("RANK", "0") == "0"


def open_run(settings: Running, what: str, *, known: Mapping[str, Any]) -> bool:
    """Makes or opens the folder of a run; tells whether this process is the one that writes there.

    what: the run, in a message: ``pre-training``.
    known: what else the run follows from, beside its settings.

    Raises:
        UserError: the folder holds something else, or a run that is not to be resumed, or one of
            other settings.
    """
    if not main_process():
        return False
    out = settings.out
    if out.exists() and not out.is_dir():
        raise UserError(f"{out} is no folder")
    begun = (out / CONFIG).exists()
    if begun and not settings.resume:
        raise UserError(f"{out} holds a run; go on with it by --resume, or name a new folder")
    if not begun and out.exists() and any(out.iterdir()):
        raise UserError(f"{out} is not empty and holds no run; name a new folder")
    out.mkdir(parents=True, exist_ok=True)
    versions = current_versions() | {name: metadata.version(name) for name in _VERSIONS}
    versions.pop("browser")
    made = Made(config={**settings.as_dict(), "known": dict(known)}, versions=versions)
    # A run of an older version goes on, as long as settings that it did not have are left alone.
    made.keep(out, what, free=FREE, defaults=settings.defaults())
    return True


def keep_model(model: PreTrainedModel, state: Mapping[str, Tensor], folder: Path) -> None:
    """Writes a model into a folder, file by file whole or not at all.

    state: its weights, which with sharding are not those that the model holds.
    """
    from transformers.utils import logging

    new = folder.with_name(f"{folder.name}.new")
    logging.disable_progress_bar()
    tied = model.all_tied_weights_keys
    own = {name: weight for name, weight in state.items() if name not in tied}
    model.save_pretrained(new, state_dict=own)
    folder.mkdir(exist_ok=True)
    for file in new.iterdir():
        file.replace(folder / file.name)
    new.rmdir()
