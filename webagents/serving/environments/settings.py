"""How a client may have a task played: environments' settings, but for what is the server's."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from webagents.envs.registration import entry_point
from webagents.envs.task import PlayOptions
from webagents.envs.webshop.shop import imported_names
from webagents.errors import UserError, clipped

_SERVERS_OWN = ("pages",)  # folders here are none of a client's business
_OTHERS: Mapping[str, Any] = {"max_steps": int | None, "render_mode": str | None}
_TEXT_SHOP: Mapping[str, Any] = {"observation_mode": str}


@cache
def types(task: str) -> Mapping[str, Any]:
    """The settings of a task by name, each with its type."""
    known = {name: hint for name, hint in _played().items() if name not in _SERVERS_OWN}
    own = _TEXT_SHOP if entry_point(task) != entry_point("") else {}
    return {**known, **_OTHERS, **own}


def checked(task: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as an environment takes them.

    Raises:
        UserError: one that there is not, that is not a client's, or of another type.
    """
    known = types(task)
    for name, value in asked.items():
        if name not in known:
            there = ", ".join(known)
            raise UserError(f"no setting {clipped(name)} here; the settings are {there}")
        try:
            TypeAdapter(known[name]).validate_python(value, strict=True)
        except ValidationError as error:
            told = error.errors()[0]["msg"]
            raise UserError(f"{name}={clipped(value)} cannot be: {told}") from error
    if asked.get("clock") == "real":
        raise UserError("clock='real' is not served: it would hold up the browser's other sessions")
    shop = asked.get("shop")
    if shop is not None and shop not in imported_names():
        known_shops = ", ".join(imported_names()) or "none but the bundled one, which is None"
        raise UserError(f"shop={clipped(shop)} is not imported on the server; it has {known_shops}")
    return dict(asked)


def listed(task: str) -> list[dict[str, Any]]:
    """The settings of a task for people and programs: name, default, JSON schema."""
    defaults = {field.name: field.default for field in fields(PlayOptions)}
    return [
        {
            "name": name,
            "default": defaults.get(name, "text" if name == "observation_mode" else None),
            "schema": _schema(hint),
        }
        for name, hint in types(task).items()
    ]


@cache
def _played() -> Mapping[str, Any]:
    hints = get_type_hints(PlayOptions)
    hints["shop"] = str | None  # a name; folders are the server's
    hints["action_ms"] = float
    return {name: hints[name] for name in inspect.signature(PlayOptions).parameters}


def _schema(hint: Any) -> dict[str, Any]:
    return TypeAdapter(hint).json_schema()
