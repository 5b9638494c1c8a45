"""Rounds: the policy plays, the expert labels, training goes on over all there is by then."""

import functools
import json

import pytest

from tests.collection.crews import ScriptedCrew
from tests.training.clicking import dataset, episode
from webagents.data import Dataset
from webagents.errors import UserError
from webagents.models import load_model
from webagents.policies import load_policy
from webagents.provenance import CONFIG
from webagents.rounds import Rounds, train_in_rounds

TASK = "miniwob.click-test"


def trained(base, *, stop_after=None, **changes):
    data = base / "demos"
    if not data.exists():
        dataset(data, *(episode(seed, task=TASK) for seed in range(4)))
    chosen = {"data": [data], "model": "tiny", "steps": 2, "batch": 2, "threads": 1, "window": 8}
    lengths = {"inputs_length": 64, "targets_length": 8, "monitor_every": 0}
    rounds = {"dagger": 2, "dagger_episodes": 3, "dagger_steps": 1, "play_workers": 1}
    config = Rounds(out=base / "run", **{**chosen, **lengths, **rounds, **changes})
    return train_in_rounds(config, crew=functools.partial(ScriptedCrew, stop_after=stop_after))


def said(folder, *names):
    config = json.loads((folder / CONFIG).read_text())["config"]
    return tuple(config[name] for name in names)


def state(folder):
    return {name: w.tolist() for name, w in load_model(folder).state_dict().items()}


def test_a_round_plays_the_last_model_and_learns_from_all_there_is(tmp_path):
    made = trained(tmp_path, dagger=1, dagger_variant="steady")
    run = tmp_path / "run"
    models = [str(run / f"round-{n}" / "model") for n in range(2)]
    data = [str(tmp_path / "demos"), str(run / "demos-1")]
    trainings = [said(run / f"round-{n}", "model", "data", "steps") for n in range(2)]
    assert str(made) == models[1]
    assert trainings == [("tiny", data[:1], 2), (models[0], data, 1)]
    assert said(run / "demos-1", "policy", "keep", "tasks") == (
        *(f"dagger:0.5:steady:{models[0]}", "all", TASK),
    )
    assert [demo.id for demo in Dataset(run / "demos-1")] == [
        f"{TASK}/{600_000_000 + n}/dagger-1" for n in range(3)
    ]


@pytest.mark.slow
def test_rounds_that_were_stopped_go_on_to_the_same_model(tmp_path):
    (tmp_path / "whole").mkdir()
    (tmp_path / "cut").mkdir()
    whole = trained(tmp_path / "whole")
    sessions = 0
    while True:
        try:
            cut = trained(tmp_path / "cut", stop_after=1, resume=sessions > 0)
            break
        except KeyboardInterrupt:
            sessions += 1
    assert sessions == 4, "two in each collection"
    assert state(cut) == state(whole)
    played = [said(whole.parents[1] / f"demos-{n}", "policy", "seed_start") for n in (1, 2)]
    models = [whole.parents[1] / f"round-{n}" / "model" for n in range(2)]
    assert played == [
        (f"dagger:0.5:{models[0]}", 600_000_000),
        (f"dagger:0.25:{models[1]}", 601_000_000),
    ]


def test_without_rounds_it_is_one_training(tmp_path):
    made = trained(tmp_path, dagger=0, steps=1)
    assert made == tmp_path / "run" / "model"
    assert "dagger" not in json.loads((tmp_path / "run" / CONFIG).read_text())["config"]


def test_what_cannot_be_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    with pytest.raises(UserError, match="dagger_beta is from 0 to 1, not 2"):
        trained(tmp_path, dagger_beta=2.0)
    with pytest.raises(UserError, match="dagger_episodes is at least 1, not 0"):
        trained(tmp_path, dagger_episodes=0)
    with pytest.raises(UserError, match='dagger_variant is a number from 0 or "steady", not'):
        trained(tmp_path, dagger_variant="left")
    dataset(tmp_path / "other", episode(0))
    with pytest.raises(UserError, match="the data has no task with an expert"):
        trained(tmp_path, data=[tmp_path / "other"])
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(UserError, match="rounds are for one process"):
        trained(tmp_path)
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_in_pages_a_round_labels_every_step_and_the_policy_that_comes_of_it_plays(tmp_path):
    data = tmp_path / "demos"
    dataset(data, *(episode(seed, task=TASK) for seed in range(4)))
    config = Rounds(
        data=[data],
        out=tmp_path / "run",
        model="pointer-tiny",
        steps=1,
        batch=2,
        threads=1,
        dagger=1,
        dagger_episodes=2,
        dagger_beta=0.3,
        play_workers=1,
    )
    made = train_in_rounds(config)
    steps = [step for demo in Dataset(tmp_path / "run" / "demos-1") for step in demo.episode.steps]
    assert {step.notes["label"][:6] for step in steps} == {"click("}
    assert "(" in load_policy(str(made)).act([episode(3, task=TASK)])[0].action
