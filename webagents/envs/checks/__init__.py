"""Checks that run over every task: exact repeatability, and Gymnasium's own checker.

Commands: ``python -m webagents.envs.checks repeat|gymnasium [TASKS]``; the exit status is 1 when a
task fails. Progress goes to stderr, the summary to stdout.
"""

from webagents.envs.checks.conforming import gymnasium_check
from webagents.envs.checks.differing import Difference, difference
from webagents.envs.checks.repeating import repeat
from webagents.envs.checks.tracing import MOST_STEPS, Moment, Trace, trace, traced

__all__ = [
    "MOST_STEPS",
    "Difference",
    "Moment",
    "Trace",
    "difference",
    "gymnasium_check",
    "repeat",
    "trace",
    "traced",
]
