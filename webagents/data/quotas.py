"""Tables of how many episodes of which task: bundled ones, and files of the user's."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from webagents.errors import UserError, clipped
from webagents.resources import content


def read_quotas(name: str | Path) -> Mapping[str, int]:
    """A bundled table by its name (``webgum347k``), or a TOML file of ``"task" = episodes``.

    Raises:
        UserError: no such table, or one that holds something else.
    """
    path = Path(name)
    if not path.suffix:
        known = sorted(file.stem for file in content("data", "quotas").glob("*.toml"))
        if str(name) not in known:
            raise UserError(
                f"no quotas {clipped(str(name))}; there is {', '.join(known)}, "
                "or give a TOML file of lines such as '\"miniwob.click-test\" = 100'"
            )
        path = content("data", "quotas", f"{name}.toml")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read the quotas {name}: {error}") from error
    for task, number in table.items():
        if not isinstance(number, int) or number < 0:
            raise UserError(f"{name}: {task} = {clipped(number)} is no number of episodes")
    return table
