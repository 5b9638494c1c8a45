"""The `webagents` command, one verb each. Progress goes to stderr, results to stdout and files.

Exit status: 0 when it ran, 1 with one line on stderr when it could not, 2 for wrong flags, 130
when it was stopped with Ctrl-C. What a verb needs is imported when it is called.
"""

from __future__ import annotations

import logging
import shlex
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from webagents import __version__
from webagents.errors import UserError, WebAgentsError
from webagents.flags import function_of

if TYPE_CHECKING:
    from webagents.collection.collect import CollectConfig
    from webagents.data.mixing import MixConfig
    from webagents.evaluation.run import EvaluateConfig
    from webagents.serving.recorder.run import RecordConfig

IMPORTABLE = (
    "miniwob-human, webgum, webshop-il, webshop-logs, jsonl, webdataset or minari; "
    "webshop for products and goals."
)

RESUMABLE = {"evaluate": "", "collect": " --resume", "mix": " --resume"}
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


app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Real browser pages as repeatable environments, and agents for them.",
)


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


@app.command("list")
def list_(
    tasks: Annotated[
        str | None,
        typer.Argument(help="Ids, sets (@webgum56), globs (miniwob.click-*), by comma; or all."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the tasks and what they need."""
    from webagents.envs.listing import print_tasks

    print_tasks(tasks, as_json=json)


@app.command()
def evaluate() -> None:
    """Play a policy on tasks and report; can be resumed."""


@app.command()
def collect() -> None:
    """Play a policy on tasks and keep its episodes as a dataset; can be resumed."""


@app.command()
def record() -> None:
    """Serve a page on which people demonstrate tasks in their own browser."""


@app.command()
def serve() -> None:
    """Serve the shop of WebShop for people to walk through in their own browser."""


@app.command()
def mix() -> None:
    """Mix and balance datasets into a new one; can be resumed."""


@app.command("import")
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

        typer.echo(import_shop(src, name, replace=replace))
    elif out is None:
        raise UserError("where to? give --out, the folder of the new dataset")
    elif shop is None:
        import_as_recorded(format, src, out, keep)
    else:
        import_played_again(format, src, out, keep, shop)


def import_as_recorded(format: str, src: Path, out: Path, keep: str) -> None:  # noqa: A002
    """Imports demonstrations as the files have them, and prints what came of it."""
    from webagents.data.importing import DROPPED, import_dataset
    from webagents.data.importing.terminal import lines

    imported = import_dataset(format, src, out, keep=keep, on_file=lines(say))  # type: ignore[arg-type]
    typer.echo(f"{imported.kept:,} episodes, {imported.steps:,} steps of {imported.files:,} files")
    told_dropped(imported.dropped)
    typer.echo(f"dataset: {out} ({DROPPED} lists what was not taken)")


def import_played_again(format: str, src: Path, out: Path, keep: str, shop: str) -> None:  # noqa: A002
    """Imports shopping trips, plays them on a shop, and prints what came of it."""
    from tempfile import TemporaryDirectory

    from webagents.collection.shopping import shop_again

    with TemporaryDirectory(prefix="webagents-") as folder:
        import_as_recorded(format, src, Path(folder, "recorded"), "all")
        played = shop_again(Path(folder, "recorded"), out, shop=shop, keep=keep)  # type: ignore[arg-type]
    typer.echo(f"played again: {played.kept:,} episodes, {played.steps:,} steps")
    told_dropped(played.dropped)
    typer.echo(f"dataset: {out}")


def told_dropped(dropped: Counter[str]) -> None:
    """Prints what was not taken, and why."""
    for reason, number in dropped.most_common():
        typer.echo(f"not taken, {reason}: {number:,}")


@app.command()
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


@app.command()
def summarise(
    dataset: Annotated[Path, typer.Argument(help="The folder of the dataset.")],
) -> None:
    """Print a dataset's episodes, steps and lengths in tokens, by task."""
    from webagents.data import Dataset
    from webagents.data.mixing import summarise, table

    stdout().print(table(summarise(Dataset(dataset))))


@app.command()
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


@app.command()
def doctor(
    fix: Annotated[bool, typer.Option("--fix", help="Install what is missing.")] = False,
    selenium: Annotated[
        bool, typer.Option("--selenium", help="ChromeDriver is required too.")
    ] = False,
) -> None:
    """Tell what this machine lacks; --fix installs it."""
    from webagents import doctor as machine

    checks = machine.examine(selenium=selenium)
    if fix and machine.lacking(checks):
        checks = machine.fix(checks, say, selenium=selenium)
    stdout().print(machine.as_table(checks))
    if missing := machine.lacking(checks):
        reasons = "; ".join(f"{check.name}: {check.found} ({check.advice})" for check in missing)
        say(f"error: {reasons}")
        raise typer.Exit(1)


def evaluate_flags() -> Callable[..., None]:
    """The `evaluate` verb with a flag for each of its settings."""
    from webagents.doctor import browser_version
    from webagents.evaluation.run import EvaluateConfig, evaluate
    from webagents.evaluation.terminal import table_of

    def run(config: EvaluateConfig) -> None:
        report = evaluate(config, browser=browser_version())
        stdout().print(table_of(report))
        typer.echo(f"report: {config.out / 'report.html'}")
        typer.echo(f"        {config.out / 'report.json'}")

    return function_of(EvaluateConfig, run)


def collect_flags() -> Callable[..., None]:
    """The `collect` verb with a flag for each of its settings."""
    from webagents.collection.collect import CollectConfig, collect
    from webagents.collection.terminal import table_of
    from webagents.doctor import browser_version

    def run(config: CollectConfig) -> None:
        collected = collect(config, browser=browser_version())
        stdout().print(table_of(collected))
        typer.echo(f"dataset: {collected.out}")
        if collected.void:
            say(f"{collected.void} episodes are missing as the browser broke; --resume tries again")
        for task, n in collected.tasks.items():
            if n["kept"] < n["wanted"] and not collected.void:
                say(f"{task}: only {n['kept']} of {n['wanted']} episodes in {n['tried']} tries")

    return function_of(CollectConfig, run)


def mix_flags() -> Callable[..., None]:
    """The `mix` verb with a flag for each of its settings."""
    from webagents.data.mixing import MixConfig, mix, report
    from webagents.progress import shown

    def run(config: MixConfig) -> None:
        stdout().print(report(mix(config, progress=shown)))
        typer.echo(f"dataset: {config.out}")

    return function_of(MixConfig, run, arguments=["sources"])


def record_flags() -> Callable[..., None]:
    """The `record` verb with a flag for each of its settings."""
    from webagents.serving.recorder.run import RecordConfig, record

    def run(config: RecordConfig) -> None:
        record(config, say=say)

    return function_of(RecordConfig, run)


def serve_flags() -> Callable[..., None]:
    """The `serve` verb with a flag for each of its settings."""
    from webagents.serving.shop import ServeConfig, serve

    def run(config: ServeConfig) -> None:
        serve(config, say=say)

    return function_of(ServeConfig, run)


WITH_SETTINGS: dict[str, Callable[[], Callable[..., None]]] = {
    "evaluate": evaluate_flags,
    "collect": collect_flags,
    "mix": mix_flags,
    "record": record_flags,
    "serve": serve_flags,
}
"""Verbs whose flags are made from a record of settings, by what makes them."""


def stdout() -> Console:
    """Where results are printed; 120 columns wide unless a terminal says otherwise."""
    return Console(width=None if sys.stdout.isatty() else 120)


def say(line: str) -> None:
    """A line for the person at the terminal, apart from the results."""
    typer.echo(line, err=True)


def main() -> None:
    """The console script."""
    app(prog_name="webagents")
