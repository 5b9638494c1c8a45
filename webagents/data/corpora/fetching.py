"""Packages with HTML in them, downloaded by their registries' own clients; none is installed."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

SECONDS = 600

log = logging.getLogger(__name__)


class Download(NamedTuple):
    """A package that was downloaded.

    name: what it is called, without a version.
    """

    path: Path
    name: str


class Registry(NamedTuple):
    """Where packages come from.

    parted: the name and the version that a package is asked for by.
    stem: what the file of a package begins with, before the version.
    version: what any version looks like; a name may go on with a number.
    command: what downloads one into the working folder.
    """

    parted: Callable[[str], tuple[str, str]]
    stem: Callable[[str], str]
    version: str
    command: Callable[[str], list[str]]


REGISTRIES: Mapping[str, Registry] = {
    "debian": Registry(
        lambda asked: _parted(asked, "="),
        lambda name: f"{re.escape(name)}_",
        r"\d",
        lambda asked: ["apt-get", "download", asked],
    ),
    "npm": Registry(
        lambda asked: _parted(asked, "@"),
        lambda name: f"{re.escape(name.lstrip('@').replace('/', '-'))}-",
        r"\d+\.\d",
        lambda asked: ["npm", "pack", "--silent", "--ignore-scripts", asked],
    ),
    "pypi": Registry(
        lambda asked: _parted(asked, "=="),
        lambda name: "[-_.]".join(map(re.escape, re.split("[-_.]+", name))) + "-",
        r"\d+\.\d",
        lambda asked: [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--only-binary", ":all:", asked),
        ],
    ),
}
"""The registries by name. Of PyPI only wheels are taken: pip runs the code of all others."""


def fetched(registry: str, package: str, folder: Path) -> Download | str:
    """A package's file, downloaded unless it is there; or why it cannot be had, in a line."""
    where = REGISTRIES[registry]
    name, version = where.parted(package)
    there = _there(folder, where, name, version)
    if there is not None:
        return Download(there, name)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        subprocess.run(
            where.command(package),
            cwd=folder,
            check=True,
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        words = str(getattr(error, "stderr", "") or error).strip().splitlines()
        reason = words[-1] if words else type(error).__name__
        log.warning("%s's %s cannot be downloaded: %s", registry, package, reason)
        return reason
    there = _there(folder, where, name, version)
    return Download(there, name) if there else "the download left no file"


def _there(folder: Path, where: Registry, name: str, version: str) -> Path | None:
    # Debian's client writes what a file name should not hold, an epoch's colon, as %3a.
    after = re.escape(version.replace(":", "%3a")) + r"(?!\d)" if version else where.version
    wanted = re.compile(f"{where.stem(name)}{after}.*")
    if not folder.is_dir():
        return None
    found = [path for path in folder.iterdir() if wanted.fullmatch(path.name)]
    return max(found, key=lambda path: (path.stat().st_mtime, path.name), default=None)


def _parted(asked: str, by: str) -> tuple[str, str]:
    """The name and the version, "" where none is asked for; a scope's @ is part of the name."""
    at = asked.find(by, 1)
    return (asked, "") if at < 0 else (asked[:at], asked[at + len(by) :])
