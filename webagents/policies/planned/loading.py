"""Language-model policies by name: what follows ``llm:``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from webagents.errors import UnknownPolicy, UserError, clipped
from webagents.planners.commissions import LanguageWriter
from webagents.planners.language import LanguageModel, load_language
from webagents.planners.settings import LanguageSettings
from webagents.policies.planned.exemplars import Exemplars
from webagents.policies.planned.programs import ProgramPolicy
from webagents.policies.planned.prompted import RciPolicy, SynapsePolicy, ZeroShotPolicy
from webagents.resources import content
from webagents.types import Policy


def _synapse(model: LanguageModel, exemplars: str | None) -> Policy:
    folder = Path(exemplars) if exemplars else content("data", "webgum56")
    return SynapsePolicy(model, Exemplars.read(folder))


METHODS: Mapping[str, Callable[[LanguageModel, str | None], Policy]] = {
    "zero-shot": lambda model, _: ZeroShotPolicy(model),
    "rci": lambda model, _: RciPolicy(model),
    "program": lambda model, _: ProgramPolicy(LanguageWriter(model)),
    "adaplanner": lambda model, _: ProgramPolicy(LanguageWriter(model, form="adaplanner")),
    "synapse": _synapse,
}
"""Ways to play with a language model; the text is the exemplars' dataset, None for the bundled."""


def read_planned(method: str, how: LanguageSettings) -> Policy:
    """The policy that plays by that method, with the language model of the settings.

    method: one of `METHODS`.

    Raises:
        UnknownPolicy: there is no such policy, or its language model cannot be loaded.
    """
    if method not in METHODS:
        raise UnknownPolicy(
            f"llm:{clipped(method)}: give llm:METHOD, with a method of {', '.join(METHODS)}; the "
            "language model is named apart, by llm (--llm openai:NAME)"
        )
    try:
        return METHODS[method](load_language(how), how.exemplars)
    except UserError as error:
        raise UnknownPolicy(f"llm:{method}: {error}") from error
