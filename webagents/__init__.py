"""Real browser pages as fast, exactly repeatable Gymnasium environments, and agents for them.

Importing registers the environments (``webagents/miniwob.click-test-v1`` and the rest) with
Gymnasium; it starts no browser and loads no model library.
"""

from webagents.envs.registration import register_envs
from webagents.models import missing_operators

__version__ = "0.1.0"

__all__ = ["__version__", "register_envs"]

register_envs()
missing_operators.watch()
