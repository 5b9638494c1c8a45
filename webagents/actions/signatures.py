"""How an action is written: its parameters in order, and how arguments are matched to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from webagents.actions.kinds import Kind, Value
from webagents.errors import ActionError, clipped

ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "bid": ("ref",),
        "from_bid": ("from_ref",),
        "to_bid": ("to_ref",),
        "value": ("text", "options"),
        "typed_text": ("text", "options"),
        "option": ("options",),
        "key_comb": ("key",),
        "dx": ("delta_x",),
        "dy": ("delta_y",),
    }
)
"""Other names a parameter goes by (BrowserGym's, WebGUM's), and the parameters they can mean."""

_NUMBERS = ("integer", "number")  # of JSON schemas


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of an action.

    optional: whether it can be left out.
    default: what it then is; None where it then has no value at all.
    """

    name: str
    kind: Kind
    optional: bool = False
    default: Value | None = None

    @property
    def written(self) -> str:
        """The parameter as a signature shows it: ``button='left'``."""
        return f"{self.name}={literal(self.default)}" if self.optional else self.name

    @property
    def shown(self) -> str:
        """The parameter in an argument's place, in quotes where it is a text: ``'ref'``."""
        return self.name if self.kind.schema.get("type") in _NUMBERS else repr(self.name)

    @property
    def schema(self) -> dict[str, object]:
        """The JSON schema of an argument, with what it is in words."""
        told = f"{self.kind.expects[0].upper()}{self.kind.expects[1:]}."
        schema = {"description": told, **self.kind.schema}
        if self.default is not None:
            schema["default"] = (
                list(self.default) if isinstance(self.default, tuple) else self.default
            )
        return schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One action: how it is written and what it does.

    help: what it does, one line.
    dialect: the form of action text it belongs to, "calls" or "webshop".
    """

    name: str
    parameters: tuple[Parameter, ...]
    help: str
    dialect: str = "calls"

    @property
    def written(self) -> str:
        """The action with its parameters and defaults: ``click(ref, button='left')``."""
        return f"{self.name}({', '.join(parameter.written for parameter in self.parameters)})"

    @property
    def shortest(self) -> str:
        """The same as it is used, without what may be left out: ``fill('ref', 'text')``."""
        needed = [each.shown for each in self.parameters if not each.optional]
        return f"{self.name}({', '.join(needed)})"

    @property
    def schema(self) -> dict[str, object]:
        """The JSON schema of the arguments, by their names: what a tool's description holds."""
        return {
            "type": "object",
            "properties": {each.name: each.schema for each in self.parameters},
            "required": [each.name for each in self.parameters if not each.optional],
            "additionalProperties": False,
        }

    def bind(
        self, positional: Sequence[object], named: Iterable[tuple[str, object]]
    ) -> dict[str, object]:
        """The arguments by parameter name, aliases resolved, not yet checked.

        Raises:
            ActionError: too many arguments, an unknown name, or one given twice.
        """
        names = [parameter.name for parameter in self.parameters]
        if len(positional) > len(names):
            raise ActionError(
                f"{self.name}: takes {_counted(len(names), 'argument')}, not {len(positional)}; "
                f"write {self.written}"
            )
        arguments = dict(zip(names, positional, strict=False))
        for key, value in named:
            name = next((name for name in (key, *ALIASES.get(key, ())) if name in names), None)
            if name is None:
                raise ActionError(f"{self.name}: no parameter {clipped(key)}; write {self.written}")
            if name in arguments:
                raise ActionError(f"{self.name}: {name!r} is given twice; write {self.written}")
            arguments[name] = value
        return arguments

    def read(self, arguments: Mapping[str, object]) -> dict[str, Value]:
        """The arguments checked, in their canonical form and order, defaults filled in.

        Raises:
            ActionError: an argument is missing, unknown or not of its parameter's kind.
        """
        bound = self.bind((), arguments.items())
        values: dict[str, Value] = {}
        lacking: list[str] = []
        for parameter in self.parameters:
            name, given = parameter.name, bound.get(parameter.name)
            if given is None and parameter.optional:  # a written None is one left out
                if parameter.default is None:
                    lacking.append(name)
                else:
                    values[name] = parameter.default
                continue
            if name not in bound:
                raise ActionError(f"{self.name}: {name!r} is missing; write {self.written}")
            value = parameter.kind.read(given)
            if value is None:
                raise ActionError(
                    f"{self.name}: {name!r} must be {parameter.kind.expects}, not {clipped(given)}"
                )
            values[name] = value
        if lacking == ["x"] or lacking == ["y"]:
            raise ActionError(f"{self.name}: give both 'x' and 'y', or neither")
        return values

    def text(self, values: Mapping[str, Value]) -> str:
        """The call: in order as far as nothing is left out, by name from there; no defaults."""
        written: list[str] = []
        in_order = True
        for parameter in self.parameters:
            value = values.get(parameter.name)
            if value is None or (parameter.optional and value == parameter.default):
                in_order = False
                continue
            shown = literal(value)
            written.append(shown if in_order else f"{parameter.name}={shown}")
        return f"{self.name}({', '.join(written)})"


def literal(value: Value | None) -> str:
    """The value as action text writes it; a list of one string is that string's equal."""
    if isinstance(value, tuple):
        return repr(value[0]) if len(value) == 1 else repr(list(value))
    return repr(value)


def _counted(count: int, noun: str) -> str:
    return "no arguments" if count == 0 else f"{count} {noun}{'' if count == 1 else 's'}"
