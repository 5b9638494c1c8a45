"""The checkpoints that come with the package."""

import pytest
import torch

from webagents.errors import UnknownPolicy
from webagents.evaluation.run import EvaluateConfig, evaluate
from webagents.policies import load_policy
from webagents.policies.loading import released
from webagents.policies.releasing import release
from webagents.resources import content

MOST_BYTES = 20_000_000
SOLVED = "miniwob.click-test-2,miniwob.click-option,miniwob.multi-layouts,miniwob.enter-password"
"""Tasks that every released policy always solved when it was judged."""


def test_there_is_one() -> None:
    assert "models/pointer-html" in released()


@pytest.mark.parametrize("name", released())
def test_a_checkpoint_is_small_and_has_a_card(name: str) -> None:
    folder = content(name)
    assert sum(file.stat().st_size for file in folder.iterdir()) < MOST_BYTES
    card = (folder / "README.md").read_text()
    for part in ("## Data", "## Recipe", "## Figures", "## Limits"):
        assert part in card


@pytest.mark.parametrize("name", released())
def test_a_checkpoint_plays_wherever_it_is_run(name: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)  # from where models/ is no folder
    report = evaluate(
        EvaluateConfig(
            policy=name, tasks=SOLVED, episodes=3, out=tmp_path / "run", screenshots=False
        )
    )
    assert {task: one.success.mean for task, one in report.tasks.items()} == dict.fromkeys(
        SOLVED.split(","), 1.0
    )


def test_a_checkpoint_that_is_not_there_is_told_beside_those_that_are() -> None:
    with pytest.raises(UnknownPolicy, match=r"no policy 'models/nothing'.*models/pointer-html"):
        load_policy("models/nothing")


def test_a_release_has_half_the_bits_and_is_read_as_it_was(tmp_path) -> None:
    folder = content("models/pointer-html")
    release(folder, tmp_path / "out")
    release(folder, tmp_path / "out")  # over an earlier one
    had, has = load_policy(str(folder)).model, load_policy(str(tmp_path / "out")).model
    weights = dict(has.named_parameters())
    for name, weight in had.named_parameters():
        assert weights[name].dtype is torch.float32
        torch.testing.assert_close(weights[name], weight, rtol=2**-11, atol=1e-7)
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert files == sorted({path.name for path in folder.iterdir()} - {"README.md"})
    assert (tmp_path / "out" / "model.safetensors").stat().st_size < 2.1 * has.num_parameters()
