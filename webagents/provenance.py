"""What an output was made with: settings and versions, saved beside it and checked on resuming."""

from __future__ import annotations

import json
import logging
import platform
from collections.abc import Mapping, Set
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from webagents.errors import UserError, clipped
from webagents.types import NOTHING

CONFIG = "config.json"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The settings and the versions that an output is made with, as JSON values."""

    config: Mapping[str, Any]
    versions: Mapping[str, str]

    @classmethod
    def read(cls, path: Path, what: str) -> Made:
        """What the output (`what`) of this ``config.json`` was begun with.

        Raises:
            UserError: the file is none of ours.
        """
        try:
            before = json.loads(path.read_text(encoding="utf-8"))
            return cls(config=dict(before["config"]), versions=dict(before["versions"]))
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(f"{path} is no {what}'s; name a new folder") from error

    def save(self, path: Path) -> None:
        """Writes the ``config.json``."""
        value = {"config": self.config, "versions": self.versions}
        write(path, json.dumps(value, indent=2, allow_nan=False) + "\n")

    def keep(
        self,
        folder: Path,
        what: str,
        *,
        free: Set[str],
        defaults: Mapping[str, Any] = NOTHING,
    ) -> None:
        """Takes itself down in an output's folder, unless that was begun with other settings.

        Raises:
            UserError: see `read` and `check_same`.
        """
        path = folder / CONFIG
        if path.exists():
            before = Made.read(path, what)
            self.check_same(before, folder, what, free=free, defaults=defaults)
        self.save(path)

    def check_same(
        self,
        before: Made,
        path: Path,
        what: str,
        *,
        free: Set[str],
        defaults: Mapping[str, Any] = NOTHING,
    ) -> None:
        """Checks that an output may go on; tells of other versions.

        before: what the output was begun with.
        path, what: the output, in a message: ``evaluation``.
        free: the settings that may differ, as they change no episode.
        defaults: what settings were where the output was begun before there were any such.

        Raises:
            UserError: a setting that may not differ does.
        """
        names = [name for name in {**before.config, **self.config} if name not in free]
        begun = {**defaults, **before.config}
        changed = [
            f"{name} {clipped(begun.get(name))} there, {clipped(self.config.get(name))} now"
            for name in names
            if begun.get(name) != self.config.get(name)
        ]
        if changed:
            raise UserError(
                f"{path} holds another {what} ({'; '.join(changed)}); "
                "resume it with its own settings or name a new folder"
            )
        for name, version in self.versions.items():
            was = before.versions.get(name)
            if was != version:
                log.warning("resuming with another %s: %r, was %r", name, version, was)


def current_versions(browser: str = "") -> dict[str, str]:
    """The versions a result depends on; of a package that is not installed, ""."""
    return {
        "webagents": _version("webagents-gym"),
        "python": platform.python_version(),
        "gymnasium": _version("gymnasium"),
        "miniwob": _version("miniwob"),
        "browser": browser,
        "platform": platform.platform(),
    }


def write(path: Path, text: str) -> None:
    """Writes a file whole or not at all; what UTF-8 cannot hold becomes "?"."""
    new = path.with_name(path.name + ".new")
    new.write_bytes(text.encode("utf-8", "replace"))
    new.replace(path)


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""
