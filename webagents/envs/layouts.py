"""Moved layouts: the same page with its parts at other places, by another style sheet."""

from __future__ import annotations

import json
import random

_MOVED = """
#wrap {{ display: flex; flex-direction: column; }}
#wrap > * {{ flex: none; }}
#query {{ order: {order}; text-align: {align}; }}
#area {{ padding: {down}px 2px {down}px {left}px; line-height: {spacing}; font-size: {size}px; }}
#area button, #area input, #area label, #area span {{ letter-spacing: {letters}px; }}
"""


def moved(task: str, seed: int) -> str:
    """The style sheet of a task's layout for a seed.

    The instruction is above or below the task, and the task is indented, in smaller or larger
    letters, its lines farther apart: so boxes, pictures and where lines break are others. What a
    page places by coordinates of its own stays there.
    """
    dice = random.Random(f"layout/{task}/{seed}")
    return _MOVED.format(
        order=dice.choice((0, 1)),
        align=dice.choice(("center", "right")),
        down=dice.choice((6, 10)),
        left=dice.choice((6, 12)),
        spacing=dice.choice((1.3, 1.5)),
        size=dice.choice((9, 11)),
        letters=dice.choice((0.3, 0.6)),
    )


def script(sheet: str) -> str:
    """JavaScript that puts a style sheet into the page after all of its own."""
    return (
        "document.head.appendChild(document.createElement('style')).textContent = "
        f"{json.dumps(sheet)};"
    )
