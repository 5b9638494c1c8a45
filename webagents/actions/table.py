"""Every action there is: its parameters in order, their kinds and defaults, and what it does.

Names and order are BrowserGym's, its bids being our refs.
Source: BrowserGym 0.14.3, browsergym/core/action/functions.py.
"""

import difflib
from collections.abc import Collection, Iterable, Mapping
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
)
from webagents.actions.signatures import Parameter, Signature
from webagents.errors import ActionError, clipped


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


def describe(names: Iterable[str] | None = None, *, optional: bool = True) -> str:
    """The actions for a language model, one line each: how it is written, what it does.

    names: which, in this order; None for all that are no single site's own.
    optional: whether what may be left out of an action is told.

    Raises:
        ActionError: there is no action of such a name.
    """
    chosen = [each.name for each in ACTIONS.values() if each.dialect == "calls"]
    signatures = [signature_of(name) for name in (chosen if names is None else names)]
    return "\n".join(
        f"{each.written if optional else each.shortest}: {each.help}" for each in signatures
    )
