"""Where programs that others wrote are run: bounded, and with nothing in reach but a page."""

from webagents.planners.sandbox.outcome import DONE, Halt, Kind, Outcome, OutOfActions
from webagents.planners.sandbox.running import interpreted, run

__all__ = ["DONE", "Halt", "Kind", "OutOfActions", "Outcome", "interpreted", "run"]
