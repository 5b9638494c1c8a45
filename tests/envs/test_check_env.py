"""Gymnasium's own checker passes on every environment, unwrapped, with no warning."""

import pytest

from webagents.envs.catalogue import load
from webagents.envs.checks import gymnasium_check
from webagents.envs.checks.command import main

FEW = (
    *("miniwob.click-test", "miniwob.email-inbox", "miniwob.use-slider", "miniwob.flight.AA"),
    *("site.map", "webshop", "webshop-text"),
)
IDS = [spec.env_id for spec in load().values()]


@pytest.mark.parametrize("screenshots", [True, False])
@pytest.mark.parametrize("task", FEW)
def test_check_env_passes_on_a_few_tasks(task, screenshots):
    assert gymnasium_check(load()[task].env_id, screenshots=screenshots) == ("", [])


@pytest.mark.slow
@pytest.mark.parametrize("screenshots", [True, False])
@pytest.mark.parametrize("id_", IDS)
def test_check_env_passes_on_every_task(id_, screenshots):
    assert gymnasium_check(id_, screenshots=screenshots) == ("", [])


def test_the_command_counts_what_passes(capsys: pytest.CaptureFixture[str]):
    assert main(["gymnasium", "click-test"]) == 0
    assert "check_env passes on 1 of 1 ids" in capsys.readouterr().out
