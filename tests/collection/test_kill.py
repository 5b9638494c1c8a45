"""Killed at any moment and resumed, a collection is the one that was never killed."""

import random
import signal
import subprocess
import sys

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
    kills, sets = 0, [tmp_path / "set0"]
    while kills < 20:
        flags = ["--resume"] if sets[-1].exists() else []
        if run(sets[-1], *flags, seconds=rng.uniform(0.5, 4.0)):
            sets.append(tmp_path / f"set{len(sets)}")  # it came to its end: on to another
        else:
            kills += 1
    run(sets[-1], "--resume")
    for folder in sets:
        assert shards(folder) == shards(tmp_path / "plain")
        assert len(Dataset(folder)) == 120
        lines = (folder / "collection.jsonl").read_text().splitlines()
        assert len(lines) == len(set(lines)) == 120
    commands = [" ".join(p.info["cmdline"] or []) for p in psutil.process_iter(["cmdline"])]
    assert [command for command in commands if str(tmp_path) in command] == []
