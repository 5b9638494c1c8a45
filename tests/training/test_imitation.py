"""Learning from demonstrations: examples, their order, and how a model is judged."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.training.clicking import dataset, episode
from webagents.data import Dataset
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
        (episode(steps=3, notes={"unlabelled": "KeyError: 'to'"}), "no label", [0, 1]),
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


def test_a_label_is_learned_and_not_what_was_played_also_where_that_failed() -> None:
    played = episode(
        7, steps=3, success=False, error="no", notes={"label": "click('9')", "player": "policy"}
    )
    teacher = TextTeacher(load_tokenizer(), FORM)
    said = [(one.step, one.action) for one in teacher.of(played)]
    assert said == [(2, "click('9')")]
    assert dict(teacher.left_out) == {"failed episode": 2}


def test_changed_prompts_are_the_same_for_the_same_beginning_only() -> None:
    tokenizer = load_tokenizer()
    seen = Observation(instruction="Go.", html='<p ref="1" id="a" class="b" title="c">d</p>')
    last = Step(observation=seen, action="click('1')", terminated=True)
    played = episode(steps=1).extended(last, seen, {"success": True})

    def read(augment: str) -> list[str]:
        taught = TextTeacher(tokenizer, FORM).of(played, augment=augment)
        return [tokenizer.decode(one.example.inputs) for one in taught]

    found = [read(f"3/0/{epoch}") for epoch in range(20)]
    assert found == [read(f"3/0/{epoch}") for epoch in range(20)]
    assert len({pages[1] for pages in found}) > 5
    assert read("") == [f"{prompt(before(played, n), FORM).text}</s>" for n in range(2)]


def lane(folder: Path, number: int = 0, of: int = 1, **changes: object) -> ImitationLane:
    chosen = {"rows": 2, "window": 6, "seed": 3} | changes
    return ImitationLane(
        number=number,
        demonstrations=lambda: episodes([folder], pictures=None, rank=number, of=of),
        teacher=TextTeacher(load_tokenizer(), FORM),
        **chosen,
    )


def unequal(folder: Path) -> Path:
    """Three times as many episodes of one task as of the other, each of twice the steps."""
    often = (episode(2 * seed, steps=4) for seed in range(48))
    return dataset(folder, *often, *(episode(2 * seed + 1, steps=2) for seed in range(16)))


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


@pytest.mark.parametrize("settings", [{}, {"balance": "uniform", "augment": True}])
def test_a_lane_goes_on_from_any_micro_batch_as_if_it_had_not_stopped(
    settings: dict[str, object], tmp_path: Path
) -> None:
    # Windows of 6 steps end within episodes, an epoch of 21 within a window.
    folder = dataset(tmp_path / "demos", *(episode(seed, steps=3) for seed in range(7)))
    whole = list(islice(lane(folder, **settings).batches(None), 24))
    for stopped in range(20):
        state = json.loads(json.dumps(whole[stopped].state))
        again = list(islice(lane(folder, **settings).batches(state), 4))
        expected = whole[stopped + 1 : stopped + 5]
        assert [batch.state for batch in again] == [batch.state for batch in expected]
        for one, other in zip(again, expected, strict=True):
            np.testing.assert_equal(one.arrays, other.arrays)


def taken(batches: Iterator[object], number: int = 100) -> Counter[int]:
    """How many examples of each of the two tasks there are in the next micro-batches."""
    return Counter(int(text[6:].split(".")[0]) % 2 for text in asked_in(islice(batches, number)))


def test_balanced_lanes_give_as_many_steps_of_each_task_together(tmp_path: Path) -> None:
    folder = unequal(tmp_path / "demos")
    balances = ("none", "uniform")
    found = [
        sum((taken(lane(folder, n, 2, balance=one).batches(None)) for n in range(2)), Counter())
        for one in balances
    ]
    assert found[0][0] / found[0][1] == pytest.approx(6, rel=0.1)
    assert found[1][0] / found[1][1] == pytest.approx(1, rel=0.3)


def test_after_a_trial_a_lane_goes_on_with_more_of_what_failed(tmp_path: Path) -> None:
    folder = unequal(tmp_path / "demos")
    weak = lane(folder, balance="weak", rates={"t.0": 0.0, "t.1": 0.5})
    batches = weak.batches(None)
    first = taken(batches)
    state = json.loads(json.dumps(next(batches).state))
    after = json.loads(json.dumps(weak.after_trial(state, {"t.0": 0.5, "t.1": 0.0})))
    told = weak.batches(after)
    again = list(islice(weak.batches(next(told).state), 3))
    expected = list(islice(told, 3))
    second = taken(told)
    assert first[0] / first[1] == pytest.approx(2 * 2**0.5, rel=0.3)
    assert second[1] / second[0] == pytest.approx(2 / 2**0.5, rel=0.3)
    assert [batch.state for batch in again] == [batch.state for batch in expected]
    assert {batch.state["stream"]["epoch"] for batch in again} == {state["stream"]["epoch"] + 1}


@pytest.mark.parametrize("balance", ["none", "uniform"])
def test_trials_change_nothing_for_a_lane_that_does_not_look_at_success(
    balance: str, tmp_path: Path
) -> None:
    same = lane(unequal(tmp_path / "demos"), balance=balance)
    state = next(same.batches(None)).state
    assert same.after_trial(state, {"t.0": 0.8}) == state


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
