"""What holds for every test: a home of its own, and one thread a process for numbers."""

import os
from pathlib import Path

import pytest

import webagents  # noqa: F401  (sees to torchvision before a test imports transformers)

# Before anything loads PyTorch or NumPy, and for what tests start: processes side by side would
# each spin on every processor.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary $WEBAGENTS_HOME, so that no test meets what another, or a person, left."""
    folder = tmp_path / "webagents-home"
    monkeypatch.setenv("WEBAGENTS_HOME", str(folder))
    return folder
