"""Verbs of training: tokenizer, as a function that has a flag for each of its settings."""

from __future__ import annotations

from collections.abc import Callable

import typer

from webagents.cli.terminal import extra
from webagents.flags import function_of


def tokenizer() -> Callable[..., None]:
    """Train an HTML tokenizer on datasets, Parquet files or folders of pages."""
    with extra("models"):
        from webagents.training.tokenizing import TokenizerTraining, train_html_tokenizer

    def run(config: TokenizerTraining) -> None:
        for figures in train_html_tokenizer(config):
            typer.echo(
                f"{figures.source}: {figures.texts:,} texts, {figures.megabytes:.1f} MB, "
                f"{figures.tokens:,} tokens, {figures.lossless:,} lossless"
            )
        typer.echo(f"tokenizer: {config.out}")

    return function_of(TokenizerTraining, run, arguments=["sources"])
