"""Benchmarks: what is played, in a file; and the journal of what came of it."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.evaluation.episodes import episode
from webagents import cli
from webagents.errors import UserError
from webagents.evaluation import journal
from webagents.evaluation.benchmark import (
    Benchmark,
    BenchmarkConfig,
    named,
    run_benchmark,
    shipped,
)
from webagents.evaluation.journal import Entry
from webagents.progress import silent
from webagents.rollout import Job
from webagents.types import Episode

TASKS = "miniwob.click-test,miniwob.enter-text"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    told = {"tasks": TASKS, "episodes": 2, "seed_start": 7, "settings": {"view": "visual"}}
    path = tmp_path / "small.json"
    path.write_text(json.dumps(told))
    return path


@pytest.fixture
def config(tmp_path: Path, small: Path) -> BenchmarkConfig:
    return BenchmarkConfig(
        benchmark=str(small),
        policy="expert",
        out=tmp_path / "one",
        journal=tmp_path / "deep" / "journal.jsonl",
        comment="the first",
    )


def plays(good: Callable[[Job], bool] = lambda job: True) -> Any:
    def play(jobs: Sequence[Job]) -> Iterator[Episode]:
        for job in jobs:
            yield episode(job.task, job.seed, success=good(job), void="x" if job.seed == 99 else "")

    return play


def run(config: BenchmarkConfig, play: Any = plays()) -> list[Entry]:  # noqa: B008
    run_benchmark(config, progress=silent, play=play, browser="chrome/1")
    return journal.read(config.journal)


# ---------------------------------------------------------------------- benchmarks
def test_those_that_are_shipped_can_be_played() -> None:
    assert set(shipped()) >= {
        "webgum56",
        "miniwob125",
        "miniwob-tiny",
        "compwob",
        "webshop",
        "sites",
    }
    for name, each in shipped().items():
        config = BenchmarkConfig(benchmark=name, policy="expert", out=Path("out"))
        assert config.of_run(each).episodes == each.episodes
        assert len(each.about) > 20
    assert len(named("webgum56").plan) == 12
    assert len({each.plan for each in shipped().values()}) == len(shipped())


def test_a_plan_is_of_tasks_seeds_and_settings_and_not_of_their_words(small: Path) -> None:
    one = Benchmark.read(small)
    same = replace(one, tasks="click-test, miniwob.enter-text", name="other", about="as above")
    others = [
        replace(one, episodes=3),
        replace(one, seed_start=8),
        replace(one, settings={}),
        replace(one, tasks="miniwob.click-test"),
    ]
    assert same.plan == one.plan
    assert one.plan not in {each.plan for each in others}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("{", "no benchmark can be read"),
        ("[]", "is no benchmark: an object with tasks and episodes"),
        ('{"tasks": "@webgum56"}', "is no benchmark"),
        ('{"tasks": "@webgum56", "episodes": 1, "policy": "expert"}', "is no benchmark"),
        ('{"tasks": "@webgum56", "episodes": "1"}', "episodes='1' cannot be"),
        ('{"tasks": "@webgum56", "episodes": 1, "settings": {"out": "/"}}', "no setting 'out'"),
    ],
)
def test_what_is_no_benchmark_is_told(tmp_path: Path, told: str, words: str) -> None:
    path = tmp_path / "mine.json"
    path.write_text(told)
    with pytest.raises(UserError, match=words):
        named(str(path))


def test_an_unknown_benchmark_is_told_with_those_there_are() -> None:
    with pytest.raises(UserError, match=r"no benchmark 'webgum'; there are compwob, .*webgum56"):
        named("webgum")


# ---------------------------------------------------------------------- the journal
def test_a_run_that_is_done_is_entered(config: BenchmarkConfig) -> None:
    (entry,) = run(config, plays(lambda job: job.task == "miniwob.click-test"))
    assert entry.benchmark == {
        "name": "small",
        "version": 1,
        "tasks": TASKS,
        "episodes": 2,
        "seed_start": 7,
        "settings": {"view": "visual"},
        "plan": named(config.benchmark).plan,
    }
    assert (entry.policy, entry.run, entry.comment) == ("expert", "../one", "the first")
    assert (entry.planned, entry.episodes, entry.void, entry.success["mean"]) == (4, 4, 0, 0.5)
    assert entry.sets == {}
    assert entry.versions["browser"] == "chrome/1"
    report = json.loads((config.out / "report.json").read_text())
    assert (report["config"]["view"], entry.seconds) == ("visual", report["seconds"])


def test_sets_that_were_played_whole_are_told(config: BenchmarkConfig, small: Path) -> None:
    small.write_text(json.dumps({"tasks": "@sites", "episodes": 1}))
    (entry,) = run(config)
    assert entry.sets == {"@sites": 1.0}


def test_runs_are_added_and_one_that_was_done_before_is_not_added_again(
    config: BenchmarkConfig, tmp_path: Path
) -> None:
    run(config)
    assert len(run(config)) == 1
    entries = run(replace(config, out=tmp_path / "two", comment="the second"))
    assert [each.comment for each in entries] == ["the first", "the second"]


def test_a_run_that_was_stopped_is_entered_when_it_is_done(config: BenchmarkConfig) -> None:
    def stopped(jobs: Sequence[Job]) -> Iterator[Episode]:
        yield episode(jobs[0].task, jobs[0].seed)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(config, stopped)
    assert journal.read(config.journal) == []
    (entry,) = run(config)
    assert (entry.planned, entry.episodes) == (4, 4)


def test_a_run_whose_machine_broke_throughout_has_no_success(
    config: BenchmarkConfig, small: Path
) -> None:
    small.write_text(json.dumps({"tasks": TASKS, "episodes": 1, "seed_start": 99}))
    (entry,) = run(config)
    assert (entry.episodes, entry.void) == (0, 2)
    assert entry.success == {"mean": None, "low": None, "high": None}


def test_a_line_torn_by_a_kill_is_left_out_and_the_next_is_whole(config: BenchmarkConfig) -> None:
    (first,) = run(config)
    with config.journal.open("a") as file:
        file.write('{"date": "2026')
    journal.append(config.journal, replace(first, run=str(config.out), comment="next", void=1))
    assert [each.comment for each in journal.read(config.journal)] == ["the first", "next"]


@pytest.mark.parametrize("line", ["no json", "[1]", '{"date": "2026-11-22"}'])
def test_a_file_that_is_no_journal_is_told_before_anything_is_played(
    config: BenchmarkConfig, line: str
) -> None:
    config.journal.parent.mkdir()
    config.journal.write_text(line + "\n")
    with pytest.raises(UserError, match=r"journal\.jsonl, line 1, is no run"):
        run(config)
    assert not config.out.exists()


def test_a_journal_that_cannot_be_kept_is_told_before_anything_is_played(
    config: BenchmarkConfig, small: Path
) -> None:
    for path in (small.parent, small / "journal.jsonl"):
        with pytest.raises(UserError, match="no journal can be kept in"):
            run(replace(config, journal=path))
    assert not config.out.exists()


# ---------------------------------------------------------------------- the commands
def test_the_commands_play_a_benchmark_and_list_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shop.json").write_text('{"tasks": "webshop-text", "episodes": 2}')
    command = ["benchmark", "shop.json", "--policy", "expert", "--out", "runs/shop"]
    ran = CliRunner().invoke(cli.app, [*command, "--comment", "a word"])
    assert ran.exit_code == 0, ran.output
    assert "journal: runs/journal.jsonl" in ran.stdout
    listed = CliRunner().invoke(cli.app, ["journal", "--json"])
    told = json.loads(listed.stdout)
    assert (told["run"], told["episodes"], told["comment"]) == ("shop", 2, "a word")
    shown = CliRunner().invoke(cli.app, ["journal"], env={"COLUMNS": "200"})
    assert {"shop v1", "expert", "a word"} <= {
        word.strip() for word in shown.stdout.splitlines()[1].split("  ")
    }
    empty = CliRunner().invoke(cli.app, ["journal", "none.jsonl"])
    assert (empty.exit_code, empty.stdout) == (0, "")
    assert "no runs in none.jsonl" in empty.stderr
