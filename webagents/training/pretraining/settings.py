"""What pre-training is set up by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webagents.errors import check_least
from webagents.training.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretraining(Running):
    """Pre-training a model on a corpus of pages.

    corpus: the folder that `webagents corpus build` wrote.
    model: a size (tiny, small, 20m, base, large, xl), or the folder of a model to go on from.
    changes: fields of the model's configuration set otherwise: ``qk_layernorm=true,d_model=128``.
    tokenizer: the name of a bundled tokenizer, or a folder.
    objectives: what documents are denoised by: mean span lengths, each perhaps with a noise density
        and a weight, as in ``8,64`` (HTML-T5), ``3`` (T5), ``8@0.15*2,64,prefix``.
    inputs_length: tokens of an example's inputs at most; 4096 in the paper.
    together: whether documents stand one behind the other, so that each example is full; otherwise
        an example ends with its document.
    kinds: of the corpus' examples; empty for all.
    without: sources of the corpus that are left out, with commas between them.
    window: how many examples are sorted by length together; more make for less padding.
    validation_examples: how many of the validation split are looked at.
    """

    corpus: Path
    model: str = "small"
    changes: str = ""
    tokenizer: str = "html-8k"
    objectives: str = "8,64"
    inputs_length: int = 1024
    together: bool = False
    kinds: str = "label,page,window"
    without: str = ""
    window: int = 1024
    validation_examples: int = 256

    def __post_init__(self) -> None:
        Running.__post_init__(self)
        check_least(self, inputs_length=1, window=1)

    def chosen(self) -> dict[str, Any]:
        """What of the corpus is read, as `Corpus.stream` and `Corpus.rows` take it."""
        return {"kinds": _parts(self.kinds) or None, "without": _parts(self.without)}


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
