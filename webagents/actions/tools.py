"""Actions as tools: for language models that call functions instead of writing action text."""

from collections.abc import Collection, Mapping

from webagents.actions.signatures import Signature
from webagents.actions.table import ACTIONS


def tools(dialects: Collection[str] = ("calls",)) -> list[Signature]:
    """The actions of these dialects, in the table's order: each a tool of its name.

    A tool takes what its `Signature.schema` says, and does what its `help` says.
    """
    return [each for each in ACTIONS.values() if each.dialect in dialects]


def called(name: str, arguments: Mapping[str, object]) -> str:
    """The action text of a tool's call, its arguments as they were given.

    They may be wrong: like any action text it is for `parse` to read, and to say what is wrong.
    """
    named = [
        f"{key if key.isidentifier() else repr(key)}={value!r}" for key, value in arguments.items()
    ]
    return f"{name}({', '.join(named)})"
