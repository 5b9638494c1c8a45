"""Which of our tasks a name in others' data means."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache

from webagents.resources import content


def task_id(names: Iterable[str]) -> str:
    """Our id of the first name that is one of our tasks; else the first name, tidied, as it is.

    Names may carry what other packages put around them: ``miniwob/click-test-v1``.
    """
    words = [word for name in names if (word := _folded(name))]
    ours = _tasks()
    known = next((ours[word] for word in words if word in ours), None)
    return f"miniwob.{known or next(iter(words), 'unknown')}"


@cache
def _tasks() -> Mapping[str, str]:
    with content("envs", "miniwob", "tasks.toml").open("rb") as file:
        return {_folded(name): name for name in tomllib.load(file)["tasks"]}


def _folded(name: str) -> str:
    name = re.sub(r"^(?:browsergym|webagents|miniwob)[/._-]+", "", name.strip().lower())
    name = re.sub(r"^(?:miniwob)[/._-]+", "", name)
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"-v\d+$", "", name)).strip("-")
