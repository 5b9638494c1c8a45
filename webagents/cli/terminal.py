"""Where a verb's words go: results to stdout, all else to stderr."""

from __future__ import annotations

import sys

import typer
from rich.console import Console


def stdout() -> Console:
    """Where results are printed; 120 columns wide unless a terminal says otherwise."""
    return Console(width=None if sys.stdout.isatty() else 120)


def say(line: str) -> None:
    """A line for the person at the terminal, apart from the results."""
    typer.echo(line, err=True)
