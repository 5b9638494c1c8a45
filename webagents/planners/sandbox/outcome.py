"""What came of a program, and how a driver ends one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "done",
    "syntax",
    "refused",
    "raised",
    "time",
    "memory",
    "recursion",
    "calls",
    "actions",
    "halted",
    "crashed",
]
"""How a program ended.

done: it ran to its end. syntax: it is no Python that can be read. refused: it asks for what no
program may have; nothing of it was run. raised: an exception that it did not catch.
time, memory, recursion, calls, actions: it came to that limit. halted: its driver ended it.
crashed: the interpreter went down with it.
"""

DONE = "done"
"""How a program that ran to its end ended, in words."""


class Halt(Exception):
    """Raised by a driver to end the program then and there; no program can catch it."""


class OutOfActions(Halt):
    """The program asked for one action more than it was allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of running a program.

    message: what was wrong, in one line, as Python says it: ``LookupError: ...``; "" when done.
    line: the line of the program it happened in, counted from 1; None where it has none.
    source: that line's text.
    printed: what the program printed, its beginning.
    halt: what the driver ended it with, None otherwise.
    """

    kind: Kind
    message: str = ""
    line: int | None = None
    source: str = ""
    printed: str = ""
    halt: Halt | None = field(default=None, compare=False)

    @property
    def ok(self) -> bool:
        """Whether the program ran to its end."""
        return self.kind == DONE

    def __str__(self) -> str:
        if self.ok:
            return DONE
        where = f" (line {self.line}: {self.source.strip()})" if self.line else ""
        return f"{self.message}{where}"
