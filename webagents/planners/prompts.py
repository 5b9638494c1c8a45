"""Prompts as they lie in ``models/prompts``: one file each, in turns, with places to fill in.

::

    === system
    You write Python programs ...
    === user
    Page: {{page}}
    === assistant
    driver.find_element(...)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from webagents.errors import UserError, clipped
from webagents.planners.language import Message, Question
from webagents.resources import content

_TURN = re.compile(r"^=== (system|user|assistant)\n", re.MULTILINE)
_PLACE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question with places to fill in."""

    messages: tuple[Message, ...]

    @property
    def places(self) -> frozenset[str]:
        """The names of the places to fill in."""
        return frozenset(name for each in self.messages for name in _PLACE.findall(each.content))

    def question(
        self,
        values: Mapping[str, str],
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> Question:
        """The question with its places filled in, what is filled in left as it is.

        values: of each place, by its name.
        max_tokens, temperature, seed: see `Question`.

        Raises:
            UserError: a place has no value, or a value no place.
        """
        if self.places != set(values):
            known = ", ".join(sorted(self.places))
            raise UserError(f"the prompt has places for {known}, not {', '.join(sorted(values))}")
        filled = tuple(
            Message(
                role=each.role,
                content=_PLACE.sub(lambda place: values[place.group(1)], each.content),
            )
            for each in self.messages
        )
        return Question(messages=filled, max_tokens=max_tokens, temperature=temperature, seed=seed)


@cache
def prompt(name: str) -> Prompt:
    """The bundled prompt of that name.

    Raises:
        FileNotFoundError: there is none.
        UserError: it does not begin with a turn.
    """
    return read(content("models", "prompts", f"{name}.txt").read_text(encoding="utf-8"))


def read(text: str) -> Prompt:
    """The prompt of a file's text."""
    before, *parts = _TURN.split(text)
    if before.strip() or not parts:
        raise UserError(f"a prompt begins with '=== system' or another turn, not {clipped(text)}")
    roles: list[Any] = parts[::2]
    return Prompt(
        tuple(
            Message(role=role, content=said.strip())
            for role, said in zip(roles, parts[1::2], strict=True)
        )
    )
