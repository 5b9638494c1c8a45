"""What of a driver a program can reach: public methods, properties, plain data, and no more."""

from __future__ import annotations

from collections.abc import Collection
from types import FunctionType
from typing import Any

from pydantic_monty import ClassInstance

from webagents.errors import MachineError, clipped
from webagents.planners.sandbox.outcome import Halt

PLAIN = (str, bytes, int, float, bool, type(None))
MOST_OBJECTS = 20_000


class Boundary:
    """One run's crossings between a program and its driver.

    Attributes:
        stop: what ended the run on the driver's side: a `Halt`, or an error that is not the
            program's (a machine that broke, Ctrl-C) and is to be raised.
    """

    def __init__(self) -> None:
        self.stop: BaseException | None = None
        self._known: dict[int, Exposed] = {}

    def shown(self, value: Any) -> Any:
        """The value as a program gets it.

        Raises:
            TypeError: it is nothing that a program may hold.
            MemoryError: the program holds too many objects already.
        """
        if isinstance(value, PLAIN):
            return value
        if isinstance(value, list | tuple | set | frozenset):
            return type(value)(self.shown(item) for item in value)
        if isinstance(value, dict):
            return {self.shown(key): self.shown(item) for key, item in value.items()}
        if isinstance(value, type) or callable(value):
            raise TypeError(f"{clipped(value)} is nothing a program may hold")
        known = self._known.get(id(value))
        if known is None:
            if len(self._known) == MOST_OBJECTS:
                raise MemoryError(f"a program may hold {MOST_OBJECTS} objects of its driver's")
            known = self._known[id(value)] = Exposed(value, self, len(self._known))
        return known


class Exposed(ClassInstance):
    """A driver's object, of which a program sees what its class lists in `exposes`.

    A class without such a list shows its public methods and properties.
    """

    def __init__(self, value: Any, boundary: Boundary, number: int) -> None:
        names = exposed_by(type(value))
        methods = frozenset(name for name in names if _is_method(type(value), name))
        super().__init__(value, lazy_attrs=names - methods, allowed_methods=methods)
        self._boundary = boundary
        self._number = number

    def get_eager_attrs(self) -> dict[str, Any]:
        """Its number: the interpreter takes objects of the same attributes for equal."""
        return {"_number": self._number}

    def call_method(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Calls it; what it answers is shown as the boundary has it."""
        try:
            return super().call_method(name, args, kwargs)
        except BaseException as error:
            self._note(error)
            raise

    def lookup_lazy_attrs(self, name: str) -> Any:
        """The property's value, shown as the boundary has it."""
        try:
            return super().lookup_lazy_attrs(name)
        except BaseException as error:
            self._note(error)
            raise

    def convert_value(self, /, name: str, value: Any) -> Any:
        """The value as a program gets it."""
        return self._boundary.shown(value)

    def _note(self, error: BaseException) -> None:
        own = isinstance(error, Exception) and not isinstance(error, Halt | MachineError)
        if not own and self._boundary.stop is None:
            self._boundary.stop = error


def exposed_by(type_: type) -> frozenset[str]:
    """The names that objects of a class show to programs."""
    listed: Collection[str] | None = getattr(type_, "exposes", None)
    if listed is not None:
        return frozenset(listed)
    return frozenset(
        name
        for name in dir(type_)
        if not name.startswith("_")
        and (_is_method(type_, name) or isinstance(getattr(type_, name), property))
    )


def _is_method(type_: type, name: str) -> bool:
    return isinstance(getattr(type_, name, None), FunctionType)
