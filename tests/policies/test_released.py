"""The checkpoints that come with the package."""

import pytest

from webagents.errors import UnknownPolicy
from webagents.evaluation.run import EvaluateConfig, evaluate
from webagents.policies import load_policy
from webagents.policies.loading import released
from webagents.resources import content

MOST_BYTES = 20_000_000
SOLVED = "miniwob.click-test-2,miniwob.login-user,miniwob.click-tab-2,miniwob.enter-password"
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
