"""A policy that is shown disturbed pages: what it owes to their usual form shows when it is gone.

::

    load_policy("disturbed:top:runs/trained/model")

The page that is played stays as it is: what is disturbed is the text that the policy reads, now and
of the steps before. Moved layouts, which change the page itself, are `PlayOptions.layout`.
"""

from webagents.policies.disturbed.policy import DISTURBANCES, DisturbedPolicy

__all__ = ["DISTURBANCES", "DisturbedPolicy"]
