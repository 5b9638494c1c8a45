"""Several policies on one benchmark, and how they compare."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.evaluation.episodes import episode
from webagents import cli
from webagents.errors import UnknownPolicy, UserError
from webagents.evaluation import journal
from webagents.evaluation.comparing import difference
from webagents.evaluation.report import Report
from webagents.evaluation.run import EvaluateConfig, evaluate
from webagents.evaluation.sweep import Comparison, SweepConfig, folder_of, sweep
from webagents.progress import silent
from webagents.rollout import Job
from webagents.types import Episode

TASKS = ["miniwob.click-test", "miniwob.enter-text"]


def settings(folder: Path, policies: list[str], **more: Any) -> SweepConfig:
    told = {"tasks": ",".join(TASKS), "episodes": 4}
    (folder / "small.json").write_text(json.dumps(told))
    return SweepConfig(
        benchmark=str(folder / "small.json"),
        policies=policies,
        out=folder / "swept",
        journal=folder / "journal.jsonl",
        **more,
    )


class Plays:
    """The jobs it was given; each policy fails on seeds below a number of its own."""

    def __init__(self, fails: dict[str, int]) -> None:
        self.fails, self.policy = fails, ""
        self.jobs: list[tuple[str, Job]] = []
        self.stop_after: int | None = None

    def begin(self, policy: str) -> None:
        self.policy = policy

    def __call__(self, jobs: Sequence[Job]) -> Iterator[Episode]:
        for job in jobs:
            if self.stop_after is not None and len(self.jobs) >= self.stop_after:
                raise KeyboardInterrupt
            self.jobs.append((self.policy, job))
            yield episode(job.task, job.seed, success=job.seed >= self.fails[self.policy])

    def sweep(self, config: SweepConfig) -> Comparison:
        return sweep(config, begin=self.begin, progress=silent, play=self, browser="chrome/1")


def test_all_play_the_same_seeds_in_folders_of_their_own_and_are_compared(tmp_path: Path) -> None:
    config = settings(tmp_path, ["random", "expert", "expert:1"])
    plays = Plays({"random": 2, "expert": 0, "expert:1": 1})
    plays.sweep(config)
    played = {policy: [job for who, job in plays.jobs if who == policy] for policy in plays.fails}
    assert played["random"] == [Job(task, seed) for task in TASKS for seed in range(4)]
    assert played["random"] == played["expert"] == played["expert:1"]
    assert [entry.run for entry in journal.read(config.journal)] == [
        "swept/random",
        "swept/expert",
        "swept/expert_1",
    ]
    told = json.loads((config.out / "comparison.json").read_text())
    assert told["benchmark"]["name"] == "small"
    rows = [(row["policy"], row["run"], row["success"]["mean"]) for row in told["policies"]]
    assert rows == [
        ("random", "random", 0.5),
        ("expert", "expert", 1),
        ("expert:1", "expert_1", 0.75),
    ]
    first, second, third = (row["difference"] for row in told["policies"])
    assert first is None
    assert (second["value"], third["value"]) == (0.5, 0.25)
    assert second["low"] < 0.5 < second["high"]
    assert told["policies"][0]["tasks"] == dict.fromkeys(TASKS, 0.5)
    for name in ("random", "expert", "expert_1"):
        assert (config.out / name / "report.html").exists()


def test_a_sweep_that_was_stopped_goes_on_and_one_more_policy_plays_alone(tmp_path: Path) -> None:
    config = settings(tmp_path, ["random", "expert"])
    plays = Plays({"random": 2, "expert": 0, "expert:1": 1})
    plays.stop_after = 11
    with pytest.raises(KeyboardInterrupt):
        plays.sweep(config)
    assert len(journal.read(config.journal)) == 1
    plays.stop_after = None
    plays.sweep(config)
    assert len(plays.jobs) == len(set(plays.jobs)) == 16
    plays.sweep(settings(tmp_path, ["random", "expert", "expert:1"]))
    assert [policy for policy, _ in plays.jobs[16:]] == ["expert:1"] * 8
    assert len(journal.read(config.journal)) == 3


def test_a_policy_that_is_none_is_told_before_anything_is_played(tmp_path: Path) -> None:
    config = settings(tmp_path, ["expert", "runs/no-such/step-100"])
    with pytest.raises(UnknownPolicy, match="no policy 'runs/no-such/step-100'"):
        Plays({}).sweep(config)
    assert not config.out.exists()


def test_no_policy_at_all_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="a sweep is of one policy at least"):
        settings(tmp_path, [])


def test_policies_of_one_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="'runs/a' and 'runs:a' would have one folder, runs_a"):
        settings(tmp_path, ["runs/a", "expert", "runs:a"])


@pytest.mark.parametrize(
    ("policy", "folder"),
    [
        ("expert", "expert"),
        ("runs/a/step-000100/", "runs_a_step-000100"),
        ("../runs/a", "runs_a"),
        ("/home/me/runs/a", "home_me_runs_a"),
        ("perturbed:0.2:expert", "perturbed_0.2_expert"),
        ("..", "_"),
    ],
)
def test_a_policys_folder_is_named_after_it(policy: str, folder: str) -> None:
    assert folder_of(policy) == folder


def report(out: Path, outcomes: dict[Job, bool | None]) -> Report:
    def play(_: Sequence[Job]) -> Iterator[Episode]:
        for job, success in outcomes.items():
            yield episode(job.task, job.seed, success=bool(success), void="x" * (success is None))

    config = EvaluateConfig(policy="expert", tasks=",".join(TASKS), out=out, episodes=3)
    return evaluate(config, progress=silent, play=play)


def test_only_seeds_that_count_everywhere_are_compared(tmp_path: Path) -> None:
    jobs = [Job(task, seed) for task in TASKS for seed in range(3)]
    all_good = dict.fromkeys(jobs, True)
    one = report(tmp_path / "one", {**all_good, jobs[0]: None})
    other = report(tmp_path / "other", {**all_good, jobs[0]: False, jobs[1]: False})
    found = difference(one, other)
    assert found is not None
    assert found.value == 0.25  # seeds 1 and 2 of two tasks: one of four is better
    none = report(tmp_path / "none", dict.fromkeys(jobs))
    assert difference(one, none) is None


def test_the_command_sweeps_and_shows_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shop.json").write_text('{"tasks": "webshop-text", "episodes": 2}')
    command = ["sweep", "shop.json", "random", "expert", "--out", "runs/shop"]
    ran = CliRunner().invoke(cli.app, command)
    assert ran.exit_code == 0, ran.output
    assert "comparison: runs/shop/comparison.json" in ran.stdout
    lines = [line.split() for line in ran.stdout.splitlines()]
    assert ["expert", "100.0%"] in [words[:2] for words in lines]
    assert ran.stderr.index("random:") < ran.stderr.index("expert:")
