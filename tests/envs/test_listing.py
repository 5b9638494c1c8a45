"""`webagents list`: a table for people, JSON lines for programs."""

import json

import pytest

from webagents.envs import catalogue
from webagents.envs.listing import print_tasks
from webagents.errors import UnknownTask


def test_the_table_shows_what_a_task_needs_its_steps_split_and_source(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", "120")
    print_tasks("click-tab-2-hard")
    out = capsys.readouterr().out
    assert out.splitlines()[0].strip() == "1 task"
    row = next(line for line in out.splitlines() if "click-tab-2-hard" in line)
    assert [cell.strip() for cell in row.split("│")[1:-1]] == [
        "miniwob.click-tab-2-hard",
        "click search tab text",
        "12",
        "test",
        "miniwob 1.1.0",
    ]


def test_without_patterns_every_task_is_listed_in_full(capsys: pytest.CaptureFixture[str]):
    print_tasks(None)
    out = capsys.readouterr().out
    assert [id_ for id_ in catalogue.load() if id_ not in out] == []


def test_json_is_one_record_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", "20")
    print_tasks("@experts", as_json=True)
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert tuple(record["id"] for record in records) == catalogue.named_sets()["@experts"]
    assert records[0] == {
        "id": "miniwob.click-test",
        "env_id": "webagents/miniwob.click-test-v1",
        "tags": ["click"],
        "sets": ["@browsergym125", "@experts", "@miniwob", "@webgum56"],
        "max_steps": 4,
        "limit_ms": 10000.0,
        "success_at": 1.0,
        "split": "test",
        "group": 22,
        "source": "miniwob 1.1.0",
        "parts": [],
        "notes": "",
    }


def test_an_unknown_task_prints_nothing(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(UnknownTask):
        print_tasks("click-test,clik")
    assert capsys.readouterr() == ("", "")
