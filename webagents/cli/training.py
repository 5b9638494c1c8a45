"""Verbs of training: tokenizer, pretrain, train, train-part, with a flag for each setting."""

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


def pretrain() -> Callable[..., None]:
    """Pre-train HTML-T5 on a corpus of pages by denoising; can be resumed, on several GPUs too."""
    from webagents.progress import shown

    with extra("training"):
        from webagents.training.pretraining import Pretraining, pretrain
        from webagents.training.running.folders import main_process

    def run(config: Pretraining) -> None:
        model = pretrain(config, progress=shown)
        if main_process():
            typer.echo(f"model: {model}")

    return function_of(Pretraining, run, arguments=["corpus"])


def train() -> Callable[..., None]:
    """Train a policy to do what demonstrations show; can be resumed, on several GPUs too."""
    from webagents.doctor import browser_version
    from webagents.progress import shown

    with extra("training"):
        from webagents.rounds import Rounds, train_in_rounds
        from webagents.training.running.folders import main_process

    def run(config: Rounds) -> None:
        browser = browser_version() if config.dagger else ""
        policy = train_in_rounds(config, progress=shown, browser=browser)
        if main_process():
            typer.echo(f"policy: {policy}")

    return function_of(Rounds, run, arguments=["data"])


def train_part() -> Callable[..., None]:
    """Train WebAgent's planner, or its program writer, on visits that went well."""
    from webagents.progress import shown

    with extra("training"):
        from webagents.training.parts import PartTraining, train_part
        from webagents.training.running.folders import main_process

    def run(config: PartTraining) -> None:
        folder = train_part(config, progress=shown)
        if main_process():
            typer.echo(f"{config.part}: {folder}")

    return function_of(PartTraining, run, arguments=["part", "data"])
