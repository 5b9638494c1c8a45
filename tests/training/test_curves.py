"""The script that makes the curves: a few steps on the bundled demonstrations."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


def curves(out, *arguments):
    said = subprocess.run(
        [
            *(sys.executable, CHECKOUT / "benchmarks" / "curves.py"),
            *(CHECKOUT / "data" / "webgum56", "--out", out, "--tasks", "miniwob.click-test"),
            *("--steps", "2", "--batch", "2", "--episodes", "1", *arguments),
        ],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    ).stdout
    return [line for line in said.splitlines() if line.startswith("|")]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_points_that_are_made_stay_and_are_shared_by_the_curves(tmp_path):
    parts = ("--per-task", "1", "--axis", "demonstrations")
    first = curves(tmp_path / "out", *parts)
    weights = tmp_path / "out" / "all-pointer-none" / "model" / "model.safetensors"
    made = weights.stat().st_mtime_ns
    again = curves(tmp_path / "out", *parts, "sizes", "--plot", tmp_path / "plots")
    counts = [[cell.strip() for cell in line.split("|")[1:4]] for line in first[2:]]
    assert counts == [["1 a task", "56", "167"], ["all", "224", "671"]]
    assert again[:4] == first
    assert again[8].split("|")[2:] == first[3].split("|")[2:]
    assert weights.stat().st_mtime_ns == made
    assert {path.name for path in (tmp_path / "plots").iterdir()} == {
        "curve_demonstrations.png",
        "curve_sizes.png",
    }
