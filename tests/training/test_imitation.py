"""Learning from demonstrations: examples, their order, and how a model is judged."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.data.demos import dataset as written
from webagents.data import Dataset, Demonstration
from webagents.data.streaming import episodes
from webagents.errors import UserError
from webagents.models import HtmlT5, load_preset
from webagents.models.tokenizer import load_tokenizer
from webagents.policies import load_policy
from webagents.prompt import PromptForm, before, prompt
from webagents.training.imitation import (
    Accuracy,
    HeldOut,
    Imitation,
    ImitationLane,
    Judged,
    TextTeacher,
    accuracy,
    imitate,
    judge,
)
from webagents.types import Episode, Observation, Step

FORM = PromptForm(inputs_length=128, targets_length=16)


def episode(seed: int = 0, *, steps: int = 2, success: bool = True, **last: object) -> Episode:
    """An episode of clicks on what is asked for; `last` changes its last step."""
    seen = Observation(instruction=f"Click {seed}.", html=f'<p ref="{seed}">')
    played = Episode(task=f"t.{seed % 2}", seed=seed, observation=seen)
    for number in range(steps):
        ends = {"terminated": True, **last} if number == steps - 1 else {}
        step = Step(observation=seen, **{"action": f"click('{seed}')", **ends})
        played = played.extended(step, seen, {"success": success})
    return played


def dataset(folder: Path, *played: Episode) -> Path:
    return written(folder, [Demonstration.of(each, "expert") for each in played])


def small() -> HtmlT5:
    torch.manual_seed(0)
    return HtmlT5(load_preset("tiny", vocab_size=len(load_tokenizer()))).eval()


def test_an_example_reads_the_prompt_and_says_the_action() -> None:
    tokenizer = load_tokenizer()
    played = episode(7)
    read = [
        (one.task, one.seed, one.step, one.action, *map(tokenizer.decode, one.example[:2]))
        for one in TextTeacher(tokenizer, FORM).of(played)
    ]
    asked = [prompt(before(played, number), FORM).text for number in range(2)]
    assert read == [
        ("t.1", 7, 0, "click('7')", f"{asked[0]}</s>", "click('7')</s>"),
        ("t.1", 7, 1, "click('7')", f"{asked[1]}</s>", "click('7')</s>"),
    ]


@pytest.mark.parametrize(
    ("played", "reason", "left"),
    [
        (episode(steps=3, success=False), "failed episode", []),
        (episode(steps=3, notes={"perturbed": "aside"}), "mistake on purpose", [0, 1]),
        (episode(steps=3, error="no", terminated=False), "failed action", [0, 1]),
        (episode(steps=3, error="gone"), "", [0, 1, 2]),
        (episode(steps=3, action=f"fill('1', '{'1' * 20}')"), "too long", [0, 1]),
    ],
)
def test_what_is_not_to_be_imitated_is_left_out_and_counted(
    played: Episode, reason: str, left: list[int]
) -> None:
    teacher = TextTeacher(load_tokenizer(), FORM)
    assert [one.step for one in teacher.of(played)] == left
    assert dict(teacher.left_out) == ({reason: 3 - len(left)} if reason else {})


def test_steps_are_taught_in_webgums_form_where_it_has_words_for_them() -> None:
    tokenizer = load_tokenizer()
    teacher = TextTeacher(tokenizer, PromptForm(actions_form="webgum"))
    played = episode(7, steps=3, action="press('7', 'Enter')")
    said = [
        (one.step, one.action, tokenizer.decode(one.example.targets)) for one in teacher.of(played)
    ]
    click = "{'action': 'click', 'ref': '7'}"
    assert said == [(number, click, f"{click}</s>") for number in range(2)]
    assert dict(teacher.left_out) == {"no words for the action": 1}


def lane(folder: Path, number: int = 0, of: int = 1, **changes: object) -> ImitationLane:
    chosen = {"rows": 2, "window": 6, "seed": 3} | changes
    return ImitationLane(
        number=number,
        demonstrations=lambda: episodes([folder], pictures=None, rank=number, of=of),
        teacher=TextTeacher(load_tokenizer(), FORM),
        **chosen,
    )


def asked_in(batches: Iterator[object]) -> Iterator[str]:
    tokenizer = load_tokenizer()
    for batch in batches:
        for row in batch.arrays["input_ids"]:
            yield tokenizer.decode(row, skip_special_tokens=True)


def test_lanes_share_the_steps_out_and_give_each_once_an_epoch(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "demos", *(episode(seed, steps=3) for seed in range(8)))
    # 4 episodes of 3 steps each a lane: 6 batches of 2
    shares = [islice(lane(folder, number, 2).batches(None), 6) for number in range(2)]
    found = [text for share in shares for text in asked_in(share)]
    every = [
        prompt(before(played.episode, number), FORM).text
        for played in Dataset(folder)
        for number in range(3)
    ]
    assert sorted(found) == sorted(every)


def test_a_lane_goes_on_from_any_micro_batch_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    # Windows of 6 steps end within episodes, an epoch of 21 within a window.
    folder = dataset(tmp_path / "demos", *(episode(seed, steps=3) for seed in range(7)))
    whole = list(islice(lane(folder).batches(None), 24))
    for stopped in range(20):
        state = json.loads(json.dumps(whole[stopped].state))
        again = list(islice(lane(folder).batches(state), 4))
        expected = whole[stopped + 1 : stopped + 5]
        assert [batch.state for batch in again] == [batch.state for batch in expected]
        for one, other in zip(again, expected, strict=True):
            np.testing.assert_equal(one.arrays, other.arrays)


def test_demonstrations_without_a_step_to_learn_from_are_told(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "demos", episode(success=False))
    with pytest.raises(UserError, match=r"no step to learn from; left out: {'failed episode': 2}"):
        next(lane(folder).batches(None))


def test_the_judgement_is_that_of_the_model_on_each_step_alone() -> None:
    tokenizer, model = load_tokenizer(), small()
    teacher = TextTeacher(tokenizer, FORM)
    steps = [one for seed in (1, 20, 300) for one in teacher.of(episode(seed))]
    expected = []
    for one in sorted(steps, key=lambda one: one.example.inputs.size):
        labels = torch.from_numpy(one.example.targets.astype(np.int64))
        asked = torch.from_numpy(one.example.inputs.astype(np.int64))[None]
        with torch.no_grad():
            logits = model(input_ids=asked, labels=labels[None]).logits[0]
            said = model.generate(input_ids=asked, max_new_tokens=16)[0]
        likely = logits.log_softmax(-1)[torch.arange(len(labels)), labels]
        expected.append(
            Judged(
                *(one.task, one.seed, one.step, one.action),
                tokenizer.decode(said, skip_special_tokens=True),
                pytest.approx(-float(likely.sum()), rel=1e-4),
                len(labels),
                int((logits.argmax(-1) == labels).sum()),
            )
        )
    assert judge(model, teacher, steps, rows=4) == expected


def test_accuracy_is_counted_by_task() -> None:
    judged = [
        Judged("t.b", 0, 0, "click('1')", "click('1')", 0.5, 4, 4),
        Judged("t.b", 0, 1, "click('1')", "click('2')", 2.5, 4, 3),
        Judged("t.a", 0, 0, "noop()", "", 6.0, 3, 0),
    ]
    assert list(accuracy(judged).items()) == [
        ("t.a", Accuracy(steps=1, exact=0.0, loss=2.0, tokens=0.0)),
        ("t.b", Accuracy(steps=2, exact=0.5, loss=3 / 8, tokens=7 / 8)),
    ]


def test_processes_validate_the_same_together_as_one_alone() -> None:
    tokenizer, model = load_tokenizer(), small()
    teacher = TextTeacher(tokenizer, FORM)
    steps = [one for seed in range(5) for one in teacher.of(episode(seed))]
    held_out = HeldOut(teacher, steps, rows=4)
    alone = held_out(model, 0, 1)
    apart = [held_out(model, rank, 2) for rank in range(2)]
    together = {name: sum(part[name] for part in apart) for name in alone}
    judged = judge(model, teacher, steps)
    assert together == pytest.approx(alone)
    assert alone == pytest.approx(
        {
            "loss": sum(one.loss for one in judged),
            "accuracy": sum(one.right for one in judged),
            "tokens": sum(one.tokens for one in judged),
        }
    )


def test_a_policy_is_trained_saved_and_plays_what_it_learned(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "demos", *(episode(seed) for seed in (3, 8)))
    made = imitate(
        Imitation(
            data=[folder],
            held_out=[folder],
            out=tmp_path / "run",
            model="tiny",
            steps=40,
            batch=4,
            learning_rate=1e-2,
            warmup_steps=2,
            inputs_length=64,
            targets_length=8,
            monitor_every=0,
            threads=1,
        )
    )
    played = load_policy(str(made)).act([episode(3, steps=1), episode(8, steps=1)])
    assert [decision.action for decision in played] == ["click('3')", "click('8')"]
