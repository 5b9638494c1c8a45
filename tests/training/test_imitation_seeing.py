"""Learning from demonstrations with screenshots."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.data.demos import dataset as written
from webagents.data import Demonstration
from webagents.data.streaming import episodes
from webagents.errors import UserError
from webagents.models import HtmlT5, WebGum, load_preset
from webagents.models.tokenizer import load_tokenizer
from webagents.policies import load_policy
from webagents.prompt import PromptForm
from webagents.training.imitation import (
    HeldOut,
    Imitation,
    ImitationLane,
    TextTeacher,
    imitate,
    judge,
)
from webagents.training.starting import starting_model
from webagents.types import Episode, Needs, Observation, Step

pytest.importorskip("timm")

FORM = PromptForm(inputs_length=64, targets_length=8, screenshots=2)


def page(level: int | None) -> Observation:
    """A page of one grey, which its html does not tell."""
    picture = None if level is None else np.full((210, 160, 3), level, np.uint8)
    return Observation(
        instruction="Click.", html='<p ref="1"></p><p ref="2"></p>', screenshot=picture
    )


def episode(*levels: int | None, seed: int = 0, action: str = "click('1')") -> Episode:
    """An episode with a page for each grey, all answered by one action."""
    played = Episode(task="t.t", seed=seed, observation=page(levels[0]))
    for number, after in enumerate((*levels[1:], levels[-1])):
        ends = number == len(levels) - 1
        step = Step(observation=played.observation, action=action, terminated=ends)
        played = played.extended(step, page(after), {"success": True})
    return played


def dataset(folder: Path, *played: Episode) -> Path:
    return written(folder, [Demonstration.of(each, "expert") for each in played])


def greys(batches: Iterator[object]) -> Iterator[list[int]]:
    """Of each row, the grey of its frames."""
    for batch in batches:
        frames = batch.arrays["screenshots"]
        assert (frames.dtype, frames.shape[1:]) == (np.uint8, (2, 160, 160, 3))
        yield from frames[:, :, 80, 80, 0].tolist()


def test_a_step_shows_the_page_as_it_was_and_the_one_before() -> None:
    tokenizer = load_tokenizer()
    shown = [
        [None if one is None else int(one[80, 80, 0]) for one in taught.example.frames]
        for taught in TextTeacher(tokenizer, FORM).of(episode(10, 20, 30))
    ]
    assert shown == [[None, 10], [10, 20], [20, 30]]


def test_lanes_give_pictures_with_the_rows_they_belong_to_and_go_on_anywhere(
    tmp_path: Path,
) -> None:
    folder = dataset(
        tmp_path / "demos", *(episode(10 * n, 10 * n + 5, seed=n) for n in range(1, 5))
    )

    def lane() -> ImitationLane:
        return ImitationLane(
            number=0,
            demonstrations=lambda: episodes([folder]),
            teacher=TextTeacher(load_tokenizer(), FORM),
            rows=2,
            window=8,
            seed=3,
        )

    whole = list(islice(lane().batches(None), 4))
    assert sorted(greys(whole)) == sorted(
        pair for n in range(1, 5) for pair in ([0, 10 * n], [10 * n, 10 * n + 5])
    )
    again = islice(lane().batches(json.loads(json.dumps(whole[1].state))), 2)
    assert list(greys(again)) == list(greys(whole[2:]))


def test_held_out_steps_are_judged_with_their_pictures() -> None:
    tokenizer = load_tokenizer()
    torch.manual_seed(0)
    model = WebGum(load_preset("webgum-tiny", vocab_size=len(tokenizer))).eval()
    teacher = TextTeacher(tokenizer, FORM)
    steps = [one for level in (10, 200) for one in teacher.of(episode(level, level))]
    dark, bright = (
        sum(one.loss for one in judge(model, teacher, part)) for part in (steps[:2], steps[2:])
    )
    assert dark != pytest.approx(bright, rel=1e-6)
    assert HeldOut(teacher, steps, rows=3)(model, 0, 1)["loss"] == pytest.approx(
        dark + bright, rel=1e-4
    )


def test_demonstrations_without_pictures_are_told_and_nothing_is_guessed(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "demos", episode(None))
    with pytest.raises(UserError, match=r"t\.t with seed 0 has none at step 0; collect and play"):
        imitate(settings(tmp_path, folder))
    for levels in ((10, None), (None, 10)):
        with pytest.raises(UserError, match=f"has none at step {levels.index(None)}"):
            list(TextTeacher(load_tokenizer(), FORM).of(episode(*levels)))[-1]


def settings(out: Path, *data: Path, **changes: object) -> Imitation:
    chosen = {
        "model": "webgum-tiny",
        "changes": "image_size=64, screen_size=64",
        "steps": 40,
        "window": 16,
        "batch": 4,
        "learning_rate": 5e-3,
        "warmup_steps": 5,
        "inputs_length": 64,
        "targets_length": 8,
        "monitor_every": 30,
        "threads": 1,
    }
    return Imitation(data=list(data), out=out / "run", **chosen | changes)


def test_a_policy_that_sees_is_trained_saved_and_plays_what_pictures_tell(tmp_path: Path) -> None:
    shown = {20: "click('1')", 220: "click('2')"}
    folder = dataset(
        tmp_path / "demos",
        *(episode(level, seed=level, action=action) for level, action in shown.items()),
    )
    made = imitate(settings(tmp_path, folder, held_out=[folder]))
    played, blind = load_policy(str(made)), load_policy(f"white:{made}")
    asked = [Episode(task="t.t", seed=0, observation=page(level)) for level in shown]
    assert [decision.action for decision in played.act(asked)] == list(shown.values())
    assert len({decision.action for decision in blind.act(asked)}) == 1
    assert [each.needs("t.t") for each in (played, blind)] == [Needs(screenshots=True)] * 2
    with pytest.raises(UserError, match="the model is shown screenshots, and"):
        played.act([Episode(task="t.t", seed=0, observation=page(None))])


def test_the_form_in_a_checkpoint_has_to_fit_its_model(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "demos", episode(10))
    made = imitate(settings(tmp_path, folder, steps=1))
    assert PromptForm.read(made) == FORM
    replace(FORM, screenshots=0).save(made)
    with pytest.raises(UserError, match="shown 2 screenshots, its form says 0"):
        load_policy(str(made))


def test_parts_begin_with_weights_from_elsewhere(tmp_path: Path) -> None:
    tokenizer = load_tokenizer()
    text = HtmlT5(load_preset("tiny", vocab_size=len(tokenizer), num_layers=1))
    text.save_pretrained(tmp_path / "text")
    sees = WebGum(load_preset("webgum-tiny"))
    torch.save(sees.encoder.vision.vit.state_dict(), tmp_path / "vit.pth")
    model = starting_model(
        "webgum-tiny",
        tokenizer,
        text_weights=str(tmp_path / "text"),
        vision_weights=str(tmp_path / "vit.pth"),
    )
    state = model.state_dict()
    assert all(torch.equal(state[name], weight) for name, weight in text.state_dict().items())
    for name, weight in sees.encoder.vision.state_dict().items():
        assert torch.equal(state[f"encoder.vision.{name}"], weight)
    for name, weights, told in (
        ("tiny", {"vision_weights": "x"}, "tiny reads text alone"),
        (str(tmp_path / "text"), {"text_weights": "x"}, "for a model that begins anew"),
        ("webgum-tiny", {"vision_weights": "nowhere"}, "no weights in"),
        ("pointer-tiny", {"text_weights": str(tmp_path / "text")}, "do not read the same way"),
    ):
        with pytest.raises(UserError, match=told):
            starting_model(name, tokenizer, **weights)
