"""Folders that are no checkpoint of a policy, or one whose parts do not belong together."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from webagents.errors import UnknownPolicy
from webagents.models.tokenizer import load_tokenizer
from webagents.policies import load_policy
from webagents.prompt import PromptForm
from webagents.training.starting import starting_model
from webagents.types import Episode, Observation

Damage = Callable[[Path], object]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Checkpoints of random weights: ``pointer-tiny`` and ``tiny``."""
    base, tokenizer = tmp_path_factory.mktemp("checkpoints"), load_tokenizer()
    for name in ("pointer-tiny", "tiny"):
        starting_model(name, tokenizer).save_pretrained(base / name)
        tokenizer.save_pretrained(base / name)
        PromptForm(inputs_length=64, targets_length=12).save(base / name)
    return base


def json_with(file: str, **changed: object) -> Damage:
    def damage(folder: Path) -> None:
        found = json.loads((folder / file).read_text())
        (folder / file).write_text(json.dumps(found | changed))

    return damage


def weights(change: Callable[[dict[str, Tensor]], dict[str, Tensor]]) -> Damage:
    def damage(folder: Path) -> None:
        file = folder / "model.safetensors"
        save_file(change(load_file(file)), file, metadata={"format": "pt"})

    return damage


def cut(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1])


def without(file: str) -> Damage:
    return lambda folder: (folder / file).unlink()


def with_more_tokens(folder: Path) -> None:
    made = load_tokenizer(folder)
    made.add_tokens(["<new>"])
    made.save_pretrained(folder)


BOTH: list[tuple[Damage, str]] = [
    (cut, r"its model cannot be read \('SafetensorError: "),
    (without("config.json"), "it has no config.json"),
    (without("model.safetensors"), r"its model cannot be read \("),
    (without("tokenizer.json"), "no tokenizer.json"),
    (json_with("tokenizer.json", added_tokens=0), "its tokenizer cannot be read"),
    (json_with("config.json", d_model=128), "weights of other sizes than its model's"),
    (json_with("config.json", num_layers=9), "it lacks weights"),
    (json_with("config.json", num_layers=0), "weights that its model has no place for"),
    (weights(lambda all_: {k: v * torch.nan for k, v in all_.items()}), "are no numbers"),
    (with_more_tokens, "knows 8192 tokens, its tokenizer 8193"),
    (json_with("prompt.json", screenshots=2), "shown 0 screenshots, its form says 2"),
    (json_with("prompt.json", colour=1), "does not say how the model is asked"),
]
ONE: list[tuple[str, Damage, str]] = [
    ("tiny", json_with("config.json", eos_token_id=7), "ends with token 7, its tokenizer with 1"),
    ("tiny", json_with("config.json", pad_token_id=None), r"begins with \[None, 0\]"),
    ("pointer-tiny", json_with("config.json", names=None), "names None, which are not the actions"),
    ("pointer-tiny", json_with("config.json", names=["click"]), r"names \['click'\], which"),
    ("pointer-tiny", json_with("config.json", names=["clik"]), "no action 'clik'"),
]
EACH = [(name, *each) for each in BOTH for name in ("pointer-tiny", "tiny")] + ONE


@pytest.mark.parametrize(("name", "damage", "told"), EACH)
def test_what_is_wrong_with_a_checkpoint_is_told_when_it_is_loaded(
    whole: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    name: str,
    damage: Damage,
    told: str,
) -> None:
    folder = shutil.copytree(whole / name, tmp_path / "broken")
    damage(folder)
    capfd.readouterr()
    with pytest.raises(UnknownPolicy, match=told):
        load_policy(str(folder))
    assert capfd.readouterr() == ("", ""), "no tables of transformers beside the one error"


@pytest.mark.parametrize("name", ["pointer-tiny", "tiny"])
def test_any_page_has_an_answer(whole: Path, name: str) -> None:
    policy = load_policy(str(whole / name))
    pages = [
        "",
        "<<<>< a ref='2'<b ref=3>&#xffffffff;<!-- <script>",
        '<body ref="1">' + '<div ref="2">' * 2000,
        '<body ref="1">' + "".join(f'<a ref="{n}">{n}</a>' for n in range(2, 2000)) + "</body>",
        '<body ref="-1"><a ref="9999999999999999999999">\x00 \ud800</a><a ref>b</a></body>',
        f'<body ref="1" box="1e999 nan x"><input ref="2" value="-{"9" * 400}"></body>',
        f'<body ref="1">{"word " * 20_000}</body>',
    ]
    seen = [Observation(instruction="Click 2.", html=page) for page in pages]
    seen.append(Observation(instruction="word " * 5_000, html=pages[3], error="no " * 5_000))
    episodes = [Episode(task="t.t", seed=0, observation=each) for each in seen]
    decisions = policy.act(episodes)
    assert len(decisions) == len(seen)
    assert decisions == [policy.act([one])[0] for one in episodes]


def test_a_run_of_training_says_where_its_checkpoint_is(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole / "tiny", tmp_path / "run" / "model")
    with pytest.raises(UnknownPolicy, match=r"the one of this run is .*run/model$"):
        load_policy(str(tmp_path / "run"))
