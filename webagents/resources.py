"""Where the package's content and the user's own files lie."""

from __future__ import annotations

import os
from pathlib import Path

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
