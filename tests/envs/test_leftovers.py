"""Nothing is left behind: no process, however the environment or its Python process ends."""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

import pytest

from webagents.browsers.lookup import find_browser
from webagents.envs.web_env import WebEnv

PLAY = """
import select, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job's is ignored
from webagents.envs.web_env import WebEnv
env = WebEnv("miniwob.click-test")
env.reset(seed=0); env.reset(seed=1)
print(env._browser.pid, flush=True)
while not select.select([sys.stdin], [], [], 0.1)[0]:
    pass  # Python hears of signals between calls: one just before a long call waits for its end
{then}
"""


def group(pid):
    """The live processes of a process group."""
    members = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getpgid(int(entry.name)) == pid and "Z" not in state(entry):
                    members.append(int(entry.name))
            except (ProcessLookupError, FileNotFoundError):
                continue
    return members


def state(entry):
    return (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]


def gone(pid, seconds=5.0):
    """Waits for the kernel to reap a group; whether it did."""
    until = time.monotonic() + seconds
    while group(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not group(pid)


@contextmanager
def started(then="pass"):
    """A Python that plays, and goes on to do that once told to; its browser's process group."""
    command = [sys.executable, "-c", PLAY.format(then=then)]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) as child:
        try:
            pid = int(child.stdout.readline())
            assert group(pid)
            yield child, pid
        finally:
            child.kill()


def test_close_ends_every_process_and_may_be_called_again():
    env = WebEnv("miniwob.click-test")
    env.reset(seed=0)
    pid = env._browser.pid
    env.close()
    env.close()
    assert gone(pid)


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_process_outlives_a_killed_python(sign):
    with started() as (child, pid):
        child.send_signal(sign)
        child.wait(10)
        assert gone(pid)


@pytest.mark.parametrize("then", ["raise SystemExit", "1 / 0", "del env"])
def test_no_process_outlives_a_python_that_ends_without_close(then):
    with started(then) as (child, pid):
        child.communicate("go\n", timeout=10)
        assert gone(pid)


def test_profile_folders_of_killed_processes_are_swept():
    with started() as (child, pid):
        child.kill()
        child.wait(10)
        assert gone(pid)
    env = WebEnv("miniwob.click-test")
    env.reset(seed=0)
    env.close()
    left = [f.name for f in Path(tempfile.gettempdir()).glob(f"webagents-browser-{child.pid}-*")]
    assert left == []


def test_a_browser_that_will_not_start_leaves_nothing_and_says_why(tmp_path):
    from webagents.errors import BrowserStartError

    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho 'no such display' >&2\nexit 3\n")
    broken.chmod(0o755)
    env = WebEnv("miniwob.click-test", browser=str(broken))
    with pytest.raises(BrowserStartError, match=r"exit status 3; it said:\nno such display"):
        env.reset(seed=0)
    env.close()


def test_a_browser_that_does_not_come_up_is_tried_once_more(tmp_path):
    flaky, mark = tmp_path / "chromium-headless-shell", tmp_path / "tried"
    real = shlex.quote(str(find_browser().path))
    once = f"[ -e {mark} ] || {{ : > {mark}; kill -9 $$; }}"
    flaky.write_text(f'#!/bin/sh\n{once}\nexec {real} "$@"\n')
    flaky.chmod(0o755)
    env = WebEnv("miniwob.click-test", browser=str(flaky))
    env.reset(seed=0)
    assert mark.exists()
    env.close()


def test_how_a_browser_ended_is_told(tmp_path):
    from webagents.browsers.chromium import ChromiumBrowser
    from webagents.errors import BrowserStartError

    killed = tmp_path / "chromium"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    with pytest.raises(BrowserStartError, match=r"did not start: ended by SIGKILL$"):
        ChromiumBrowser(str(killed))
