"""Farama's ``miniwob`` package on our pages: its ids, observations, actions and rewards.

In a script, ``import miniwob`` becomes ``from webagents.envs.compatible import miniwob``; imports
from Farama's package itself (``from miniwob.reward import get_binary_reward``) may stay.
"""

from webagents.envs.compatible.miniwob.action import ActionSpaceConfig, ActionTypes
from webagents.envs.compatible.miniwob.environment import MiniWoBEnvironment
from webagents.envs.compatible.telling import register

__all__ = ["ActionSpaceConfig", "ActionTypes", "MiniWoBEnvironment", "register_miniwob_envs"]


def register_miniwob_envs() -> None:
    """Registers ``miniwob/<task>-v1`` for every MiniWoB page, in place of Farama's own."""
    register(
        "miniwob.*",
        "webagents.envs.compatible.miniwob.environment:MiniWoBEnvironment",
        lambda name: (f"miniwob/{name}-v1", {"subdomain": name}),
    )


register_miniwob_envs()
