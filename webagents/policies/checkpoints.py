"""The policy of a checkpoint: a folder with a model, its tokenizer and ``prompt.json``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from transformers.utils import logging

from webagents.errors import UnknownPolicy, UserError, clipped
from webagents.models import load_model
from webagents.models.pointer import PointerT5
from webagents.models.tokenizer import load_tokenizer
from webagents.policies.pointer import PointerPolicy
from webagents.policies.sequence import SequencePolicy
from webagents.prompt import PromptForm
from webagents.types import Policy


def read_policy(folder: Path) -> Policy:
    """The policy of a checkpoint, of the kind that its model is for.

    Raises:
        UnknownPolicy: a part is missing or broken.
    """
    try:
        form = PromptForm.read(folder)
        tokenizer = load_tokenizer(folder)
        with _no_bars():
            model, report = load_model(folder, output_loading_info=True)
    except Exception as error:  # each library has its own for a file that it cannot read
        raise UnknownPolicy(
            f"{clipped(str(folder))} is no checkpoint of a policy: {error}"
        ) from error
    if missing := sorted(report["missing_keys"]):
        raise UnknownPolicy(
            f"the checkpoint {clipped(str(folder))} lacks weights: {clipped(missing)}"
        )
    model.eval()
    try:
        if isinstance(model, PointerT5):
            return PointerPolicy(model, tokenizer, form)
        return SequencePolicy(model, tokenizer, form)
    except UserError as error:
        raise UnknownPolicy(f"the checkpoint {clipped(str(folder))}: {error}") from error


@contextmanager
def _no_bars() -> Iterator[None]:
    """Without the progress bars of `transformers`, over in no time and in the way of our own."""
    before = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if before:
            logging.enable_progress_bar()
