"""Reads our docstrings as Markdown: what is said of a parameter or field is an item of a list."""

from __future__ import annotations

import re
from typing import Any

from griffe import Attribute, Class, Extension, Function, Object

_SAID = re.compile(r"(?P<names>\w+(?:, \w+)*): (?P<text>\S.*)")
_ROLE = re.compile(r":\w+:(?=`)")


class Described(Extension):
    """Writes ``name: text`` of a parameter or field as a list, and Sphinx's marks as Markdown's."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Rewrites the docstring of whatever was read from the sources."""
        if obj.docstring is not None:
            obj.docstring.value = rewritten(obj.docstring.value, known_names(obj))


def known_names(obj: Object) -> set[str]:
    """What a docstring may tell of by name: parameters, or a class's fields."""
    if isinstance(obj, Function):
        return {parameter.name for parameter in obj.parameters}
    if not isinstance(obj, Class):
        return set()
    fields = {name for name, member in obj.members.items() if isinstance(member, Attribute)}
    made = obj.members.get("__init__")
    return fields | (known_names(made) if isinstance(made, Function) else set())


def rewritten(text: str, names: set[str]) -> str:
    """The docstring with list items where names are told of, and a blank line before the first."""
    lines: list[str] = []
    listed = False
    for line in text.splitlines():
        said = _SAID.match(line)
        if said and names.intersection(said["names"].split(", ")):
            if not listed and lines and lines[-1]:
                lines.append("")
            told = ", ".join(f"`{name}`" for name in said["names"].split(", "))
            line, listed = f"- {told}: {said['text']}", True
        elif listed and not line.startswith(" "):
            if line and lines[-1]:
                lines.append("")
            listed = False
        lines.append(_ROLE.sub("", re.sub(r"::$", ":", line)))
    return "\n".join(lines)
