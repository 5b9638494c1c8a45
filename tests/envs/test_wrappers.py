"""Other libraries take the environments: by arrays of fixed shapes, by processes of their own."""

import gymnasium
import pytest

import webagents  # noqa: F401 (registers the environments)
from webagents.envs.wrappers import FixedArrays, to_bytes, to_text
from webagents.errors import UserError

ID = "webagents/miniwob.click-test-v1"
MENU = ("noop()", "click('5')", "mouse_click(40, 70)")


def plain():

    return gymnasium.make(ID)


def fixed(menu=MENU):
    return FixedArrays(plain(), text_bytes={"html": 2048}, menu=menu)


def test_texts_come_as_padded_bytes_and_actions_as_numbers_of_the_menu():
    env = fixed()
    seen, _ = env.reset(seed=0)
    assert seen in env.observation_space
    assert {name: array.shape for name, array in seen.items()} == {
        "instruction": (1024,),
        "html": (2048,),
        "url": (256,),
        "error": (512,),
        "screenshot": (210, 160, 3),
    }
    assert to_text(seen["instruction"]) == "Click the button."
    assert env.step(1)[1] == 1.0
    env.close()


def test_without_a_menu_an_action_is_bytes():
    env = fixed(menu=None)
    env.reset(seed=0)
    assert env.step(to_bytes("click('5')", 512))[1] == 1.0
    env.close()


def test_a_text_is_cut_at_a_whole_character():
    assert to_text(to_bytes("ab漢", 4)) == "ab"


def test_a_text_that_observations_do_not_have_is_named():
    env = plain()
    with pytest.raises(UserError, match="no text 'title' in observations"):
        FixedArrays(env, text_bytes={"title": 5})
    env.close()


def test_processes_without_shared_memory_give_the_same_texts():
    single = plain()
    alone, _ = single.reset(seed=1)
    single.close()
    vector = gymnasium.vector.AsyncVectorEnv([plain, plain], shared_memory=False, context="spawn")
    seen, _ = vector.reset(seed=[0, 1])
    rewards = vector.step(("noop()", "click('5')"))[1]
    vector.close()
    assert seen["html"][1] == alone["html"]
    assert (seen["screenshot"][1] == alone["screenshot"]).all()
    assert list(rewards) == [0.0, 1.0]


def test_processes_with_shared_memory_take_the_fixed_arrays():
    vector = gymnasium.vector.AsyncVectorEnv([fixed, fixed], context="spawn")
    seen, _ = vector.reset(seed=0)
    vector.close()
    assert [to_text(row) for row in seen["instruction"]] == ["Click the button."] * 2


@pytest.mark.slow
def test_stable_baselines3s_checker_passes():
    checker = pytest.importorskip("stable_baselines3.common.env_checker")
    env = fixed()
    checker.check_env(env, warn=False)
    env.close()


@pytest.mark.slow
def test_torchrls_checker_passes():
    envs = pytest.importorskip("torchrl.envs")
    from torchrl.envs.utils import check_env_specs

    env = envs.GymWrapper(fixed())
    check_env_specs(env)
    env.close()
