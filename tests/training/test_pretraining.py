"""Pre-training: the same losses however it is cut up, over time or over processes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("accelerate")
torch = pytest.importorskip("torch")

pytestmark = pytest.mark.timeout(600)  # processes that each load PyTorch, on machines that are busy

from webagents.errors import TrainingDiverged, UserError  # noqa: E402
from webagents.models import HtmlT5  # noqa: E402
from webagents.models.tokenizer import load_tokenizer  # noqa: E402
from webagents.training.pretraining import Pretraining, pretrain  # noqa: E402
from webagents.training.running.metrics import METRICS  # noqa: E402

SETTINGS = {
    "model": "tiny",
    "steps": 12,
    "batch": 4,
    "lanes": 2,
    "inputs_length": 96,
    "window": 16,
    "warmup_steps": 4,
    "threads": 1,
    "monitor_every": 5,
    "validate_every": 6,
    "checkpoint_every": 5,
    "validation_examples": 8,
}


def rows(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / METRICS).read_text().splitlines()]


def command(corpus: Path, out: Path, *more: str) -> list[str]:
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in SETTINGS.items()]
    return ["-m", "webagents", "pretrain", str(corpus), "--out", str(out), *flags, *more]


def environment() -> dict[str, str]:
    return os.environ | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}


@pytest.fixture(name="whole", scope="module")
def _whole(corpus, tmp_path_factory):
    """A run that was never interrupted."""
    out = tmp_path_factory.mktemp("runs") / "whole"
    pretrain(Pretraining(corpus=corpus, out=out, **SETTINGS))
    return out


def test_a_run_leaves_a_model_its_tokenizer_its_figures_and_its_curves(whole):
    found = rows(whole)
    losses = [row for row in found if "loss" in row]
    assert [row["step"] for row in losses] == list(range(1, 13))
    assert [row["step"] for row in found if "max_attention_logit" in row] == [1, 6, 11]
    assert [row["step"] for row in found if "validation_loss" in row] == [6, 12]
    assert losses[-1]["tokens"] > losses[0]["tokens"] > 0
    model, tokenizer = HtmlT5.from_pretrained(whole / "model"), load_tokenizer(whole / "model")
    assert model.config.vocab_size == len(tokenizer) == 8192
    assert (whole / "loss.png").stat().st_size > 10_000
    assert list((whole / "tensorboard").iterdir())
    assert sorted(path.name for path in (whole / "checkpoints").iterdir()) == [
        *("00000010", "00000012"),
    ]


def test_a_run_learns(corpus, tmp_path):
    settings = SETTINGS | {"steps": 60, "learning_rate": 1e-2, "checkpoint_every": 60}
    pretrain(Pretraining(corpus=corpus, out=tmp_path / "run", **settings))
    losses = [row["loss"] for row in rows(tmp_path / "run") if "loss" in row]
    assert sum(losses[-5:]) / 5 < 0.8 * losses[0]


def test_a_run_that_was_killed_goes_on_with_the_same_losses(whole, corpus, tmp_path):
    out = tmp_path / "run"
    child = subprocess.Popen([sys.executable, *command(corpus, out)], env=environment())
    while child.poll() is None and not (out / "checkpoints" / "00000005").exists():
        time.sleep(0.01)  # for its first checkpoint
    while child.poll() is None and len(rows(out)) < 8:
        time.sleep(0.01)  # for steps behind it
    child.send_signal(signal.SIGKILL)
    child.wait()
    again = subprocess.run(
        [sys.executable, *command(corpus, out, "--resume")],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stderr
    assert rows(out) == rows(whole)
    weights = [HtmlT5.from_pretrained(folder / "model").state_dict() for folder in (out, whole)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[1])


def test_a_run_that_is_asked_to_stop_makes_a_checkpoint_first(corpus, tmp_path):
    out = tmp_path / "run"
    settings = {**SETTINGS, "steps": 5000, "checkpoint_every": 5000}
    with pytest.raises(KeyboardInterrupt):
        pretrain(Pretraining(corpus=corpus, out=out, **settings, stop_after=0.005))
    done = rows(out)[-1]["step"]
    assert [path.name for path in (out / "checkpoints").iterdir()] == [f"{done:08}"]


@pytest.mark.parametrize("sharding", ["none", "fsdp"])
def test_two_processes_train_to_the_losses_of_one(whole, corpus, tmp_path, sharding):
    out = tmp_path / "run"
    run = subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2"),
            *("--standalone", *command(corpus, out, f"--sharding={sharding}")),
        ],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("model: ") == 1
    sharded = (out / "checkpoints" / "00000012" / "pytorch_model_fsdp_0").exists()
    assert sharded == (sharding == "fsdp")
    for one, two in zip(rows(whole), rows(out), strict=True):
        names = {"loss", "gradient_norm", "tokens", "validation_loss"} & set(one)
        assert {name: two[name] for name in names} == pytest.approx(
            {name: one[name] for name in names}, rel=1e-4
        )


def test_a_run_that_diverges_says_so_and_keeps_its_last_checkpoint(corpus, tmp_path):
    out = tmp_path / "run"
    settings = SETTINGS | {"steps": 200, "learning_rate": 1e6, "checkpoint_every": 1}
    with pytest.raises(TrainingDiverged, match=r"the loss of step \d+ is .*learning rate"):
        pretrain(Pretraining(corpus=corpus, out=out, **settings))
    kept = sorted((out / "checkpoints").iterdir())[-1]
    assert int(kept.name) == len([row for row in rows(out) if "loss" in row])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"lanes": 3}, "a batch of 4 cannot be put together of 3 lanes"),
        ({"model": "gigantic"}, "no preset 'gigantic'; there are 20m, base"),
        ({"model": "pointer-tiny", "changes": ""}, "pointer-tiny does not read text alone"),
        ({"changes": "d_modell=3"}, "HtmlT5Config has no field d_modell"),
        ({"changes": "d_model"}, "a change is written name=value"),
        ({"tokenizer": "klingon"}, "no tokenizer 'klingon'"),
        ({"objectives": "8,x"}, "no objective 'x'"),
        ({"without": "nobody"}, "nobody"),
        ({"sharding": "fsdp", "optimizer": "adafactor"}, "adafactor needs whole tensors"),
        ({"steps": 0}, "steps is at least 1, not 0"),
    ],
)
def test_settings_that_cannot_be_are_told_and_leave_nothing(corpus, tmp_path, changed, told):
    with pytest.raises(UserError, match=told):
        pretrain(Pretraining(corpus=corpus, out=tmp_path / "run", **SETTINGS | changed))
    assert not (tmp_path / "run").exists()


def test_a_run_is_resumed_only_when_asked_and_only_with_its_own_settings(whole, corpus):
    with pytest.raises(UserError, match="holds a run; go on with it by --resume"):
        pretrain(Pretraining(corpus=corpus, out=whole, **SETTINGS))
    with pytest.raises(UserError, match=r"holds another pre-training .*seed 0 there, 1 now"):
        pretrain(Pretraining(corpus=corpus, out=whole, **SETTINGS, seed=1, resume=True))
