"""What this machine has and lacks to run the package."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from rich.table import Table
from rich.text import Text

from webagents.browsers.lookup import VARIABLE, find_browser
from webagents.errors import MachineError, WebAgentsError
from webagents.planners.settings import ADDRESS, KEY

MINIWOB_PAGES = 130
"""Pages in ``html/miniwob`` of the miniwob package. Source: its release 1.1.0."""

PLANNERS = ("cssselect", "httpx2", "pydantic-monty")
"""What the extra planners brings; a test compares it with the package's own metadata."""

GGUF = ("xllamacpp",)
"""What the extra gguf brings beside them."""


class Check(NamedTuple):
    """One thing looked for.

    found: what was found, or why it does not count.
    advice: what a person can do about it, "" when it is there.
    required: whether playing a task in a browser needs it.
    """

    name: str
    ok: bool
    found: str
    advice: str = ""
    required: bool = True


def examine(*, selenium: bool = False) -> list[Check]:
    """Looks at everything once; starts the browser to see that it can.

    selenium: whether the Selenium backend's driver is required too.
    """
    return [
        python(),
        miniwob_pages(),
        browser(),
        fonts(),
        chromedriver(required=selenium),
        torch(),
        extra("Language models", "planners", PLANNERS),
        extra("GGUF models", "gguf", GGUF),
        keys(),
    ]


def python() -> Check:
    """The interpreter, which the package's metadata already demanded."""
    return Check(
        "Python",
        sys.version_info >= (3, 11),
        f"{platform.python_version()} at {sys.executable}",
        "install Python 3.11 or newer",
    )


def miniwob_pages() -> Check:
    """The task pages, which come inside the miniwob package; it is not imported for that."""
    spec = find_spec("miniwob")
    if spec is None or not spec.submodule_search_locations:
        return Check("MiniWoB pages", False, "no package miniwob", "pip install miniwob")
    folder = Path(spec.submodule_search_locations[0]) / "html" / "miniwob"
    count = len(list(folder.glob("*.html")))
    return Check(
        "MiniWoB pages",
        count >= MINIWOB_PAGES,
        f"{count} pages in {folder}",
        "pip install --force-reinstall miniwob",
    )


def browser() -> Check:
    """The browser: where it was found, its version, and that it starts and ends."""
    try:
        found = find_browser()
        shown = f"{_version_of(found.path)}, {found.kind} at {found.path} (from {found.origin})"
        start_and_close()
    except (WebAgentsError, OSError) as error:
        advice = (
            f"unset or correct {VARIABLE}" if os.environ.get(VARIABLE) else "webagents doctor --fix"
        )
        return Check("Browser", False, one_line(error), advice)
    return Check("Browser", True, f"{shown}, starts")


def browser_version(path: str | None = None) -> str:
    """The name and version of the browser that would be started.

    path: its executable; None: see `lookup.find_browser`.

    Raises:
        BrowserMissing: there is none.
        MachineError: it does not tell.
    """
    return _version_of(find_browser(path).path)


def start_and_close() -> None:
    """Starts the default browser and ends it again.

    Raises:
        MachineError: it did not start.
    """
    from webagents.browsers.chromium import ChromiumBrowser

    ChromiumBrowser().close()


def fonts() -> Check:
    """Fonts, without which pages lay out but show no text; macOS always has them."""
    if sys.platform == "darwin":
        return Check("Fonts", True, "the system's")
    count = _font_count()
    return Check(
        "Fonts",
        count > 0,
        f"{count} font files" if count else "none: pages would show no text",
        "install a font package, such as fonts-liberation (as root: webagents doctor --fix)",
    )


def chromedriver(*, required: bool = False) -> Check:
    """The driver that only the Selenium backend uses."""
    advice = "only the Selenium backend needs it (Debian: apt-get install chromium-driver)"
    path = shutil.which("chromedriver")
    if path is None:
        return Check("ChromeDriver", False, "not installed", advice, required)
    try:
        return Check("ChromeDriver", True, f"{_version_of(Path(path))} at {path}", "", required)
    except MachineError as error:
        return Check("ChromeDriver", False, one_line(error), advice, required)


def torch() -> Check:
    """PyTorch, which only learned policies need; it is not imported for that."""
    try:
        return Check("PyTorch", True, version("torch"), required=False)
    except PackageNotFoundError:
        return Check(
            "PyTorch",
            False,
            "not installed",
            "only learned policies need it: pip install 'webagents-gym[models]'",
            required=False,
        )


def extra(name: str, word: str, packages: Sequence[str]) -> Check:
    """What an extra of the package brings; nothing of it is imported for that.

    name, word: what it is for, and the extra's own name.
    """
    found, absent = [], []
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            absent.append(package)
    return Check(
        name,
        not absent,
        f"no {', '.join(absent)}" if absent else ", ".join(found),
        f"only --policy llm:METHOD needs it: pip install 'webagents-gym[{word}]'",
        required=False,
    )


def keys(environment: Mapping[str, str] = os.environ) -> Check:
    """The keys of endpoints that the environment holds, and their address: names, no values."""
    wanted = [name for name in environment if name.endswith("_API_KEY") or name == ADDRESS]
    known = sorted(name for name in wanted if environment[name].strip())
    return Check(
        "Keys",
        any(name != ADDRESS for name in known),
        f"set: {', '.join(known)}" if known else "none set",
        f"only endpoints that want one need it: export {KEY}=...",
        required=False,
    )


def lacking(checks: Sequence[Check]) -> list[Check]:
    """The required things that are not there."""
    return [check for check in checks if check.required and not check.ok]


def as_table(checks: Sequence[Check]) -> Table:
    """The checks for people to read, with advice where something is missing."""
    table = Table(title="webagents doctor", title_justify="left")
    table.add_column("")
    table.add_column("what", no_wrap=True)
    table.add_column("found", overflow="fold")
    table.add_column("to do", overflow="fold")
    for check in checks:
        mark = (
            Text("ok", "green")
            if check.ok
            else (Text("MISSING", "bold red") if check.required else Text("-", "dim"))
        )
        advice = "" if check.ok else check.advice
        table.add_row(mark, check.name, Text(check.found), Text(advice))
    return table


def _version_of(executable: Path) -> str:
    """What an executable answers to ``--version``.

    Raises:
        MachineError: it does not run, or answers with a failure; its own words are in the message.
    """
    try:
        done = subprocess.run(
            [executable, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MachineError(f"{executable} --version does not run: {one_line(error)}") from error
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise MachineError(f"{executable} --version failed: {' '.join(words)}")
    return done.stdout.strip()


def _font_count(environment: Mapping[str, str] = os.environ) -> int:
    """How many font files there are, by fontconfig's word or by looking where they lie."""
    if lister := shutil.which("fc-list"):
        listed = subprocess.run([lister], capture_output=True, text=True, timeout=60, check=False)
        if listed.returncode == 0:
            return len(listed.stdout.splitlines())
    own = Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", own / "fonts", Path.home() / ".fonts")
    kinds = {".ttf", ".otf", ".ttc", ".pfb", ".pcf"}
    return sum(
        file.suffix.lower() in kinds for folder in folders for file in Path(folder).rglob("*")
    )


def one_line(error: BaseException) -> str:
    """An error's message on one line, or its kind where it has none."""
    return " ".join(str(error).split()) or type(error).__name__
