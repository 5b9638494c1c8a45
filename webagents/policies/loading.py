"""Policies by name: what ``--policy`` takes."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path

from webagents.errors import UnknownPolicy, clipped
from webagents.types import Policy


def _expert(_: str) -> Policy:
    from webagents.policies.expert import ExpertPolicy

    return ExpertPolicy()


def _random(_: str) -> Policy:
    from webagents.policies.random import RandomPolicy

    return RandomPolicy()


def _replay(path: str) -> Policy:
    from webagents.policies.replay import ReplayPolicy

    return ReplayPolicy.read(Path(path))


POLICIES: Mapping[str, Callable[[str], Policy]] = {
    "expert": _expert,
    "random": _random,
    "replay": _replay,
}
"""Policies by the word before the colon; what follows it is handed to them."""


def load_policy(name: str) -> Policy:
    """The policy of that name: ``expert``, ``random``, ``replay:PATH`` or ``module:Class``.

    Raises:
        UnknownPolicy: there is none, or it cannot be loaded.
    """
    word, colon, rest = name.partition(":")
    make = POLICIES.get(word)
    if make is not None and (word == "replay") == bool(colon):
        return make(rest)
    if colon and rest.isidentifier():
        return _from_module(word, rest)
    known = "expert, random, replay:PATH, module:Class"
    raise UnknownPolicy(f"no policy {clipped(name)}; the policies are {known}")


def _from_module(module: str, attribute: str) -> Policy:
    try:
        made = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise UnknownPolicy(f"no policy {clipped(f'{module}:{attribute}')}: {error}") from error
    policy = made() if isinstance(made, type) else made
    if not isinstance(policy, Policy):
        raise UnknownPolicy(
            f"{clipped(f'{module}:{attribute}')} is no policy: it has no act(episodes)"
        )
    return policy
