"""Killed at any moment and resumed, a collection is the one that was never killed."""

import random
import signal
import subprocess
import sys
import time

import psutil
import pytest

from webagents.data import Dataset

COMMAND = [
    *(sys.executable, "-m", "webagents", "collect", "--policy", "expert", "--workers", "4"),
    *("--tasks", "miniwob.click-test-2,miniwob.click-checkboxes,miniwob.login-user"),
    *("--episodes", "40", "--out"),
]


def run(out, *flags, seconds=None):
    """Runs the command, for so long at most; whether it came to its end."""
    process = subprocess.Popen([*COMMAND, str(out), *flags], stderr=subprocess.PIPE, text=True)
    try:
        _, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return False
    assert process.returncode == 0, said
    return True


def shards(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_twenty_kills_change_nothing(tmp_path):
    run(tmp_path / "plain")
    rng = random.Random(0)
    began = time.monotonic()
    kills, flags = 0, []
    while kills < 20 and time.monotonic() - began < 600:
        if run(tmp_path / "set", *flags, seconds=rng.uniform(0.5, 5.0)):
            break
        kills += 1
        flags = ["--resume"]
    run(tmp_path / "set", "--resume")
    assert kills >= 5
    assert shards(tmp_path / "set") == shards(tmp_path / "plain")
    assert len(Dataset(tmp_path / "set")) == 120
    lines = (tmp_path / "set" / "collection.jsonl").read_text().splitlines()
    assert len(lines) == len(set(lines)) == 120
    left = [p for p in psutil.process_iter() if str(tmp_path) in " ".join(p.cmdline())]
    assert left == []
