"""Verbs that play tasks, or have people play them: list, evaluate, collect, record, serve.

But for `list_` they have settings, and give the function that has a flag for each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from webagents.cli.terminal import say, stdout
from webagents.flags import function_of


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


def evaluate() -> Callable[..., None]:
    """Play a policy on tasks and report; can be resumed."""
    from webagents.doctor import browser_version
    from webagents.envs.remote.address import browser_of
    from webagents.evaluation.run import EvaluateConfig, evaluate
    from webagents.evaluation.terminal import table_of
    from webagents.planners.settings import LanguageSettings

    def run(config: EvaluateConfig) -> None:
        servers = config.servers()
        browser = browser_of(servers) if servers else browser_version()
        report = evaluate(config, browser=browser)
        stdout().print(table_of(report))
        typer.echo(f"report: {config.out / 'report.html'}")
        typer.echo(f"        {config.out / 'report.json'}")

    return function_of(EvaluateConfig, run, last=LanguageSettings)


def benchmark() -> Callable[..., None]:
    """Play a policy on a benchmark and enter the result in a journal; can be resumed."""
    from webagents.doctor import browser_version
    from webagents.envs.remote.address import browser_of
    from webagents.evaluation.benchmark import BenchmarkConfig, named, run_benchmark
    from webagents.evaluation.terminal import table_of
    from webagents.planners.settings import LanguageSettings

    def run(config: BenchmarkConfig) -> None:
        servers = config.of_run(named(config.benchmark)).servers()
        browser = browser_of(servers) if servers else browser_version()
        report = run_benchmark(config, browser=browser)
        stdout().print(table_of(report))
        typer.echo(f"report: {config.out / 'report.html'}")
        typer.echo(f"journal: {config.journal}")

    return function_of(BenchmarkConfig, run, arguments=["benchmark"], last=LanguageSettings)


def sweep() -> Callable[..., None]:
    """Play several policies (checkpoints) on a benchmark and compare them; can be resumed."""
    from webagents.doctor import browser_version
    from webagents.envs.remote.address import browser_of
    from webagents.evaluation.benchmark import named
    from webagents.evaluation.sweep import COMPARISON, SweepConfig, sweep, table_of
    from webagents.planners.settings import LanguageSettings

    def run(config: SweepConfig) -> None:
        first = next(iter(config.runs().values()))
        servers = first.of_run(named(config.benchmark)).servers()
        browser = browser_of(servers) if servers else browser_version()
        made = sweep(config, browser=browser, begin=lambda policy: say(f"{policy}:"))
        stdout().print(table_of(made))
        typer.echo(f"comparison: {config.out / COMPARISON}")
        typer.echo(f"journal: {config.journal}")

    return function_of(SweepConfig, run, arguments=["benchmark", "policies"], last=LanguageSettings)


def journal(
    path: Annotated[
        Path | None, typer.Argument(help="The journal; by default runs/journal.jsonl.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the runs of benchmarks, oldest first, with their results."""
    from webagents.evaluation.benchmark import JOURNAL
    from webagents.evaluation.journal import as_line, read, table_of

    entries = read(path or JOURNAL)
    if not entries:
        say(f"no runs in {path or JOURNAL}; webagents benchmark enters them")
    elif json:
        for entry in entries:
            typer.echo(as_line(entry))
    else:
        stdout().print(table_of(entries))


def collect() -> Callable[..., None]:
    """Play a policy on tasks and keep its episodes as a dataset; can be resumed."""
    from webagents.collection.collect import CollectConfig, collect
    from webagents.collection.terminal import table_of
    from webagents.doctor import browser_version
    from webagents.planners.settings import LanguageSettings

    def run(config: CollectConfig) -> None:
        collected = collect(config, browser=browser_version())
        stdout().print(table_of(collected))
        typer.echo(f"dataset: {collected.out}")
        if collected.void:
            say(f"{collected.void} episodes are missing as the browser broke; --resume tries again")
        for task, n in collected.tasks.items():
            if n["kept"] < n["wanted"] and not collected.void:
                say(f"{task}: only {n['kept']} of {n['wanted']} episodes in {n['tried']} tries")

    return function_of(CollectConfig, run, last=LanguageSettings)


def record() -> Callable[..., None]:
    """Serve a page on which people demonstrate tasks in their own browser."""
    from webagents.serving.recorder.run import RecordConfig, record

    def run(config: RecordConfig) -> None:
        record(config, say=say)

    return function_of(RecordConfig, run)


def serve() -> Callable[..., None]:
    """Serve environments to agents elsewhere, over HTTP and WebSocket (OpenEnv)."""
    from webagents.serving.environments.config import ServeConfig
    from webagents.serving.environments.run import serve
    from webagents.serving.shop import serve_shop

    def run(config: ServeConfig) -> None:
        if config.webshop:
            serve_shop(config.of_shop(), say=say)
        else:
            serve(config, say=say)

    return function_of(ServeConfig, run)
