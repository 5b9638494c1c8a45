"""Every task has one Gymnasium id, and registering is quiet and light."""

import subprocess
import sys
import warnings

import gymnasium
import pytest

from webagents.envs import catalogue
from webagents.envs.registration import register_envs


def test_every_task_has_one_id_that_makes_its_environment():
    register_envs()
    registered = gymnasium.registry.items()
    ours = {id_: spec for id_, spec in registered if id_.startswith("webagents/")}
    del ours["webagents/compwob-v1"]  # any composition: see tests/envs/test_compwob.py
    del ours["webagents/remote-v1"]  # any task of a server: see tests/serving/test_remote.py
    assert {id_: spec.kwargs["task"] for id_, spec in ours.items()} == {
        spec.env_id: spec.id for spec in catalogue.load().values()
    }
    points = {(spec.entry_point, spec.vector_entry_point) for spec in ours.values()}
    text_shop = ours["webagents/webshop-text-v1"]
    assert points - {(text_shop.entry_point, text_shop.vector_entry_point)} == {
        ("webagents.envs.web_env:WebEnv", "webagents.envs.vector:WebVectorEnv"),
    }
    assert not any(spec.nondeterministic or spec.max_episode_steps for spec in ours.values())


def test_registering_twice_is_silent(capsys: pytest.CaptureFixture[str]):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        register_envs()
        before = dict(gymnasium.registry)
        register_envs()
    assert dict(gymnasium.registry) == before
    assert capsys.readouterr() == ("", "")


def test_registering_imports_neither_a_browser_library_nor_torch():
    heavy = ("playwright", "selenium", "torch", "transformers", "miniwob")
    code = (
        "import sys; from webagents.envs.registration import register_envs; register_envs(); "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
