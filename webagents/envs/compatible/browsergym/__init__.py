"""BrowserGym on our pages: its ids, observation keys, action texts and the tools around them.

In a script, ``import browsergym.miniwob`` becomes ``from webagents.envs.compatible import
browsergym``, and names come from here: ``from webagents.envs.compatible.browsergym import
HighLevelActionSet, flatten_axtree_to_str``.
"""

from webagents.envs.compatible.browsergym.actions import HighLevelActionSet
from webagents.envs.compatible.browsergym.environment import BrowserEnv
from webagents.envs.compatible.browsergym.experiments import (
    AbstractAgentArgs,
    Agent,
    EnvArgs,
    ExpArgs,
    get_exp_result,
)
from webagents.envs.compatible.browsergym.flattening import (
    flatten_axtree_to_str,
    flatten_dom_to_str,
    prune_html,
)
from webagents.envs.compatible.telling import register

__all__ = [
    "AbstractAgentArgs",
    "Agent",
    "BrowserEnv",
    "EnvArgs",
    "ExpArgs",
    "HighLevelActionSet",
    "flatten_axtree_to_str",
    "flatten_dom_to_str",
    "get_exp_result",
    "prune_html",
    "register_tasks",
]


def register_tasks() -> list[str]:
    """Registers ``browsergym/miniwob.<task>`` for the 125 that BrowserGym has; gives their ids."""
    return register(
        "@browsergym125",
        "webagents.envs.compatible.browsergym.environment:BrowserEnv",
        lambda name: (f"browsergym/miniwob.{name}", {"task_name": f"miniwob.{name}"}),
    )


register_tasks()
