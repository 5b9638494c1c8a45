"""The pages that are made from the program: the Python reference, and what each command takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup

PYTHON: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "environments": (
        "Environments, the catalogue, wrappers",
        (
            "webagents.envs.web_env",
            "webagents.envs.vector",
            "webagents.envs.task",
            "webagents.envs.catalogue",
            "webagents.envs.wrappers",
            "webagents.envs.checks",
            "webagents.envs.launch",
            "webagents.envs.remote.env",
        ),
    ),
    "episodes": (
        "Episodes, actions, errors, the one loop",
        (
            "webagents.types",
            "webagents.actions",
            "webagents.rollout",
            "webagents.prompt",
            "webagents.html",
            "webagents.errors",
        ),
    ),
    "policies": (
        "Policies",
        (
            "webagents.policies.loading",
            "webagents.policies.expert.policy",
            "webagents.policies.sequence",
            "webagents.policies.pointer",
            "webagents.policies.random",
            "webagents.policies.replay",
            "webagents.policies.perturbed",
            "webagents.policies.dagger",
            "webagents.policies.disturbed",
            "webagents.policies.planned",
        ),
    ),
    "data": (
        "Datasets and corpora",
        (
            "webagents.data.dataset",
            "webagents.data.demonstration",
            "webagents.data.streaming",
            "webagents.data.stream",
            "webagents.data.writer",
            "webagents.data.mixing",
            "webagents.data.importing",
            "webagents.data.exporting",
            "webagents.data.corpora",
        ),
    ),
    "evaluation": (
        "Runs, reports, measures",
        (
            "webagents.evaluation.run",
            "webagents.evaluation.report",
            "webagents.evaluation.outcomes",
            "webagents.evaluation.measures",
            "webagents.evaluation.compositions",
        ),
    ),
    "models": (
        "Models and training",
        (
            "webagents.models",
            "webagents.models.tokenizer",
            "webagents.models.pointer",
            "webagents.slots",
            "webagents.training.imitation",
            "webagents.training.pretraining",
            "webagents.training.running",
            "webagents.training.optimizers",
        ),
    ),
    "planners": (
        "Language models, programs, the sandbox",
        (
            "webagents.planners.language",
            "webagents.planners.driver",
            "webagents.planners.sandbox",
        ),
    ),
    "webshop": (
        "WebShop's parts",
        (
            "webagents.envs.webshop.reward",
            "webagents.envs.webshop.search",
            "webagents.envs.webshop.text",
            "webagents.envs.webshop.env",
        ),
    ),
    "browsers": (
        "Browsers and pages",
        (
            "webagents.browsers.base",
            "webagents.browsers.chromium",
            "webagents.browsers.scripted",
            "webagents.browsers.lookup",
        ),
    ),
}
"""The pages of the Python reference by name: title, modules."""


ABOUT = """\
What `webagents VERB --help` says. Exit status: 0 when it ran, 1 with one line on stderr when it
could not, 2 for wrong flags, 130 when it was stopped with Ctrl-C."""


class Page(NamedTuple):
    """A page of the reference: its path within the site, its title, and its Markdown."""

    path: str
    title: str
    text: str


def pages() -> Iterator[Page]:
    """Every page of the reference."""
    yield Page("reference/commands.md", "Commands", commands())
    for name, (title, modules) in PYTHON.items():
        asked = "\n\n".join(f"::: {module}" for module in modules)
        yield Page(f"reference/{name}.md", title, f"# {title}\n\n{asked}\n")


def commands() -> str:
    """What every verb of ``webagents`` takes, as its ``--help`` tells it."""
    from webagents.cli import app

    parts = [
        "# Commands",
        ABOUT,
    ]
    for command, context in _verbs(typer.main.get_command(app), ["webagents"]):
        parts += _told(command, context)
    return "\n\n".join(parts) + "\n"


def _verbs(group: Any, words: list[str], above: Any = None) -> Iterator[tuple[Any, Any]]:
    """Each verb with the context it is called in, in the order of ``--help``."""
    context = group.context_class(group, info_name=words[-1], parent=above)
    for name in group.list_commands(context):
        _, command, _ = group.resolve_command(context, [name])
        if isinstance(command, TyperGroup):
            yield from _verbs(command, [*words, name], context)
        else:
            yield command, command.context_class(command, info_name=name, parent=context)


def _told(command: Any, context: Any) -> list[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    records = [each.get_help_record(context) for each in command.get_params(context)]
    rows = [(a, b) for a, b in filter(None, records) if "--help" not in a]
    parts = [f"## {context.command_path}", f"```text\n{usage}\n```", _paragraphs(command.help)]
    if rows:
        table = ["| | |", "|---|---|", *(f"| `{_cell(a)}` | {_words(b)} |" for a, b in rows)]
        parts.append("\n".join(table))
    return parts


def _paragraphs(text: str | None) -> str:
    return _words((text or "").partition("\f")[0].strip())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _words(text: str) -> str:
    """Help as Markdown: nothing in it is a mark."""
    return re.sub(r"([\\`*_<>\[\]|])", r"\\\1", text)
