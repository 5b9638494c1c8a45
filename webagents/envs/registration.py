"""Makes the catalogue known to Gymnasium: one id per task, ``webagents/miniwob.click-test-v1``.

``webagents/compwob-v1`` is no task of the catalogue but any that is composed of ``parts=[...]``,
and ``webagents/remote-v1`` any that an environment server plays.
"""

from __future__ import annotations

import warnings

import gymnasium

from webagents.envs import catalogue
from webagents.errors import UserError

_COMPOSED = "webagents/compwob-v1"
_REMOTE = "webagents/remote-v1"
_OWN = {"webshop-text": "webagents.envs.webshop.env:TextShopEnv"}
"""Tasks with an environment of their own, which shows more than pages; `make_vec` plays several."""


def register_envs() -> None:
    """Registers every task that is not registered yet; starts and imports nothing heavy.

    Called by ``import webagents`` and by Gymnasium through the package's entry point. The step
    limit is not Gymnasium's ``max_episode_steps``, which a wrapper keeps: `WebEnv` counts for
    itself, so that the unwrapped environment truncates as well.
    """
    try:
        specs = catalogue.load()
    except UserError as error:  # in a folder of the user's own; an import must not fail for it
        warnings.warn(f"webagents registers no environments: {error}", stacklevel=2)
        return
    for spec in specs.values():
        if spec.env_id not in gymnasium.registry:
            gymnasium.register(
                id=spec.env_id,
                entry_point=entry_point(spec.id),
                vector_entry_point=None
                if spec.id in _OWN
                else "webagents.envs.vector:WebVectorEnv",
                kwargs={"task": spec.id},
            )
    if _COMPOSED not in gymnasium.registry:
        gymnasium.register(
            id=_COMPOSED,
            entry_point="webagents.envs.compwob.env:composed_env",
            vector_entry_point="webagents.envs.compwob.env:composed_vector_env",
        )
    if _REMOTE not in gymnasium.registry:
        gymnasium.register(id=_REMOTE, entry_point="webagents.envs.remote.env:RemoteEnv")


def entry_point(task: str) -> str:
    """Where the environment of a task is made, as ``module:name``."""
    return _OWN.get(task, "webagents.envs.web_env:WebEnv")
