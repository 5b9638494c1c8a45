"""The sizes of all models by name, from the files ``models/presets/*.toml``."""

from __future__ import annotations

import tomllib
from typing import Any

from webagents.errors import UserError
from webagents.models.config import HtmlT5Config
from webagents.models.pointer.config import PointerConfig
from webagents.models.webgum_config import WebGumConfig
from webagents.resources import content

_KINDS: dict[str, type[HtmlT5Config]] = {"vision": WebGumConfig, "pointer": PointerConfig}


def preset_names() -> list[str]:
    """The names of all presets, sorted."""
    return sorted(path.stem for path in content("models", "presets").glob("*.toml"))


def load_preset(name: str, **changes: Any) -> HtmlT5Config:
    """The configuration of a size.

    It is a `WebGumConfig` where its file has a table ``[vision]``, a `PointerConfig` where it has
    one ``[pointer]``.

    name: such as "small" or "webgum-base", see `preset_names`.
    changes: fields of the configuration to set otherwise, such as ``vocab_size``.

    Raises:
        UserError: there is no preset of that name, or no such field.
    """
    names = preset_names()
    if name not in names:
        raise UserError(f"no preset {name!r}; there are {', '.join(names)}")
    with content("models", "presets", f"{name}.toml").open("rb") as file:
        tables = tomllib.load(file)
    kind = next((_KINDS[table] for table in tables if table in _KINDS), HtmlT5Config)
    known = {field for each in kind.__mro__ for field in getattr(each, "__annotations__", ())}
    if unknown := sorted(set(changes) - known):
        raise UserError(f"{kind.__name__} has no field {', '.join(unknown)}")
    fields = {name: value for table in tables.values() for name, value in table.items()}
    return kind(**fields | changes)
