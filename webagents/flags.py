"""Makes a command's flags from the record of its settings, so that the two cannot differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import MISSING, Field, fields
from inspect import Parameter, Signature, cleandoc
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

Settings = TypeVar("Settings")

_FIELD = re.compile(r"^(\w+(?:, \w+)*): (.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)


def function_of(
    settings: type[Settings],
    run: Callable[[Settings], None],
    *,
    arguments: Collection[str] = (),
    last: type | None = None,
) -> Callable[..., None]:
    """A function with one keyword parameter for each field of a dataclass, for `typer.command`.

    Called, it gives `run` the record of its arguments. Each flag's help is what the dataclass's
    docstring says of the field (``name: text``).

    arguments: the fields that are given by their place on the command line, not as flags.
    last: another record from which it has fields, whose flags are listed behind its own.
    """
    hints, texts = get_type_hints(settings), described(settings)
    behind = {field.name for field in fields(last)} if last else set()
    parameters = [
        Parameter(
            field.name,
            Parameter.KEYWORD_ONLY,
            default=_default(field),
            annotation=Annotated[
                hints[field.name],
                (typer.Argument if field.name in arguments else typer.Option)(
                    help=texts.get(field.name)
                ),
            ],
        )
        for field in sorted(
            fields(settings),  # type: ignore[arg-type]  # a dataclass, whatever its type
            key=lambda field: field.name in behind,
        )
    ]

    def call(**values: Any) -> None:
        run(settings(**values))

    call.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return call


def described(settings: type) -> dict[str, str]:
    """What a class's docstring says of each field, as one line of plain text each.

    Fields that it has from another record are described there.
    """
    return {
        name: " ".join(text.replace("``", "").split())
        for each in reversed(settings.__mro__)
        for names, text in _FIELD.findall(cleandoc(each.__doc__ or ""))
        for name in names.split(", ")
    }


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return Parameter.empty if field.default is MISSING else field.default
