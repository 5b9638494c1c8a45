"""How verbs are run: flags made from settings when they are needed, errors told in one line."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperGroup

from webagents.cli import datasets, playing, training
from webagents.cli.terminal import say
from webagents.errors import WebAgentsError

WITH_SETTINGS: dict[str, Callable[[], Callable[..., None]]] = {
    "evaluate": playing.evaluate,
    "benchmark": playing.benchmark,
    "sweep": playing.sweep,
    "collect": playing.collect,
    "record": playing.record,
    "serve": playing.serve,
    "mix": datasets.mix,
    "build": datasets.build,
    "tokenizer": training.tokenizer,
    "pretrain": training.pretrain,
    "train": training.train,
    "train-part": training.train_part,
}
"""Verbs whose flags are made from a record of settings: each gives the function that has them, so
that the record is imported for the verb that is called, and not to list the verbs."""

RESUMABLE = {
    "evaluate": "",
    "benchmark": "",
    "sweep": "",
    **dict.fromkeys(("collect", "mix", "build", "pretrain", "train", "train-part"), " --resume"),
}
"""Verbs that go on where they were when the same command is given again, with this added."""


class Verbs(TyperGroup):
    """The verbs: a verb with settings gets its flags when it is called, errors become one line."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The verb and what is left for it."""
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and name in WITH_SETTINGS:
            full = typer.Typer(
                add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
            )
            full.command(name, help=command.help)(WITH_SETTINGS[name]())
            command = typer.main.get_command(full)
        return name, command, rest

    def invoke(self, ctx: Any) -> Any:
        """Runs the verb.

        Raises:
            typer.Exit: it could not run, or was stopped; the reason has been said on stderr.
        """
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise  # the reader of our output has gone: nobody to tell
        except (WebAgentsError, OSError) as error:
            say(f"error: {' '.join(str(error).split())}")
            raise typer.Exit(1) from error
        except KeyboardInterrupt as stop:
            say("stopped")
            if ctx.invoked_subcommand in RESUMABLE:
                added = RESUMABLE[ctx.invoked_subcommand]
                again = shlex.join(["webagents", *sys.argv[1:]])
                again += added if added.strip() not in sys.argv else ""
                say(f"the same command goes on from here: {again}")
            raise typer.Exit(130) from stop
