"""Every error this package raises on purpose, as one small tree.

::

    WebAgentsError
    ├── UserError (also ValueError)      the caller asked for something that cannot be
    │   ├── UnknownTask                  no task of that name
    │   ├── UnknownPolicy                no policy of that name, or a file that is none
    │   └── ActionError                  an action text that cannot be read
    ├── TrainingDiverged (also RuntimeError)  a loss is no number any more
    └── MachineError (also RuntimeError) the machinery broke: the episode is void, not lost
        ├── BrowserMissing               no browser to start
        ├── BrowserStartError            the browser would not start (its own words inside)
        ├── BrowserDied                  it, or the page's process, went away
        ├── PageLoadError                the page did not load
        ├── PageHung                     the page stopped answering
        ├── LanguageModelFailed          a language model did not answer (in `planners.language`)
        ├── ServerGone                   the environment server is not there, or stopped answering
        ├── ServerFull                   it plays as many sessions as it may
        └── SessionEnded                 it ended the session: timed out, or the server restarted

The agent's own mistakes (a missing ref, a covered element) are no exceptions: they come back as
the observation's ``error`` and cost a step. Anything else that is raised is a bug.
"""

import math


def clipped(value: object, limit: int = 80) -> str:
    """The value as Python writes it, cut to `limit` characters for use in a message."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def check_least(settings: object, **least: float) -> None:
    """Checks that fields of some settings are not below what they may be; None is no choice.

    Raises:
        UserError: one is below, or no finite number; it names the first.
    """
    for name, bound in least.items():
        value = getattr(settings, name)
        if value is not None and not bound <= value < math.inf:
            raise UserError(f"{name} is at least {bound}, not {value}")


class WebAgentsError(Exception):
    """Base of every error this package raises on purpose."""


class UserError(WebAgentsError, ValueError):
    """What was asked for cannot be; the message says what would be right."""


class UnknownTask(UserError):
    """No task, set or pattern of that name."""


class UnknownPolicy(UserError):
    """No policy of that name, or a path that holds none."""


class ActionError(UserError):
    """A text that is no action; the environment turns it into the observation's ``error``."""


class TrainingDiverged(WebAgentsError, RuntimeError):
    """A loss or a gradient is not a finite number; the last checkpoint is from before."""


class MachineError(WebAgentsError, RuntimeError):
    """The machinery broke. The episode in play is void: it has no reward, not a reward of 0."""


class BrowserMissing(MachineError):
    """No browser was found; the message lists where was looked and how to get one."""


class BrowserStartError(MachineError):
    """The browser would not start; the message carries its own last words."""


class BrowserDied(MachineError):
    """The browser, or the process behind a page, went away."""


class PageLoadError(MachineError):
    """A page did not load, or loaded something that is not the task."""


class PageHung(MachineError):
    """The page stopped answering within its time limit."""


class ServerGone(MachineError):
    """The environment server, or the way to it, is not there or went away."""


class ServerFull(MachineError):
    """The environment server plays as many sessions as it may; later it may have room."""


class SessionEnded(MachineError):
    """The environment server has ended the session, or never had it; the next reset opens one."""
