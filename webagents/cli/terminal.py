"""Where a verb's words go: results to stdout, all else to stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from webagents.errors import UserError


def stdout() -> Console:
    """Where results are printed; 120 columns wide unless a terminal says otherwise."""
    return Console(width=None if sys.stdout.isatty() else 120)


def say(line: str) -> None:
    """A line for the person at the terminal, apart from the results."""
    typer.echo(line, err=True)


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Tells in one line of an import that fails as an extra of the package is not installed.

    Raises:
        UserError: it failed.
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        raise UserError(
            f"{missing.name} is not installed; this needs pip install 'webagents-gym[{name}]'"
        ) from missing
