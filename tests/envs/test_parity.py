"""The same episodes as Farama's package: instruction, fields, texts and rewards."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "parity.py"


def parity(*arguments):
    for needed in ("chromium", "chromedriver"):
        if not shutil.which(needed):
            pytest.skip(f"Farama's package needs {needed}, which is not here")
    command = [sys.executable, str(SCRIPT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3000)
    return done.returncode, done.stdout


def test_a_few_tasks_are_as_in_faramas_package():
    status, said = parity("click-test-2", "enter-password", "choose-list", "--seeds", "3")
    assert (status, said.splitlines()[0]) == (0, "parity: 3 tasks, 9 episodes")


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_task_is_as_in_faramas_package():
    status, said = parity("--seeds", "20")
    assert status == 0, said
