import re
from pathlib import Path

import pytest

from webagents import resources


def test_content_is_read_in_place_in_a_checkout():
    root = Path(__file__).resolve().parents[1]
    assert resources.content("envs", "miniwob", "tasks.toml") == root / "envs/miniwob/tasks.toml"


def test_content_is_read_from_inside_an_installed_package(tmp_path):
    packed = tmp_path / "webagents" / "content" / "envs"
    packed.mkdir(parents=True)
    (tmp_path / "envs").mkdir()  # a stranger's folder beside the package
    assert resources.within(tmp_path / "webagents", "envs") == packed


def test_missing_content_is_an_error_that_names_the_path(tmp_path):
    missing = tmp_path / "envs" / "nowhere.toml"
    with pytest.raises(FileNotFoundError, match=re.escape(str(missing))):
        resources.within(tmp_path / "webagents", "envs", "nowhere.toml")


def test_content_folders_hold_no_python():
    found = [
        path
        for part in ("envs", "models", "data")
        for path in resources.content(part).rglob("*.py")
    ]
    assert found == []


def test_home_is_what_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv("WEBAGENTS_HOME", str(tmp_path))
    assert resources.home() == tmp_path


def test_home_is_in_the_cache_folder_by_default(monkeypatch, tmp_path):
    monkeypatch.delenv("WEBAGENTS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert resources.home() == tmp_path / ".cache" / "webagents"
