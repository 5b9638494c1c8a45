"""Learning to point: a network over slots, from demonstrations to a policy on disk."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.data.demos import dataset as written
from webagents.data import Demonstration
from webagents.errors import UnknownPolicy, UserError
from webagents.models.pointer import PointerT5
from webagents.models.tokenizer import load_tokenizer
from webagents.policies.loading import load_policy
from webagents.policies.pointer import PointerPolicy
from webagents.prompt import PromptForm
from webagents.training.imitation import (
    HeldOut,
    Imitation,
    accuracy,
    imitate,
    judge,
    teacher_of,
)
from webagents.training.starting import starting_model
from webagents.types import Episode, Observation, Step

WORDS = ("blue", "green", "red", "white")
FORM = PromptForm(actions=2)


def page(chosen: Sequence[str], value: str = "") -> str:
    buttons = "".join(f'<button ref="{n}">{word}</button>' for n, word in enumerate(chosen, 3))
    return f'<body ref="1"><input ref="2" value="{value}">{buttons}</body>'


def episode(seed: int) -> Episode:
    """Type a word, then press its button, wherever it is."""
    torch.manual_seed(seed)
    order = [WORDS[n] for n in torch.randperm(4).tolist()]
    word = order[seed % 4]
    asked = f"Enter {word} and press it."
    pages = [page(order), page(order, word)]
    actions = [f"fill('2', '{word}')", f"click('{order.index(word) + 3}')"]
    seen = [Observation(instruction=asked, html=html) for html in (*pages, pages[1])]
    found = Episode(task="t.press", seed=seed, observation=seen[0])
    for number, action in enumerate(actions):
        last = number == 1
        step = Step(observation=seen[number], action=action, reward=float(last), terminated=last)
        found = found.extended(step, seen[number + 1], {"success": last})
    return found


def dataset(folder: Path, seeds: Sequence[int]) -> Path:
    return written(folder, [Demonstration.of(episode(seed), "expert") for seed in seeds])


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("pointing")
    return imitate(
        Imitation(
            out=base / "run",
            data=[dataset(base / "demos", range(40))],
            held_out=[dataset(base / "held-out", range(100, 104))],
            model="pointer-tiny",
            steps=150,
            batch=16,
            window=64,
            learning_rate=4e-3,
            warmup_steps=10,
            validate_every=150,
            monitor_every=50,
            actions=2,
        )
    )


def test_what_it_learned_holds_on_episodes_it_has_not_seen(trained: Path) -> None:
    policy = load_policy(str(trained))
    assert isinstance(policy, PointerPolicy)
    asked, wanted = [], []
    for seed in range(200, 216):
        done = episode(seed)
        for number, step in enumerate(done.steps):
            asked.append(
                Episode(
                    task="t.press",
                    seed=seed,
                    observation=step.observation,
                    steps=done.steps[:number],
                )
            )
            wanted.append(step.action)
    said = [decision.action for decision in policy.act(asked)]
    assert sum(a == b for a, b in zip(said, wanted, strict=True)) >= 30, "of 32"


def test_validation_and_judgement_agree(trained: Path) -> None:
    tokenizer = load_tokenizer()
    model = PointerT5.from_pretrained(trained).eval()
    teacher = teacher_of(model, tokenizer, FORM)
    steps = [one for seed in range(5) for one in teacher.of(episode(seed))]
    with torch.no_grad():
        sums = HeldOut(teacher, steps, rows=3)(model, 0, 1)
    judged = judge(model, teacher, steps)
    assert sums["loss"] == pytest.approx(sum(one.loss for one in judged), rel=1e-3, abs=1e-4)
    assert sums["tokens"] == 5 * (4 + 3)
    assert accuracy(judged)["t.press"].tokens == pytest.approx(sums["accuracy"] / sums["tokens"])


def test_what_cannot_be_said_is_left_out_and_counted() -> None:
    tokenizer = load_tokenizer()
    teacher = teacher_of(starting_model("pointer-tiny", tokenizer), tokenizer, FORM)
    done = episode(1)
    lost = replace(done.steps[0], action="click('77')")
    assert len(list(teacher.of(replace(done, steps=(lost, done.steps[1]))))) == 1
    assert dict(teacher.left_out) == {"no slot for it, or too long": 1}


def test_a_page_without_elements_is_waited_for(trained: Path) -> None:
    policy = load_policy(str(trained))
    empty = Episode(task="t.press", seed=0, observation=Observation(instruction="Go", html=""))
    said = policy.act([empty, episode(0)])
    assert said[0].action == "noop()"
    assert said[1] == policy.act([episode(0)])[0], "as it is without the other"


def test_a_broken_checkpoint_is_told(trained: Path, tmp_path: Path) -> None:
    for file in trained.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"rubbish")
    with pytest.raises(UnknownPolicy, match="is no checkpoint of a policy"):
        load_policy(str(tmp_path))


def test_training_does_not_go_on_from_half_a_model(tmp_path: Path) -> None:
    tokenizer = load_tokenizer()
    model = starting_model("pointer-tiny", tokenizer)
    weights = model.state_dict()
    model.save_pretrained(tmp_path, state_dict={**weights, "extra.weight": torch.ones(1)})
    with pytest.raises(UserError, match=r"no model to begin with: it has weights .*extra\.weight"):
        starting_model(str(tmp_path), tokenizer)
    del weights["links.1.norm.weight"]
    model.save_pretrained(tmp_path, state_dict=weights)
    with pytest.raises(UserError, match=r"it lacks weights: \['links\.1\.norm\.weight'\]"):
        starting_model(str(tmp_path), tokenizer)
    (tmp_path / "model.safetensors").write_bytes(b"torn")
    with pytest.raises(UserError, match="its model cannot be read"):
        starting_model(str(tmp_path), tokenizer)
