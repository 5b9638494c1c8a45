"""The `webagents` command, one verb each. Progress goes to stderr, results to stdout and files.

Exit status: 0 when it ran, 1 with one line on stderr when it could not, 2 for wrong flags, 130
when it was stopped with Ctrl-C. What a verb needs is imported when it is called.
"""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from webagents import __version__
from webagents.cli import datasets, importing, machine, playing, training
from webagents.cli.verbs import Verbs

app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Real browser pages as repeatable environments, and agents for them.",
)


corpus = typer.Typer(
    cls=Verbs, no_args_is_help=True, rich_markup_mode=None, help="Pages to pre-train models on."
)
corpus.command()(datasets.build)


def tell_version(wanted: bool) -> None:
    """Prints the version and ends, if that is wanted."""
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def general(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=tell_version, is_eager=True, help="Print the version and end."
        ),
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more on stderr.")] = False,
) -> None:
    """What holds for every verb."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )


# In the order in which --help lists them.
app.command("list")(playing.list_)
app.command()(playing.evaluate)
app.command()(playing.benchmark)
app.command()(playing.sweep)
app.command()(playing.journal)
app.command()(playing.collect)
app.command()(playing.record)
app.command()(playing.serve)
app.command()(datasets.mix)
app.command("import")(importing.import_)
app.command()(datasets.export)
app.command()(datasets.summarise)
app.command()(datasets.view)
app.add_typer(corpus, name="corpus")
app.command()(training.tokenizer)
app.command()(training.pretrain)
app.command()(training.train)
app.command("train-part")(training.train_part)
app.command()(machine.doctor)


def main() -> None:
    """The console script."""
    app(prog_name="webagents")
