"""Where programs that others wrote are run: bounded, and with nothing in reach but a page."""

from webagents.planners.sandbox.outcome import Halt, Kind, Outcome, OutOfActions
from webagents.planners.sandbox.running import interpreted, run

__all__ = ["Halt", "Kind", "OutOfActions", "Outcome", "interpreted", "run"]
