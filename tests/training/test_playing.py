"""Trials in real pages, from the settings of a training to the policies it leaves."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.training.clicking import dataset, episode
from webagents.errors import UnknownTask, UserError
from webagents.models.tokenizer import load_tokenizer
from webagents.policies import load_policy
from webagents.prompt import PromptForm
from webagents.provenance import CONFIG
from webagents.training import seeds
from webagents.training.imitation import Imitation, imitate
from webagents.training.imitation.playing import InPages, trials_of
from webagents.training.running import Tried
from webagents.training.running.folders import open_run
from webagents.training.running.metrics import METRICS
from webagents.training.starting import starting_model

TASK = "miniwob.click-test"
CHOSEN = {"model": "pointer-tiny", "threads": 1, "window": 8}


def settings(folder: Path, **changes: Any) -> Imitation:
    data = folder / "demos"
    if not data.exists():
        dataset(data, *(episode(seed, task=TASK) for seed in range(4)))
    chosen = {"steps": 2, "batch": 2, "monitor_every": 0} | changes
    return Imitation(data=[data], out=folder / "run", **{**CHOSEN, **chosen})


def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / METRICS).read_text().splitlines()]


def test_a_training_is_tried_out_in_pages_and_leaves_its_best_and_its_last_policy(
    tmp_path: Path,
) -> None:
    made = imitate(settings(tmp_path, play_every=2, play_episodes=2, play_workers=2))
    found = [row for row in rows(tmp_path / "run") if "success" in row]
    assert [set(row) for row in found] == [{"step", "success", f"success/{TASK}", "void"}]
    assert (found[0]["step"], found[0]["void"]) == (2, 0)
    assert made == tmp_path / "run" / "model"
    for folder in (made, tmp_path / "run" / "last"):
        (decision,) = load_policy(str(folder)).act([episode(3, task=TASK)])
        assert "(" in decision.action


def test_each_process_plays_its_part_on_seeds_that_are_trainings_own(tmp_path: Path) -> None:
    config = settings(tmp_path, play_every=5, play_episodes=3, play_tasks=f"{TASK},webshop-text")
    tokenizer, form = load_tokenizer(), PromptForm()
    trials = trials_of(config, tokenizer, form, {})
    assert trials is not None
    play = trials.play
    assert isinstance(play, InPages)
    jobs = [tuple(job) for job in play.jobs]
    assert sorted(jobs) == [
        (task, seeds.TRIALS + n) for task in (TASK, "webshop-text") for n in range(3)
    ]
    model = starting_model("pointer-tiny", tokenizer).eval()
    one = InPages(tokenizer=tokenizer, form=form, jobs=play.jobs[::2], workers=2)
    told: list[Tried] = one(model, 1, 3, lambda: False)
    assert [tried.task for tried in told] == [play.jobs[2].task]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_processes_try_out_together_what_one_does_alone(tmp_path: Path) -> None:
    chosen = {"lanes": 2, "batch": 4, "play_every": 2, "play_episodes": 3, "balance": "weak"}
    imitate(settings(tmp_path, **chosen, steps=4))
    flags = {**CHOSEN, **chosen, "steps": 4, "monitor_every": 0, "out": tmp_path / "two"}
    run = subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2"),
            *("--standalone", "-m", "webagents", "train", str(tmp_path / "demos")),
            *(f"--{name.replace('_', '-')}={value}" for name, value in flags.items()),
        ],
        env=os.environ | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    for one, two in zip(rows(tmp_path / "run"), rows(tmp_path / "two"), strict=True):
        assert two == pytest.approx(one, rel=1e-3)


def test_a_trial_ends_early_when_the_run_is_to_stop(tmp_path: Path) -> None:
    trials = trials_of(
        settings(tmp_path, play_every=5), load_tokenizer(), PromptForm(), {"demos": [TASK]}
    )
    assert trials is not None
    model = starting_model("pointer-tiny", load_tokenizer()).eval()
    assert len(trials.play(model, 0, 1, lambda: True)) == 1


def test_by_default_the_tasks_of_the_data_are_played(tmp_path: Path) -> None:
    known = {"one": [TASK, "elsewhere.task"], "two": ["webshop-text", TASK]}
    config = settings(tmp_path, play_every=5, play_episodes=1)
    trials = trials_of(config, load_tokenizer(), PromptForm(), known)
    assert trials is not None
    assert isinstance(trials.play, InPages)
    assert {job.task for job in trials.play.jobs} == {TASK, "webshop-text"}


@pytest.mark.parametrize(
    ("changed", "error", "told"),
    [
        ({"play_every": 1, "play_tasks": "no-such"}, UnknownTask, "no-such"),
        ({"patience": 3}, UserError, "patience is for trials; give play_every"),
        ({"balance": "weak"}, UserError, "the balance weak looks at success: give play_every"),
        ({"balance": "fair"}, UserError, "no balance 'fair'; there is none, uniform, weak"),
        ({"play_every": -1}, UserError, "play_every is at least 0, not -1"),
        ({"play_every": 1, "sharding": "fsdp"}, UserError, "a model in parts cannot play"),
        ({"balance": "weak", "rates": Path("none.json")}, UserError, "holds no success rates"),
    ],
)
def test_settings_that_cannot_be_are_told_and_leave_nothing(
    tmp_path: Path, changed: dict[str, Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        imitate(settings(tmp_path, **changed))
    assert not (tmp_path / "run").exists()


def test_a_run_of_an_older_version_goes_on_unless_a_setting_that_it_lacked_is_changed(
    tmp_path: Path,
) -> None:
    open_run(settings(tmp_path), "imitation", known={})
    file = tmp_path / "run" / CONFIG
    begun = json.loads(file.read_text())
    older = {name: begun["config"][name] for name in begun["config"] if name not in ("augment",)}
    file.write_text(json.dumps({**begun, "config": older}))
    with pytest.raises(UserError, match="augment False there, True now"):
        open_run(settings(tmp_path, resume=True, augment=True), "imitation", known={})
    assert open_run(settings(tmp_path, resume=True), "imitation", known={})
    assert json.loads(file.read_text()) == {
        **begun,
        "config": {**begun["config"], "resume": True},
    }
