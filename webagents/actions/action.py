"""One action: its name and its arguments, checked, with their one canonical text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from webagents.actions.kinds import Value
from webagents.actions.table import signature_of
from webagents.errors import ActionError

MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action that can be read back: ``parse(action.text) == action``, always.

    name: a key of `ACTIONS`.
    arguments: every parameter's value in order, defaults filled in; optional coordinates that were
        not given are absent. Refs are strings, several strings a tuple.

    Raises:
        ActionError: no such action, or arguments that do not fit it.
    """

    name: str
    arguments: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        values = signature_of(self.name).read(self.arguments)
        object.__setattr__(self, "arguments", MappingProxyType(values))
        if len(self.text) > MOST_CHARACTERS:
            raise ActionError(
                f"{self.name}: an action has at most {MOST_CHARACTERS} characters, "
                f"not {len(self.text)}"
            )

    @property
    def text(self) -> str:
        """The action in BrowserGym's form, defaults left out: ``fill('5', 'blue')``."""
        return signature_of(self.name).text(self.arguments)

    def __str__(self) -> str:
        return self.text

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.arguments.items())))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.name, dict(self.arguments))


def _restored(name: str, arguments: dict[str, Value]) -> Action:
    return Action(name=name, arguments=arguments)
