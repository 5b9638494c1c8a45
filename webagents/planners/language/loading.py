"""Language models by name: what `LanguageSettings.llm` says."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from webagents.errors import UserError, clipped
from webagents.planners.language.cache import Cached
from webagents.planners.language.counting import Counted, Prices
from webagents.planners.language.endpoint import Endpoint
from webagents.planners.language.local import Folder, Gguf
from webagents.planners.language.model import LanguageModel
from webagents.planners.language.scripted import Scripted
from webagents.planners.settings import KEY, LanguageSettings
from webagents.resources import home


def _endpoint(model: str, how: LanguageSettings) -> LanguageModel:
    if how.llm_key_variable != KEY and not os.environ.get(how.llm_key_variable, "").strip():
        raise UserError(f"${how.llm_key_variable}, which is to hold the key, is not set")
    return Endpoint(
        model=model,
        base_url=how.address,
        key=how.llm_key_variable,
        seconds=how.llm_seconds,
        tries=how.llm_tries,
        per_minute=how.llm_per_minute or None,
    )


def _gguf(file: str, how: LanguageSettings) -> LanguageModel:
    return Gguf(Path(file), context=how.llm_context, threads=how.llm_threads)


MODELS: Mapping[str, Callable[[str, LanguageSettings], LanguageModel]] = {
    "openai": _endpoint,
    "transformers": lambda folder, how: Folder(Path(folder)),
    "gguf": _gguf,
    "scripted": lambda file, how: Scripted.read(Path(file)),
}
"""Language models by the word before the colon; what follows it is handed to them."""


def load_language(how: LanguageSettings) -> Counted:
    """The language model of these settings, which keeps count of what it is asked.

    `how.llm` is ``openai:NAME`` (any OpenAI-compatible endpoint), ``transformers:FOLDER``,
    ``gguf:FILE`` or ``scripted:FILE`` (a JSON list of answers).

    Raises:
        UserError: there is none, or it cannot be loaded.
    """
    known = "openai:NAME, transformers:FOLDER, gguf:FILE or scripted:FILE"
    if not how.llm:
        raise UserError(f"no language model is named; give llm (--llm), one of {known}")
    word, _, rest = how.llm.partition(":")
    if word not in MODELS or not rest:
        raise UserError(f"no language model {clipped(how.llm)}; give llm (--llm), one of {known}")
    model = MODELS[word](rest, how)
    kept = how.llm_cache and word != "scripted"
    priced = how.llm_price_read or how.llm_price_written
    prices = Prices(read=how.llm_price_read, written=how.llm_price_written) if priced else None
    return Counted(Cached(model, home() / "answers") if kept else model, prices)
