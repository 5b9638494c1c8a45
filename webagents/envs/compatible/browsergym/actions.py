"""BrowserGym's action sets: which actions there are, said to a model, and checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from webagents.actions import describe, parse
from webagents.envs.compatible.telling import refuse
from webagents.errors import ActionError, UserError, clipped

_SUBSETS: Mapping[str, tuple[str, ...]] = {
    "chat": ("send_msg_to_user",),
    "infeas": ("report_infeasible",),
    "bid": (
        *("scroll", "fill", "select_option", "click", "dblclick", "hover", "press", "focus"),
        *("clear", "drag_and_drop", "upload_file"),
    ),
    "coord": (
        *("scroll", "mouse_move", "mouse_up", "mouse_down", "mouse_click", "mouse_dblclick"),
        *("mouse_drag_and_drop", "scroll_at", "keyboard_down", "keyboard_up", "keyboard_press"),
        *("keyboard_type", "keyboard_insert_text"),
    ),
    "nav": ("go_back", "go_forward", "goto"),
    "tab": ("tab_close", "tab_focus", "new_tab"),
    "miniwob_all": (
        *("mouse_move", "mouse_click", "mouse_dblclick", "mouse_down", "mouse_up", "scroll"),
        *("click", "keyboard_press", "keyboard_type", "fill"),
    ),
    "miniwob_shi17": (
        *("mouse_click", "mouse_dblclick", "mouse_down", "mouse_up", "scroll", "keyboard_press"),
    ),
    "miniwob_liu18": ("click", "fill"),
    "miniwob_humphreys22": (
        *("mouse_move", "mouse_click", "mouse_dblclick", "mouse_down", "mouse_up", "scroll"),
        *("keyboard_press", "keyboard_type"),
    ),
}
_EXAMPLES = {
    "noop": "noop()",
    "click": "click('12')",
    "fill": "fill('5', 'a text')",
    "select_option": "select_option('7', 'blue')",
    "press": "press('5', 'Enter')",
    "scroll": "scroll(0, 200)",
    "mouse_click": "mouse_click(80, 120)",
    "keyboard_press": "keyboard_press('Enter')",
    "keyboard_type": "keyboard_type('a text')",
    "send_msg_to_user": "send_msg_to_user('It is 42.')",
}


class HighLevelActionSet:
    """The actions of some of BrowserGym's subsets."""

    def __init__(
        self,
        subsets: str | Iterable[str] = ("chat", "infeas", "bid", "nav", "tab"),
        **given: Any,
    ) -> None:
        """The set of these subsets' actions, and `noop`.

        given: `custom_actions` (None), `multiaction`, `strict`, `retry_with_force`, `demo_mode`:
            taken as they come; a step is one action in any case, and effects are not drawn.

        Raises:
            UserError: there is no such subset or option.
        """
        chosen = [subsets] if isinstance(subsets, str) else list(subsets)
        for name in chosen:
            if name not in _SUBSETS:
                raise UserError(f"no subset {clipped(name)}; the subsets are {', '.join(_SUBSETS)}")
        ignored = ("multiaction", "strict", "retry_with_force", "demo_mode")
        rest = {name: value for name, value in given.items() if name not in ignored}
        refuse(rest, {"custom_actions": (None,)}, "the actions are texts, not functions")
        names = ("noop", *(each for name in chosen for each in _SUBSETS[name]))
        self.action_set: tuple[str, ...] = tuple(dict.fromkeys(names))

    def describe(self, with_long_description: bool = True, with_examples: bool = True) -> str:
        """The actions for a language model: a line each, and how some are written.

        with_long_description: whether what each does is told.
        """
        lines = re.sub(r"\b(from_|to_)?ref\b", r"\1bid", describe(self.action_set)).splitlines()
        if not with_long_description:
            lines = [line.partition(": ")[0] for line in lines]
        text = f"{len(lines)} actions, of which one is taken at a time:\n" + "\n".join(lines)
        return f"{text}\nExamples:\n{self.example_action()}" if with_examples else text

    def example_action(self, abstract: bool = False, max_examples: int = 3) -> str:
        """A few actions as they are written, one a line; `abstract` says only that one is due."""
        if abstract:
            return "One action, such as would be written in Python, from the list above."
        known = [_EXAMPLES[name] for name in self.action_set if name in _EXAMPLES]
        return "\n".join(known[:max_examples])

    def to_python_code(self, action: str) -> str:
        """The action in its plain form, prose around it left out.

        Raises:
            ActionError: it holds none, several, or one that is not of this set.
        """
        read = parse(action)
        if read.name not in self.action_set:
            known = ", ".join(self.action_set)
            raise ActionError(f"no action {clipped(read.name)} in this set; it has {known}")
        return read.text
