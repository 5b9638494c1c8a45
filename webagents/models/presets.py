"""The sizes of HTML-T5 by name, from the files ``models/presets/*.toml``."""

from __future__ import annotations

import tomllib
from typing import Any

from webagents.errors import UserError
from webagents.models.config import HtmlT5Config
from webagents.resources import content


def preset_names() -> list[str]:
    """The names of all presets, sorted."""
    return sorted(path.stem for path in content("models", "presets").glob("*.toml"))


def load_preset(name: str, **changes: Any) -> HtmlT5Config:
    """The configuration of a size.

    name: such as "small" or "base", see `preset_names`.
    changes: fields of the configuration to set otherwise, such as ``vocab_size``.

    Raises:
        UserError: there is no preset of that name, or no such field.
    """
    names = preset_names()
    if name not in names:
        raise UserError(f"no preset {name!r}; there are {', '.join(names)}")
    with content("models", "presets", f"{name}.toml").open("rb") as file:
        fields = tomllib.load(file)["model"]
    unknown = sorted(set(changes) - set(HtmlT5Config.__annotations__))
    if unknown:
        raise UserError(f"HtmlT5Config has no field {', '.join(unknown)}")
    return HtmlT5Config(**fields | changes)
