"""What homes look like: a front with as many windows as there are rooms, drawn as an SVG."""

from __future__ import annotations

from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.websites.homes.stock import SITE, Home

_WALLS = ("#e9d8c3", "#d9c2b0", "#c9d3dc", "#efe6d5", "#d8b7a4", "#c4cdb8")
_ROOFS = ("#8d4b3a", "#5c6670", "#7a5c46", "#4d6a5f")
_FLOORS = {"apartment": 5, "condo": 4, "loft": 3, "townhouse": 3, "house": 2}


def picture(home: Home) -> str:
    """The home's front."""
    dice = Dice(f"{SITE}/picture/{home.id}")
    wall, roof = dice.pick(_WALLS), dice.pick(_ROOFS)
    floors, columns = _FLOORS[home.type], 2 + home.beds
    width, top = 26 * columns, 100 - 14 * floors
    left = 140 - width / 2
    windows = "".join(
        f'<rect x="{left + 8 + 26 * column:g}" y="{top + 4 + 14 * floor}" width="10" height="8" '
        f'fill="{dice.pick(("#7fa6c4", "#93b8d1", "#f5e3a1"))}"/>'
        for floor in range(floors)
        for column in range(columns)
    )
    pointed = home.type in ("house", "townhouse")
    right = left + width
    ridge = (
        f'<path d="M{left - 6:g} {top} L140 {top - 22} L{right + 6:g} {top} Z" fill="{roof}"/>'
        if pointed
        else f'<rect x="{left - 3:g}" y="{top - 4}" width="{width + 6}" height="5" fill="{roof}"/>'
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%" viewBox="0 0 280 110" '
        'preserveAspectRatio="xMidYMax slice"><rect y="98" width="280" height="12" fill="#a9bf95"/>'
        f'<rect x="{left:g}" y="{top}" width="{width}" height="{100 - top}" fill="{wall}"/>'
        f'{ridge}{windows}<rect x="136" y="88" width="9" height="12" fill="{roof}"/></svg>'
    )
