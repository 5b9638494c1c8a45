"""The verb that reads what others recorded: import."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from webagents.cli.terminal import say
from webagents.errors import UserError

IMPORTABLE = (
    "miniwob-human, webgum, webshop-il, webshop-logs, jsonl, webdataset or minari; "
    "webshop for products and goals."
)


def import_(
    format: Annotated[str, typer.Argument(help=IMPORTABLE)],  # noqa: A002 (its own name)
    src: Annotated[Path, typer.Argument(help="The folder or file.")],
    out: Annotated[
        Path | None, typer.Option(help="The folder of the new dataset; not for webshop.")
    ] = None,
    keep: Annotated[str, typer.Option(help='"successes", or "all".')] = "successes",
    shop: Annotated[
        str | None,
        typer.Option(help="webshop-il, webshop-logs: the shop to play them again on."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="webshop: what --shop calls it; by default the folder's.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="webshop: a shop of that name.")
    ] = False,
) -> None:
    """Read the demonstrations of others into a dataset, or WebShop's products and goals.

    With --shop, shopping trips are played again, and kept with the shop's own pages and rewards.
    """
    if format == "webshop":
        from webagents.envs.webshop.importing import import_shop

        if out is not None:
            raise UserError("webshop takes no --out; --name says what --shop will call it")
        typer.echo(import_shop(src, name, replace=replace))
    elif out is None:
        raise UserError("where to? give --out, the folder of the new dataset")
    elif shop is None:
        _as_recorded(format, src, out, keep)
    else:
        _played_again(format, src, out, keep, shop)


def _as_recorded(format: str, src: Path, out: Path, keep: str) -> None:  # noqa: A002
    """Imports demonstrations as the files have them, and prints what came of it."""
    from webagents.data.importing import DROPPED, import_dataset
    from webagents.data.importing.terminal import lines

    imported = import_dataset(format, src, out, keep=keep, on_file=lines(say))  # type: ignore[arg-type]
    typer.echo(f"{imported.kept:,} episodes, {imported.steps:,} steps of {imported.files:,} files")
    _tell_dropped(imported.dropped)
    typer.echo(f"dataset: {out} ({DROPPED} lists what was not taken)")


def _played_again(format: str, src: Path, out: Path, keep: str, shop: str) -> None:  # noqa: A002
    """Imports shopping trips, plays them on a shop, and prints what came of it."""
    from tempfile import TemporaryDirectory

    from webagents.collection.shopping import shop_again

    with TemporaryDirectory(prefix="webagents-") as folder:
        _as_recorded(format, src, Path(folder, "recorded"), "all")
        played = shop_again(Path(folder, "recorded"), out, shop=shop, keep=keep)  # type: ignore[arg-type]
    typer.echo(f"played again: {played.kept:,} episodes, {played.steps:,} steps")
    _tell_dropped(played.dropped)
    typer.echo(f"dataset: {out}")


def _tell_dropped(dropped: Counter[str]) -> None:
    """Prints what was not taken, and why."""
    for reason, number in dropped.most_common():
        typer.echo(f"not taken, {reason}: {number:,}")
