"""Where the package's content and the user's own files and code lie."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

from webagents.errors import UserError, clipped

_PACKAGE = Path(__file__).resolve().parent


def content(*parts: str) -> Path:
    """The path of a bundled file or folder, such as ``content("envs", "miniwob", "tasks.toml")``.

    An installed package carries the content inside itself; in a checkout it is read in place.

    Raises:
        FileNotFoundError: there is no such content; the message names the path.
    """
    return within(_PACKAGE, *parts)


def within(package: Path, *parts: str) -> Path:
    """The bundled path of the package folder `package` (see `content`)."""
    packed = package / "content"
    root = packed if packed.is_dir() else package.parent
    path = root.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(
            f"the bundled content {'/'.join(parts)!r} is missing: there is no {path}; "
            "the installation is incomplete, install webagents-gym again"
        )
    return path


def home() -> Path:
    """The user's folder for what the package keeps: $WEBAGENTS_HOME, or ~/.cache/webagents.

    The folder is not made here.
    """
    chosen = os.environ.get("WEBAGENTS_HOME")
    return Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "webagents"


def named_object(name: str) -> Any:
    """What a user's ``module:name`` names, the module being one that Python can import.

    Raises:
        UserError: there is none.
    """
    module, _, attribute = name.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        raise UserError(
            f"{clipped(name)}: {error}; Python looks for modules on PYTHONPATH, and in this folder "
            "when it is called as python -m webagents"
        ) from error
    except (ImportError, AttributeError, ValueError) as error:
        raise UserError(f"{clipped(name)}: {error}") from error
