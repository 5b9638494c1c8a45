"""Every action there is: its parameters in order, their kinds and defaults, and what it does.

Names and order are BrowserGym's, its bids being our refs.
Source: BrowserGym 0.14.3, browsergym/core/action/functions.py.
"""

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from webagents.actions.kinds import (
    ADDRESS,
    BUTTON,
    DISTANCE,
    DURATION,
    FILLED,
    HELD,
    INDEX,
    KEY,
    PIXEL,
    REFERENCE,
    TEXT,
    TEXTS,
    Kind,
    Value,
)
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
                raise ActionError(
                    f"{self.name}: no parameter {clipped(key)}; write {self.written}"
                )
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


def _parameter(name: str, kind: Kind) -> Parameter:
    return Parameter(name=name, kind=kind)


def _action(name: str, *parameters: Parameter, does: str, dialect: str = "calls") -> Signature:
    return Signature(name=name, parameters=parameters, help=does, dialect=dialect)


_REF = _parameter("ref", REFERENCE)
_FROM, _TO = _parameter("from_ref", REFERENCE), _parameter("to_ref", REFERENCE)
_TEXT, _KEY = _parameter("text", TEXT), _parameter("key", KEY)
_X, _Y = _parameter("x", PIXEL), _parameter("y", PIXEL)
_DX, _DY = _parameter("delta_x", DISTANCE), _parameter("delta_y", DISTANCE)
_BUTTON = Parameter(name="button", kind=BUTTON, optional=True, default="left")
_MODIFIERS = Parameter(name="modifiers", kind=HELD, optional=True, default=())
_HERE = (
    Parameter(name="x", kind=PIXEL, optional=True),
    Parameter(name="y", kind=PIXEL, optional=True),
)
_WAIT = Parameter(name="wait_ms", kind=DURATION, optional=True, default=0)
_DRAG = tuple(_parameter(name, PIXEL) for name in ("from_x", "from_y", "to_x", "to_y"))

ACTIONS: Mapping[str, Signature] = MappingProxyType(
    {
        signature.name: signature
        for signature in (
            _action("noop", _WAIT, does="Do nothing; 0 ms is an action's ordinary time."),
            _action("click", _REF, _BUTTON, _MODIFIERS, does="Click an element."),
            _action("dblclick", _REF, _BUTTON, _MODIFIERS, does="Double-click an element."),
            _action("hover", _REF, does="Move the pointer over an element."),
            _action("fill", _REF, _TEXT, does="Clear a field and enter the text."),
            _action("type", _REF, _TEXT, does="Type the text at the end of what a field holds."),
            _action(
                "select_option",
                _REF,
                _parameter("options", TEXTS),
                does="Choose one or several options of a list, by label or value.",
            ),
            _action("press", _REF, _KEY, does="Focus an element and press a key or combination."),
            _action("focus", _REF, does="Focus an element."),
            _action("clear", _REF, does="Clear a field."),
            _action("check", _REF, does="Tick a checkbox or radio button."),
            _action("uncheck", _REF, does="Untick a checkbox."),
            _action("drag_and_drop", _FROM, _TO, does="Drag one element onto another."),
            _action(
                "upload_file", _REF, _parameter("file", TEXTS), does="Choose files for a field."
            ),
            _action("scroll", _DX, _DY, does="Scroll right and down by pixels."),
            _action("scroll_at", _X, _Y, _DX, _DY, does="Scroll with the pointer at a point."),
            _action("mouse_move", _X, _Y, does="Move the pointer to a point, in pixels."),
            _action("mouse_click", _X, _Y, _BUTTON, does="Click at a point."),
            _action("mouse_dblclick", _X, _Y, _BUTTON, does="Double-click at a point."),
            _action(
                "mouse_down",
                *_HERE,
                _BUTTON,
                does="Press a mouse button and hold it, at a point or where the pointer is.",
            ),
            _action(
                "mouse_up",
                *_HERE,
                _BUTTON,
                does="Release a mouse button, at a point or where the pointer is.",
            ),
            _action("mouse_drag_and_drop", *_DRAG, does="Drag from one point to another."),
            _action("keyboard_press", _KEY, does="Press a key or combination."),
            _action("keyboard_down", _KEY, does="Press a key and hold it."),
            _action("keyboard_up", _KEY, does="Release a key."),
            _action("keyboard_type", _TEXT, does="Type the text, key by key, where the focus is."),
            _action("keyboard_insert_text", _TEXT, does="Insert the text at once."),
            _action("goto", _parameter("url", ADDRESS), does="Open an address."),
            _action("go_back", does="Go back one page."),
            _action("go_forward", does="Go forward one page."),
            _action("new_tab", does="Open a tab and go to it."),
            _action("tab_close", does="Close the tab in view."),
            _action("tab_focus", _parameter("index", INDEX), does="Go to a tab, counted from 0."),
            _action("send_msg_to_user", _TEXT, does="Tell the user something, such as an answer."),
            _action(
                "report_infeasible",
                _parameter("reason", TEXT),
                does="Say that it cannot be done, and why; ends the episode.",
            ),
            _action(
                "search",
                _parameter("query", FILLED),
                does="Search the shop; also written search[query].",
                dialect="webshop",
            ),
            _action(
                "choose",
                _parameter("value", FILLED),
                does="Click what bears this name; also written click[value].",
                dialect="webshop",
            ),
        )
    }
)
"""The actions by name. Which of them apply is for each environment to say."""


def signature_of(name: str, dialects: Collection[str] = ()) -> Signature:
    """The action of that name; `dialects` adds to the names an error lists.

    Raises:
        ActionError: there is none.
    """
    if name in ACTIONS:
        return ACTIONS[name]
    listed = [each.name for each in ACTIONS.values() if each.dialect in ("calls", *dialects)]
    close = difflib.get_close_matches(name[:40], listed, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    raise ActionError(f"no action {clipped(name)}{hint}; the actions are {', '.join(listed)}")


def describe(names: Iterable[str] | None = None) -> str:
    """The actions for a language model, one line each: how it is written, what it does.

    names: which, in this order; None for all that are no single site's own.

    Raises:
        ActionError: there is no action of such a name.
    """
    chosen = [each.name for each in ACTIONS.values() if each.dialect == "calls"]
    signatures = [signature_of(name) for name in (chosen if names is None else names)]
    return "\n".join(f"{signature.written}: {signature.help}" for signature in signatures)
