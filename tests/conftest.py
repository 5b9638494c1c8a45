"""What holds for every test: a home of its own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary $WEBAGENTS_HOME, so that no test meets what another, or a person, left."""
    folder = tmp_path / "webagents-home"
    monkeypatch.setenv("WEBAGENTS_HOME", str(folder))
    return folder
