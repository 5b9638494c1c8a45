"""Training the HTML tokenizer on folders of texts, and writing it down with its card."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from webagents.errors import UserError
from webagents.models.tokenizer import TokenizerConfig, train_tokenizer
from webagents.provenance import write
from webagents.training.texts import texts_in

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

RECORD = "training.json"
"""What a tokenizer's folder says of its training; a ``config.json`` would be a model's there."""

_TOGETHER = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenizerTraining:
    """Training an HTML tokenizer.

    sources: folders of datasets, of Parquet files with text, or of HTML files.
    out: a new folder, which gets the tokenizer, its card and `RECORD`.
    vocabulary_size: tokens in all, special ones included.
    sentinels: how many ``<extra_id_…>`` there are.
    min_frequency: how often two tokens have to meet to be made one.
    source_megabytes: how much is read of each source at most, so that none drowns the others.
    note: what the card adds on the sources: where they come from, their licences.
    """

    sources: list[Path]
    out: Path
    vocabulary_size: int = 8192
    sentinels: int = 100
    min_frequency: int = 2
    source_megabytes: float = 32.0
    note: str = ""


class Figures(NamedTuple):
    """A source in numbers; a text is a page, an instruction or an action.

    megabytes: of UTF-8.
    lossless: how many texts come back from their tokens as they were.
    """

    source: str
    texts: int
    megabytes: float
    tokens: int
    lossless: int


def train_html_tokenizer(training: TokenizerTraining) -> list[Figures]:
    """Trains the tokenizer, saves it in `out` with a card, and gives the figures of each source.

    The same files give the same bytes.

    Raises:
        UserError: a source holds no texts, or `out` already holds something.
    """
    out = training.out
    if out.exists() and any(out.iterdir()):
        raise UserError(f"{out} is not empty; name a new folder")
    tokenizer = train_tokenizer(
        (text for source in training.sources for text in _texts(training, source)),
        TokenizerConfig(
            vocabulary_size=training.vocabulary_size,
            sentinels=training.sentinels,
            min_frequency=training.min_frequency,
        ),
    )
    figures = [
        measured(tokenizer, source.name, _texts(training, source)) for source in training.sources
    ]
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(out)
    write(out / RECORD, json.dumps(_record(training, figures), indent=2) + "\n")
    write(out / "README.md", card(training, figures, vocabulary=len(tokenizer)))
    return figures


def measured(tokenizer: PreTrainedTokenizerBase, source: str, texts: Iterator[str]) -> Figures:
    """What a tokenizer makes of texts, the end tokens not counted."""
    number = size = tokens = lossless = 0
    while together := list(islice(texts, _TOGETHER)):
        encoded = tokenizer(together, add_special_tokens=False).input_ids
        decoded = tokenizer.batch_decode(encoded, skip_special_tokens=True)
        number += len(together)
        size += sum(len(text.encode("utf-8", "replace")) for text in together)
        tokens += sum(map(len, encoded))
        lossless += sum(a == b for a, b in zip(together, decoded, strict=True))
    return Figures(source, number, size / 1e6, tokens, lossless)


def card(training: TokenizerTraining, figures: Sequence[Figures], *, vocabulary: int) -> str:
    """The tokenizer's README.md."""
    sources = " ".join(source.name for source in training.sources)
    rows = "\n".join(
        f"| {row.source} | {row.texts:,} | {row.megabytes:,.1f} | {row.tokens:,} "
        f"| {row.megabytes * 1e6 / max(row.tokens, 1):.2f} | {row.lossless:,} |"
        for row in figures
    )
    return f"""\
---
library_name: transformers
tags: [web-agents, html, tokenizer]
---

# HTML tokenizer, {vocabulary:,} tokens

Byte-level BPE on HTML: tags, attribute names and marks whole, digits one by one, case and white
space kept, nothing unknown. `<pad>` 0, `</s>` 1, `<unk>` 2, {training.sentinels} sentinels at the
end, `<extra_id_0>` last. Read it with `webagents.models.tokenizer.load_tokenizer` or
`transformers.AutoTokenizer`; what a page says of special tokens stays text
(`split_special_tokens`).

Trained with webagents, tokenizers {metadata.version("tokenizers")}, by

    webagents tokenizer {sources} --out {training.out.name} \\
        --vocabulary-size {training.vocabulary_size} --sentinels {training.sentinels} \\
        --min-frequency {training.min_frequency} --source-megabytes {training.source_megabytes:g}

on the texts below, of each source at most {training.source_megabytes:g} MB. A text is a page, an
instruction or an action; "lossless" counts those that come back from their tokens as they were.

| source | texts | MB | tokens | bytes a token | lossless |
|---|---:|---:|---:|---:|---:|
{rows}
{f"{chr(10)}{training.note}{chr(10)}" if training.note else ""}"""


def _texts(training: TokenizerTraining, source: Path) -> Iterator[str]:
    return texts_in(source, limit_bytes=training.source_megabytes * 1e6)


def _record(training: TokenizerTraining, figures: Sequence[Figures]) -> dict[str, Any]:
    settings = asdict(training)
    settings["sources"] = [source.name for source in training.sources]
    settings["out"] = training.out.name
    return {"config": settings, "figures": [row._asdict() for row in figures]}
