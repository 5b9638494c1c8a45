"""The browser's process: started on two pipes, gone when the pipes are.

Chromium run with ``--remote-debugging-pipe`` reads commands from descriptor 3 and writes answers to
descriptor 4, and ends by itself when descriptor 3 closes. That is the tie to our life: however this
process ends, kill -9 included, the kernel closes the pipe and the browser goes. `close` does not
wait for that courtesy: it kills the whole process group.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from webagents.errors import BrowserStartError, clipped

_PREFIX = "webagents-browser-"
_CHATTER = re.compile(r"dbus|vaapi|InitializeSandbox\(\) called|INFO:CONSOLE|DevTools listening")
_INHERITED = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TMP", "TEMP"),
        *("LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
        *("FONTCONFIG_FILE", "FONTCONFIG_PATH", "FONTCONFIG_SYSROOT"),
        *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_DATA_HOME"),
        *("XDG_DATA_DIRS", "XDG_RUNTIME_DIR"),
        *("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS"),
        *("CHROME_DEVEL_SANDBOX", "CHROMIUM_FLAGS"),
    }
)
"""The variables of ours that a browser gets: where things are, nothing that may be a secret."""
_HIGH = 64  # keeps the pipes' descriptors clear of 3 and 4 while they are moved there


class BrowserProcess:
    """One browser and everything it started.

    Attributes:
        commands: descriptor to write commands to.
        answers: descriptor to read answers from.
        profile: the browser's folder, removed at the end.
        ending: how it ended, in words; empty before that.
    """

    def __init__(self, executable: Path, arguments: Sequence[str]) -> None:
        """Starts `executable`.

        Raises:
            BrowserStartError: the system would not start it.
        """
        sweep()
        self.closed = False
        self.ending = ""
        self._last_words = ""
        self.profile = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the process)
        theirs_in, ours_out = _pipe()
        ours_in, theirs_out = _pipe()
        argv = [str(executable), *arguments, f"--user-data-dir={self.profile}"]
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, self._log.fileno(), 1),
            (os.POSIX_SPAWN_DUP2, self._log.fileno(), 2),
            (os.POSIX_SPAWN_DUP2, theirs_in, 3),
            (os.POSIX_SPAWN_DUP2, theirs_out, 4),
        ]
        try:
            self.pid = _spawn(str(executable), argv, actions)
        except OSError as error:
            for descriptor in (ours_in, ours_out):
                os.close(descriptor)
            self._discard()
            raise BrowserStartError(
                f"the browser {clipped(str(executable))} would not start: {error}"
            ) from error
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self.commands, self.answers = ours_out, ours_in

    def words(self, lines: int = 8) -> str:
        """The last lines the browser wrote to its standard error, but for its common chatter."""
        if self.closed:
            return self._last_words
        with contextlib.suppress(OSError, ValueError):
            size = os.fstat(self._log.fileno()).st_size
            tail = os.pread(self._log.fileno(), 8192, max(0, size - 8192))
            said = tail.decode(errors="replace").strip().splitlines()
            return "\n".join([line for line in said if not _CHATTER.search(line)][-lines:])
        return ""

    def close(self) -> None:
        """Ends the browser with all its processes; safe to call again."""
        if self.closed:
            return
        self._last_words = self.words()
        self.closed = True
        for descriptor in (self.commands, self.answers):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            self.ending = _told(os.waitpid(self.pid, 0)[1])
        self._discard()

    def _discard(self) -> None:
        self._log.close()
        for _ in range(3):  # a dying renderer may still write a file while its folder is removed
            shutil.rmtree(self.profile, ignore_errors=True)
            if not self.profile.exists():
                return
            time.sleep(0.01)


def _told(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"exit status {code}" if code >= 0 else f"ended by {signal.Signals(-code).name}"


def sweep() -> None:
    """Removes the profile folders of processes that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _pipe() -> tuple[int, int]:
    ends = []
    for descriptor in os.pipe():
        ends.append(fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _HIGH))
        os.close(descriptor)
    return ends[0], ends[1]


def _environment() -> dict[str, str]:
    """What a browser needs of ours, in one language and time zone.

    It shows pages that nobody vouches for: tokens and keys of ours are none of its business.
    """
    return {
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
        "TZ": "UTC",
        "LANG": "en_US.UTF-8",
        "LANGUAGE": "en_US",
    }


def _spawn(executable: str, argv: list[str], actions: list[Any]) -> int:
    # A process group of its own, so that Ctrl-C in a terminal reaches us and not the browser.
    if sys.platform == "darwin":
        return os.posix_spawn(executable, argv, _environment(), file_actions=actions, setpgroup=0)
    return os.posix_spawn(executable, argv, _environment(), file_actions=actions, setsid=True)
