"""Running a program: in an interpreter of its own, in a process of its own, within limits.

The interpreter is Monty (`pydantic_monty`), which knows Python's language but no files, no modules
of the machine's, no network and no way to its host other than the driver it is given.
"""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal

from pydantic_monty import (
    Monty,
    MontyComplete,
    MontyCrashedError,
    MontyError,
    MontyRuntimeError,
    MontySession,
    MontySyntaxError,
)

from webagents.planners.sandbox.checking import checked
from webagents.planners.sandbox.exposing import Boundary
from webagents.planners.sandbox.outcome import Halt, Kind, Outcome, OutOfActions

MOST_CALLS = 5_000
"""Calls and attributes that a program may ask of its driver."""
MOST_RECURSION = 200
MOST_PRINTED = 10_000
"""Characters kept of what a program prints."""
TODAY = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
"""The moment at which every program runs: the same program does the same on the same pages."""
_PROGRAM = "<python-input-1>"
_NAMED = re.compile(r"\w+(?:Exception|Error): ")
_LACKING = re.compile(r"AttributeError: '(\w+)' object has no attribute '(\w+)'$")
Instead = Callable[[str, str], str]
"""What to write instead of an attribute, by an object's class and the attribute it has not."""


def run(
    program: str,
    driver: Any,
    *,
    seconds: float = 5.0,
    memory_mb: float = 64.0,
    max_actions: int = 50,
) -> Outcome:
    """Runs a program that acts on a page through `driver`; never raises for what it does.

    driver: what the program calls ``driver``. Its class may say more: `exposes` (the methods and
        properties that programs see, all public ones without it), `prelude` (Python that is run
        first, beside it), `modules` (what of that can be imported, by module), `members` (all
        attributes of its objects), `refused` (attributes that are not there, and what to do
        instead), `instead` (the same for those that only this kind of object has not) and
        `limit(actions)`, which is told how many actions are allowed and raises
        `OutOfActions` at the next one. Without `limit` every call is an action.
    seconds: the most it may take, its calls included.
    memory_mb: the most memory its values may take, MiB.

    Raises:
        MachineError: a driver's page broke, or whatever else it raised that is no Exception.
    """
    kind = type(driver)
    source = checked(
        program,
        modules=getattr(kind, "modules", {}),
        members=getattr(kind, "members", None),
        refused=getattr(kind, "refused", {}),
    )
    if isinstance(source, Outcome):
        return source
    return interpreted(
        source, driver, seconds=seconds, memory_mb=memory_mb, max_actions=max_actions
    )


def interpreted(
    program: str, driver: Any, *, seconds: float, memory_mb: float, max_actions: int
) -> Outcome:
    """What comes of a program that was not checked before; see `run`."""
    limited = hasattr(type(driver), "limit")
    if limited:
        driver.limit(max_actions)
    play = _Run(seconds=seconds, calls=MOST_CALLS if limited else max_actions)
    limits = {
        "max_feed_duration_secs": seconds,
        "max_memory": int(memory_mb * 2**20),
        "max_recursion_depth": MOST_RECURSION,
        "max_suspensions": MOST_CALLS * 2,
    }
    try:
        with _pool().checkout(
            script_name="program.py",
            limits=limits,  # type: ignore[arg-type]  # a plain dict
            os_policy={"datetime": TODAY, "random_start": {"seed": 0}, "sleep": "zero"},
        ) as session:
            outcome = play.outcome(session, program, driver)
    except MontyCrashedError as error:
        kind: Kind = "time" if error.timed_out else "crashed"
        outcome = play.ended(kind, f"the interpreter was ended: {error}")
    except MontyError as error:
        outcome = play.ended("crashed", f"the interpreter gave up: {error}")
    if play.boundary.stop is not None and not isinstance(play.boundary.stop, Halt):
        raise play.boundary.stop
    return outcome


class _Run:
    """One run of one program."""

    def __init__(self, *, seconds: float, calls: int) -> None:
        self.boundary = Boundary()
        self._seconds = seconds
        self._calls = calls
        self._printed = ""

    def outcome(self, session: MontySession, program: str, driver: Any) -> Outcome:
        shown = self.boundary.shown(driver)
        counted: Kind = "calls" if hasattr(type(driver), "limit") else "actions"
        called, deadline = 0, time.monotonic() + self._seconds
        try:
            session.feed_run(getattr(type(driver), "prelude", "pass"), inputs={"driver": shown})
            moment = session.feed_start(program, print_callback=self._print)
            while not isinstance(moment, MontyComplete):
                called += 1
                if called > self._calls:
                    return self.ended(counted, f"it asked for more than {self._calls} {counted}")
                if time.monotonic() > deadline:
                    return self.ended("time", f"it took more than {self._seconds:g} seconds")
                moment = moment.resume_auto()
                if self.boundary.stop is not None:
                    return self._halted(self.boundary.stop)
        except (MontySyntaxError, MontyRuntimeError) as error:
            if self.boundary.stop is not None:
                return self._halted(self.boundary.stop)
            return self._failed(error, program, getattr(type(driver), "instead", None))
        return self.ended("done", "")

    def ended(self, kind: Kind, message: str, **more: Any) -> Outcome:
        """The outcome, with what was printed."""
        return Outcome(kind=kind, message=message, printed=self._printed, **more)

    def _print(self, stream: Literal["stdout", "stderr"], text: str) -> None:
        self._printed += text[: MOST_PRINTED - len(self._printed)]

    def _halted(self, stop: BaseException) -> Outcome:
        halt = stop if isinstance(stop, Halt) else None
        kind: Kind = "actions" if isinstance(stop, OutOfActions) else "halted"
        return self.ended(kind, str(stop), halt=halt)

    def _failed(
        self, error: MontySyntaxError | MontyRuntimeError, program: str, instead: Instead | None
    ) -> Outcome:
        raised = error.exception()
        message = " ".join(error.display("msg").split())[:2000]
        if not _NAMED.match(message):
            message = f"{type(raised).__name__}: {message}"
        if instead and (lacking := _LACKING.match(message)) and (how := instead(*lacking.groups())):
            message = f"{message}; {how}"
        frames = [frame.line for frame in error.traceback() if frame.filename == _PROGRAM]
        line = frames[-1] if frames else None
        lines = program.split("\n")
        source = lines[line - 1] if line and line <= len(lines) else ""
        return self.ended(_kind(error, message), message, line=line, source=source)


_LIMITS: Mapping[str, Kind] = {
    "TimeoutError: feed time limit exceeded": "time",
    "MemoryError: ": "memory",
    "RecursionError: ": "recursion",
    "RuntimeError: suspension limit": "calls",
}


def _kind(error: MontyError, message: str) -> Kind:
    """How the program ended, by what its interpreter says."""
    if isinstance(error, MontySyntaxError) or isinstance(error.exception(), SyntaxError):
        return "syntax"
    if "monty syntax parser" in message and isinstance(error.exception(), NotImplementedError):
        return "refused"
    return next((kind for begin, kind in _LIMITS.items() if message.startswith(begin)), "raised")


@cache
def _pool() -> Monty:
    """The interpreters of this process, which end with it. They do not survive a fork: spawn."""
    return Monty(min_processes=1).__enter__()
