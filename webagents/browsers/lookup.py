"""Finds the browser to start, without starting one and without importing Playwright."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple

from webagents.errors import BrowserMissing, clipped

Kind = Literal["headless-shell", "chromium"]

VARIABLE = "WEBAGENTS_BROWSER"
"""The environment variable that names a browser, before any search."""

SYSTEM = (
    "/usr/lib/chromium/chromium-headless-shell",
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "~/Applications/Chromium.app/Contents/MacOS/Chromium",
    "~/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
"""Commands and paths of installed browsers, the headless shells first: a full browser's screenshot
hangs while the virtual clock is paused (seen with Debian's Chromium 156)."""

_WRAPPED = {
    "/usr/bin/chromium-headless-shell": "/usr/lib/chromium/chromium-headless-shell",
    "/usr/bin/chromium": "/usr/lib/chromium/chromium",
    "/opt/google/chrome/google-chrome": "/opt/google/chrome/chrome",
}
"""Launcher scripts and the browsers they start. Killing a launcher leaves its browser running, and
the browsers start as well without (tried with Debian's 156)."""

# Source: `EXECUTABLE_PATHS` of Playwright 1.65 and the folder names of its releases since 1.49.
_PLAYWRIGHT: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "chromium_headless_shell-*",
        ("chrome-headless-shell-*/chrome-headless-shell", "chrome-*/headless_shell"),
    ),
    (
        "chromium-*",
        (
            "chrome-linux*/chrome",
            "chrome-mac*/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
            "chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
        ),
    ),
)


class FoundBrowser(NamedTuple):
    """A browser that can be started.

    path: the executable itself, no launcher script where one is known.
    kind: the lean headless shell, or a full browser.
    origin: what named it: "path", "WEBAGENTS_BROWSER", "playwright" or "system".
    """

    path: Path
    kind: Kind
    origin: str


def find_browser(path: str | None = None, *, system: Sequence[str] = SYSTEM) -> FoundBrowser:
    """The browser at `path`, or $WEBAGENTS_BROWSER's, or Playwright's newest, or the system's.

    path: an executable's path or a command's name; None to search.
    system: the commands and paths tried last, in this order.

    Raises:
        BrowserMissing: what was named is no executable, or nothing was found; the message says
            where was looked.
    """
    for origin, named in (("path", path), (VARIABLE, os.environ.get(VARIABLE))):
        if named:
            return _named(named, origin)
    folder = playwright_folder()
    for origin, candidates in (
        ("playwright", _downloads(folder)),
        ("system", map(_expanded, system)),
    ):
        for candidate in candidates:
            if executable := shutil.which(candidate):
                return _found(Path(executable), origin)
    raise BrowserMissing(
        f"no browser was found: {VARIABLE} is not set, Playwright has none in {folder}, and the "
        f"system has none of {', '.join(system) or 'nothing'}; `webagents doctor --fix` installs "
        f"one, and {VARIABLE}=PATH names one you have"
    )


def playwright_folder() -> Path:
    """Where Playwright keeps the browsers it downloads; the folder need not exist.

    Source: https://playwright.dev/python/docs/browsers, "Managing browser binaries".
    """
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if chosen == "0":  # Playwright's word for: inside its own package
        spec = find_spec("playwright")
        package = spec.origin if spec and spec.origin else "playwright"
        return Path(package).parent / "driver" / "package" / ".local-browsers"
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ms-playwright"
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "ms-playwright"


def _named(named: str, origin: str) -> FoundBrowser:
    executable = shutil.which(_expanded(named))
    if executable is None:
        wrong = (
            "is a folder"
            if Path(named).expanduser().is_dir()
            else "may not be executed"
            if Path(named).expanduser().exists()
            else "does not exist"
        )
        said = "the browser" if origin == "path" else f"the browser that {origin} names,"
        raise BrowserMissing(
            f"{said} {clipped(named, 200)} {wrong}; name a browser's executable file, "
            "or leave it out to have one searched for"
        )
    return _found(Path(executable), origin)


def _expanded(name: str) -> str:
    """The name with a leading ~ replaced; a command's name stays one."""
    return str(Path(name).expanduser()) if name.startswith("~") else name


def _found(path: Path, origin: str) -> FoundBrowser:
    """The record of an executable, its launcher script replaced by what that starts."""
    for launcher in (path, path.resolve()):
        real = _WRAPPED.get(str(launcher))
        if real and os.access(real, os.X_OK):
            path = Path(real)
            break
    shell = re.search(r"headless[-_]shell", path.name)
    return FoundBrowser(path.absolute(), "headless-shell" if shell else "chromium", origin)


def _downloads(folder: Path) -> Iterator[str]:
    """Playwright's finished downloads: headless shells first, then browsers, the newest first."""
    for pattern, executables in _PLAYWRIGHT:
        for release in sorted(folder.glob(pattern), key=_revision, reverse=True):
            if (release / "INSTALLATION_COMPLETE").exists():
                for executable in executables:
                    yield from map(str, sorted(release.glob(executable)))


def _revision(release: Path) -> int:
    digits = release.name.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else -1
