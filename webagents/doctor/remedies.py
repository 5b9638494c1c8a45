"""Installing what this machine lacks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from webagents.browsers.lookup import VARIABLE
from webagents.doctor.checks import Check, examine, lacking, one_line

Command = tuple[str, ...]
Say = Callable[[str], None]

_SECONDS = 1200
_TAIL_LINES = 12


class Remedy(NamedTuple):
    """A way to bring something to this machine.

    brings: the names of the checks that it may put right.
    commands: what to run; every one has to succeed.
    """

    brings: set[str]
    commands: list[Command]


def fix(checks: Sequence[Check], say: Say, *, selenium: bool = False) -> list[Check]:
    """Installs what is missing where that is possible, and looks at everything again.

    say: receives one line for each thing that is done or went wrong.
    """
    for remedy in remedies():
        missing = {check.name for check in lacking(checks)}
        if "Browser" in missing and os.environ.get(VARIABLE):
            say(f"{VARIABLE} names a browser that does not work; no other one would be used")
            break
        if missing & remedy.brings and all(run(command, say) for command in remedy.commands):
            checks = examine(selenium=selenium)
    return list(checks)


def remedies() -> list[Remedy]:
    """What could bring the browser, fonts and driver to this machine, the best first."""
    download = (sys.executable, "-m", "playwright", "install")
    if os.geteuid() != 0:
        return [Remedy({"Browser"}, [(*download, "--only-shell", "chromium")])]
    ways: list[Remedy] = []
    if shutil.which("apt-get"):
        update = ("apt-get", "update")
        install = ("apt-get", "install", "-y", "--no-install-recommends")
        both = {"Browser", "Fonts"}
        ways += [
            Remedy(both, [update, (*install, "chromium-headless-shell", "fonts-liberation")]),
            Remedy(both, [update, (*install, "chromium", "fonts-liberation")]),
            Remedy({"ChromeDriver"}, [update, (*install, "chromium", "chromium-driver")]),
        ]
    return [*ways, Remedy({"Browser"}, [(*download, "--with-deps", "--only-shell", "chromium")])]


def run(command: Command, say: Say) -> bool:
    """Runs a command to its end and tells whether it succeeded; says its last words when not."""
    say(f"running: {' '.join(command)}")
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        say(f"  failed: {one_line(error)}")
        return False
    if done.returncode:
        say(f"  failed with exit status {done.returncode}; the end of its output:")
        for line in done.stdout.splitlines()[-_TAIL_LINES:]:
            say(f"    {line}")
    return done.returncode == 0
