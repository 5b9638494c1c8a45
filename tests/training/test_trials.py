"""Runs that are tried out: the best weights are kept, and a run may end by its trials."""

import json
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from transformers import PreTrainedModel

from tests.training.clicking import dataset, episode
from webagents.data.streaming import episodes
from webagents.errors import BrowserDied
from webagents.models import HtmlT5
from webagents.models.tokenizer import load_tokenizer
from webagents.prompt import PromptForm
from webagents.training.imitation import ImitationLane, teacher_of
from webagents.training.running import Running, Trials, Tried, train
from webagents.training.running.metrics import METRICS
from webagents.training.running.trials import Standing
from webagents.training.starting import starting_model

FORM = PromptForm(inputs_length=64, targets_length=8)


def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / METRICS).read_text().splitlines()]


def weights(folder: Path) -> float:
    """A number that tells weights apart."""
    return number_of(HtmlT5.from_pretrained(folder))


def number_of(model: PreTrainedModel) -> float:
    return float(sum(weight.double().abs().sum() for weight in model.state_dict().values()))


class Scripted:
    """Trials with the success written down for each; it notes the weights they are held with."""

    def __init__(self, *success: float) -> None:
        self.success = success
        self.seen: list[float] = []

    def __call__(
        self, model: PreTrainedModel, rank: int, of: int, asked: Callable[[], bool]
    ) -> Sequence[Tried]:
        assert not model.training
        won = round(10 * self.success[len(self.seen)])
        self.seen.append(number_of(model))
        void = Tried("t.1", None)
        return [*(Tried("t.0", number < won) for number in range(10)), void]


def by_weights(
    model: PreTrainedModel, rank: int, of: int, asked: Callable[[], bool]
) -> Sequence[Tried]:
    """What comes of it follows from the weights alone, as it does in real pages."""
    number = int(number_of(model) * 1e6)
    return [Tried(f"t.{n % 2}", number // 2**n % 2 == 0) for n in range(12)]


def run(out: Path, play: Any, *, every: int = 2, patience: int = 0, **settings: Any) -> int:
    """Trains on two tasks, the weaker one more; gives the steps that were done."""
    folder = out.parent / "demos"
    if not folder.exists():
        dataset(folder, *(episode(seed) for seed in range(24)))
    tokenizer = load_tokenizer()
    model = starting_model("tiny", tokenizer)
    chosen = {"steps": 8, "batch": 4, "lanes": 2, "monitor_every": 0, "checkpoint_every": 100}

    def lane(number: int) -> ImitationLane:
        return ImitationLane(
            number=number,
            demonstrations=lambda: episodes([folder], pictures=None, rank=number, of=2),
            teacher=teacher_of(model, tokenizer, FORM),
            rows=2,
            window=8,
            seed=0,
            balance="weak",
        )

    config = Running(out=out, threads=1, **{**chosen, **settings})
    out.mkdir(exist_ok=True)
    return train(model, lane, config, trials=Trials(play, every, patience)).step


def test_the_best_weights_are_kept_beside_the_last_with_every_trials_figures(
    tmp_path: Path,
) -> None:
    play = Scripted(0.1, 0.7, 0.7, 0.4)
    assert run(tmp_path / "run", play) == 8
    assert weights(tmp_path / "run" / "model") == play.seen[1]
    assert weights(tmp_path / "run" / "last") == play.seen[3]
    assert [row for row in rows(tmp_path / "run") if "success" in row] == [
        {"step": step, "success": rate, "success/t.0": rate, "void": 1}
        for step, rate in ((2, 0.1), (4, 0.7), (6, 0.7), (8, 0.4))
    ]
    assert (tmp_path / "run" / "success.png").stat().st_size > 5_000


def test_a_run_whose_success_no_longer_rises_ends_and_stays_ended(tmp_path: Path) -> None:
    play = Scripted(0.5, 0.6, 0.6, 0.2, 1.0)
    done = [run(tmp_path / "run", play, patience=2, steps=40) for _ in range(2)]
    assert done == [8, 8]
    assert weights(tmp_path / "run" / "model") == play.seen[1]


@pytest.mark.slow
def test_a_run_stopped_at_every_step_learns_and_chooses_what_one_does_that_was_not(
    tmp_path: Path,
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    run(whole, by_weights, steps=6)
    sessions = 1
    while True:
        try:
            run(cut, by_weights, steps=6, stop_after=1e-9)
            break
        except KeyboardInterrupt:
            sessions += 1
    assert sessions == 7, "the last one has the last trial alone"
    assert rows(cut) == rows(whole)
    for name in ("model", "last"):
        assert weights(cut / name) == weights(whole / name)


def test_a_trial_that_is_cut_short_is_held_when_the_run_goes_on(tmp_path: Path) -> None:
    def stopped(
        model: PreTrainedModel, rank: int, of: int, asked: Callable[[], bool]
    ) -> list[Tried]:
        signal.raise_signal(signal.SIGINT)
        assert asked()
        return [Tried("t.0", True)]

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "run", stopped, steps=2)
    assert not [row for row in rows(tmp_path / "run") if "success" in row]
    play = Scripted(0.3)
    assert run(tmp_path / "run", play, steps=2) == 2
    assert [row["success"] for row in rows(tmp_path / "run") if "success" in row] == [0.3]
    assert weights(tmp_path / "run" / "model") == play.seen[0]


def test_a_run_that_breaks_in_a_trial_goes_on_with_that_trial(tmp_path: Path) -> None:
    def broken(*_: object) -> list[Tried]:
        raise BrowserDied("scripted")

    with pytest.raises(BrowserDied):
        run(tmp_path / "run", broken, steps=2, checkpoint_every=100)
    with (tmp_path / "run" / METRICS).open("a") as file:
        file.write('{"step": 2, "success": 0.9, "success/t.0": 0.9, "void": 0}\n')
    assert run(tmp_path / "run", Scripted(0.3), steps=2) == 2
    found = [(row["step"], row.get("success")) for row in rows(tmp_path / "run")]
    assert found == [(1, None), (2, None), (2, 0.3)], "a line of a trial that was not is gone"


def test_a_standing_knows_the_best_and_how_many_came_after_it() -> None:
    standing = Standing()
    for step, success in ((1, None), (2, 0.5), (3, 0.5), (4, None), (5, 0.6), (6, 0.1)):
        standing = standing.after(step, success)
    assert standing == Standing(tried=6, best=0.6, best_step=5, worse=1)
