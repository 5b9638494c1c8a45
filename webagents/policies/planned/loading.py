"""Language-model policies by name: what follows ``llm:``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from webagents.errors import UnknownPolicy, UserError, clipped
from webagents.planners.language import LanguageModel, LanguageSettings, load_language
from webagents.policies.planned.exemplars import Exemplars
from webagents.policies.planned.programs import ProgramPolicy
from webagents.policies.planned.prompted import RciPolicy, SynapsePolicy, ZeroShotPolicy
from webagents.resources import content
from webagents.types import Policy

_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def _synapse(model: LanguageModel, exemplars: str) -> Policy:
    folder = Path(exemplars) if exemplars else content("data", "webgum56")
    return SynapsePolicy(model, Exemplars.read(folder))


METHODS: Mapping[str, Callable[[LanguageModel, str], Policy]] = {
    "zero-shot": lambda model, _: ZeroShotPolicy(model),
    "rci": lambda model, _: RciPolicy(model),
    "program": lambda model, _: ProgramPolicy(model),
    "adaplanner": lambda model, _: ProgramPolicy(model, form="adaplanner"),
    "synapse": _synapse,
}
"""Ways to play with a language model; the text is the dataset of exemplars, "" for the bundled."""


def read_planned(name: str, how: LanguageSettings | None = None) -> Policy:
    """The policy of ``[METHOD:]MODEL[?SETTING=VALUE&...]``.

    METHOD is one of `METHODS`, ``zero-shot`` without one; MODEL as `load_language` has it; settings
    are the fields of `LanguageSettings`, and ``exemplars``, the folder of a dataset for Synapse::

        program:openai:gpt-4o
        rci:openai:qwen?base_url=http://127.0.0.1:8080/v1&per_minute=60

    how: the settings that the name does not give.

    Raises:
        UnknownPolicy: there is no such policy, or it cannot be loaded.
    """
    method, _, rest = name.partition(":")
    if method not in METHODS:
        method, rest = "zero-shot", name
    model, _, told = rest.partition("?")
    given = dict(parse_qsl(told, keep_blank_values=True))
    exemplars = given.pop("exemplars", "")
    try:
        return METHODS[method](load_language(model, _settings(given, how)), exemplars)
    except UserError as error:
        raise UnknownPolicy(
            f"llm:{clipped(name)}: {error}; give llm:METHOD:MODEL with a method of "
            f"{', '.join(METHODS)}"
        ) from error


def _settings(given: Mapping[str, str], how: LanguageSettings | None) -> LanguageSettings:
    """The settings, as those given change them."""
    how = how or LanguageSettings()
    values: dict[str, Any] = {each.name: getattr(how, each.name) for each in fields(how)}
    for name, text in given.items():
        if name not in values:
            raise UserError(f"no setting {clipped(name)}; they are {', '.join(values)}")
        kind = type(values[name])
        try:
            values[name] = _FLAGS[text] if kind is bool else kind(text)
        except (ValueError, KeyError) as error:
            raise UserError(f"{name}={clipped(text)} is no {kind.__name__}") from error
    return LanguageSettings(**values)
