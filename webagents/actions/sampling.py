"""Random actions: what a policy that knows nothing does."""

from collections.abc import Sequence
from typing import Any, Protocol

from webagents.actions.action import Action
from webagents.actions.kinds import Value
from webagents.actions.table import ACTIONS

POINTED = ("mouse_click", "mouse_click", "mouse_dblclick", "scroll", "keyboard_press")
"""What can be done where the page has no refs; a name's share is its number of times."""
NAMED = (
    *("click",) * 8,
    *("fill",) * 3,
    *("select_option",) * 2,
    *("type", "dblclick", "hover", "press", "drag_and_drop"),
)
WORDS = ("red", "blue", "hello", "Anna", "Paris", "shoes", "yes", "12", "2020", "01/15/2016")
KEYS = ("Enter", "Tab", "Escape", "Backspace", "ArrowDown", "ArrowUp", "Space", "ControlOrMeta+a")
DISTANCES = (-300, -100, 0, 100, 300)


class Dice(Protocol):
    """What `sample` needs of ``random.Random``."""

    def choice(self, seq: Sequence[Any], /) -> Any:
        """One of the items."""
        ...

    def randrange(self, stop: int, /) -> int:
        """A whole number from 0 up to, not including, `stop`."""
        ...


def sample(dice: Dice, refs: Sequence[int], width: int, height: int) -> Action:
    """A random plausible action; the same for the same dice.

    refs: those on the page; with none, the action names a point or a key.
    width, height: CSS pixels within which points lie.
    """

    def drawn(parameter: str) -> Value:
        value: Value
        match parameter:
            case "ref" | "from_ref" | "to_ref":
                value = str(dice.choice(refs))
            case "text" | "options":
                value = dice.choice(WORDS)
            case "key":
                value = dice.choice(KEYS)
            case "x":
                value = dice.randrange(width)
            case "y":
                value = dice.randrange(height)
            case _:
                value = dice.choice(DISTANCES)
        return value

    name = dice.choice((*NAMED, *POINTED) if refs else POINTED)
    needed = [each.name for each in ACTIONS[name].parameters if not each.optional]
    return Action(name=name, arguments={parameter: drawn(parameter) for parameter in needed})
