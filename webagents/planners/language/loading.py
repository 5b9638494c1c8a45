"""Language models by name: what follows the method in ``llm:METHOD:MODEL``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from webagents.errors import UserError, clipped
from webagents.planners.language.cache import Cached
from webagents.planners.language.counting import Counted
from webagents.planners.language.endpoint import OPENAI, Endpoint, Prices
from webagents.planners.language.local import Folder, Gguf
from webagents.planners.language.model import LanguageModel
from webagents.planners.language.scripted import Scripted
from webagents.resources import home


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageSettings:
    """How language models are asked.

    base_url: the endpoint's address; "": $OPENAI_BASE_URL, or OpenAI's own.
    key: the environment variable that holds the endpoint's key.
    seconds: how long an endpoint may take to answer, seconds.
    tries: how often an endpoint is asked before it is given up.
    per_minute: how many questions a minute an endpoint takes; 0: any number.
    price_read: what a million tokens of questions cost; for the count of costs.
    price_written: what a million tokens of answers cost.
    context: the most tokens that a GGUF model reads and writes together.
    threads: processors that a GGUF model uses.
    cache: whether answers are kept, and questions asked once.
    """

    base_url: str = ""
    key: str = "OPENAI_API_KEY"
    seconds: float = 120.0
    tries: int = 6
    per_minute: float = 0.0
    price_read: float = 0.0
    price_written: float = 0.0
    context: int = 8192
    threads: int = 1
    cache: bool = True


def _endpoint(model: str, how: LanguageSettings) -> LanguageModel:
    prices = Prices(read=how.price_read, written=how.price_written)
    return Endpoint(
        model=model,
        base_url=how.base_url or os.environ.get("OPENAI_BASE_URL", "") or OPENAI,
        key=how.key,
        seconds=how.seconds,
        tries=how.tries,
        per_minute=how.per_minute or None,
        prices=prices if how.price_read or how.price_written else None,
    )


MODELS: Mapping[str, Callable[[str, LanguageSettings], LanguageModel]] = {
    "openai": _endpoint,
    "transformers": lambda folder, how: Folder(Path(folder)),
    "gguf": lambda file, how: Gguf(Path(file), context=how.context, threads=how.threads),
    "scripted": lambda file, how: Scripted.read(Path(file)),
}
"""Language models by the word before the colon; what follows it is handed to them."""


def load_language(name: str, how: LanguageSettings | None = None) -> Counted:
    """The language model of that name, which keeps count of what it is asked.

    ``openai:MODEL`` (any OpenAI-compatible endpoint), ``transformers:FOLDER``, ``gguf:FILE``,
    ``scripted:FILE`` (a JSON list of answers).

    Raises:
        UserError: there is none, or it cannot be loaded.
    """
    how = how or LanguageSettings()
    word, _, rest = name.partition(":")
    if word not in MODELS or not rest:
        raise UserError(
            f"no language model {clipped(name)}; they are openai:MODEL, transformers:FOLDER, "
            "gguf:FILE, scripted:FILE"
        )
    model = MODELS[word](rest, how)
    kept = how.cache and word != "scripted"
    return Counted(Cached(model, home() / "answers") if kept else model)
