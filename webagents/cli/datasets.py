"""Verbs on datasets: mix, export, summarise, view, and corpus build.

`mix` and `build` have settings, and give the function that has a flag for each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from webagents.cli.terminal import extra, stdout
from webagents.flags import function_of


def mix() -> Callable[..., None]:
    """Mix and balance datasets into a new one; can be resumed."""
    from webagents.data.mixing import MixConfig, mix, report
    from webagents.progress import shown

    def run(config: MixConfig) -> None:
        stdout().print(report(mix(config, progress=shown)))
        typer.echo(f"dataset: {config.out}")

    return function_of(MixConfig, run, arguments=["sources"])


def export(
    dataset: Annotated[Path, typer.Argument(help="The folder of the dataset.")],
    to: Annotated[str, typer.Option(help="jsonl, webdataset or minari.")],
    out: Annotated[Path, typer.Option(help="A new folder.")],
) -> None:
    """Write a dataset in the format of another program."""
    from webagents.data.exporting import export
    from webagents.progress import shown

    made = export(dataset, to, out, progress=shown)
    typer.echo(
        f"{made.episodes:,} episodes, {made.steps:,} steps, {made.bytes / 1e6:,.1f} MB: {made.out}"
    )


def summarise(
    dataset: Annotated[Path, typer.Argument(help="The folder of the dataset.")],
) -> None:
    """Print a dataset's episodes, steps and lengths in tokens, by task."""
    from webagents.data import Dataset
    from webagents.data.mixing import summarise, table

    stdout().print(table(summarise(Dataset(dataset))))


def view(
    path: Annotated[Path, typer.Argument(help="A dataset, or a run that `evaluate` wrote.")],
    out: Annotated[
        Path | None, typer.Option(help="The HTML file; by default runs/view/NAME.html.")
    ] = None,
    episodes: Annotated[
        int | None, typer.Option(help="At most so many, evenly over the tasks; all by default.")
    ] = None,
) -> None:
    """Write a page that steps through the episodes of a dataset or a run."""
    from webagents.progress import shown
    from webagents.serving.viewer import view

    typer.echo(f"view: {view(path, out, episodes=episodes, progress=shown)}")


def build() -> Callable[..., None]:
    """Build a corpus of pages to pre-train on, from WARC files, archives and folders."""
    from webagents.progress import shown

    with extra("corpora"):
        from webagents.data.corpora import CorpusConfig, build_corpus, report

    def run(config: CorpusConfig) -> None:
        built = build_corpus(config, progress=shown)
        stdout().print(report(built.known))
        typer.echo(f"corpus: {config.out}")

    return function_of(CorpusConfig, run, arguments=["sources"])
