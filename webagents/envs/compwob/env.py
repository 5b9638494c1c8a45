"""``webagents/compwob-v1``: a new composition as an environment, from one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from webagents.envs import catalogue
from webagents.envs.compwob.compositions import composed
from webagents.envs.vector import WebVectorEnv
from webagents.envs.web_env import WebEnv
from webagents.types import TaskSpec

COMPOSING = ("screens", "order", "reverse", "height", "strict", "first", "forward")
"""The keyword arguments that say how the parts make a task; all others say how it is played."""


def composed_env(parts: Sequence[str | Mapping[str, Any]], **options: Any) -> WebEnv:
    """An environment for a task composed of MiniWoB tasks.

    ``gymnasium.make("webagents/compwob-v1", parts=["click-link", "enter-text", "click-dialog"])``

    parts: the tasks in the order in which they are to be done; see `compositions.composed`.
    options: those of `compositions.composed`, and those of `WebEnv`.

    Raises:
        UserError: a part or choice that is none.
    """
    spec, rest = _composed(parts, options)
    return WebEnv(spec, **rest)


def composed_vector_env(
    parts: Sequence[str | Mapping[str, Any]], num_envs: int = 1, **options: Any
) -> WebVectorEnv:
    """A vector environment for a task composed of MiniWoB tasks; see `composed_env`."""
    spec, rest = _composed(parts, options)
    return WebVectorEnv(spec, num_envs, **rest)


def _composed(
    parts: Sequence[str | Mapping[str, Any]], options: Mapping[str, Any]
) -> tuple[TaskSpec, dict[str, Any]]:
    composing = {key: value for key, value in options.items() if key in COMPOSING}
    rest = {key: value for key, value in options.items() if key not in COMPOSING}
    return composed(parts, catalogue.load(), **composing), rest
