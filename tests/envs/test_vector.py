"""Many pages at once behave as each would alone."""

import gymnasium
import numpy as np
import pytest

import webagents  # noqa: F401 (registers the environments)
from webagents.envs.vector import WebVectorEnv
from webagents.envs.web_env import WebEnv
from webagents.errors import UserError

ID = "webagents/miniwob.click-link-v1"
ACTIONS = ["click('3')", "noop()", "click('99')"]


def made(mode, n=3, **options):
    return gymnasium.make_vec(ID, num_envs=n, autoreset_mode=mode, **options)


def alone(seed, actions):
    env = WebEnv("miniwob.click-link")
    seen = [env.reset(seed=seed)[0]]
    seen += [env.step(action)[0] for action in actions]
    env.close()
    return seen


def test_each_page_is_what_a_single_environment_with_its_seed_is():
    vector = made("NextStep")
    batches = [vector.reset(seed=10)[0], vector.step(ACTIONS)[0]]
    vector.close()
    for index, action in enumerate(ACTIONS):
        for batch, single in zip(batches, alone(10 + index, [action]), strict=True):
            for key in ("instruction", "html", "url", "error"):
                assert batch[key][index] == single[key]
            assert (batch["screenshot"][index] == single["screenshot"]).all()


def solved(html, instruction):
    target = instruction.split('"')[1]
    return f"click('{html.split(f'>{target}<')[0].rsplit('ref=', 1)[1].split(chr(34))[1]}')"


@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
def test_an_ended_episode_is_followed_as_the_mode_says(mode):
    vector = made(mode, n=2)
    seen, _ = vector.reset(seed=[4, 5])
    right = solved(seen["html"][0], seen["instruction"][0])
    _, rewards, terminated, _, infos = vector.step([right, "noop()"])
    assert (list(rewards), list(terminated)) == ([1.0, 0.0], [True, False])
    if mode == "SameStep":
        assert infos["final_info"]["success"][0]
        assert infos["final_obs"][0]["instruction"] == seen["instruction"][0]
        assert list(infos["time_ms"]) == [0.0, 200.0]
    elif mode == "NextStep":
        _, rewards, terminated, _, infos = vector.step(["noop()", "noop()"])
        assert (list(rewards), list(terminated)) == ([0.0, 0.0], [False, False])
        assert list(infos["time_ms"]) == [0.0, 400.0]
    else:
        with pytest.raises(UserError, match="over; call reset"):
            vector.step(["noop()", "noop()"])
        mask = np.array([True, False])
        _, infos = vector.reset(seed=[9, None], options={"reset_mask": mask})
        assert list(infos["_time_ms"]) == [True, False]
        vector.step(["noop()", "noop()"])
    vector.close()


def test_a_broken_machine_voids_its_episodes_and_is_no_reward_of_zero():
    import os
    import signal

    vector = WebVectorEnv("miniwob.click-test", 2, browsers=2, screenshots=False)
    vector.reset(seed=0)
    os.killpg(vector._browsers[0].pid, signal.SIGKILL)
    _, rewards, terminated, truncated, infos = vector.step(["noop()", "click('5')"])
    assert np.isnan(rewards[0])
    assert rewards[1] == 1.0
    assert (list(terminated), list(truncated)) == ([False, True], [True, False])
    assert infos["void"][0].startswith("BrowserDied")
    _, rewards, *_ = vector.step(["noop()", "noop()"])
    assert list(rewards) == [0.0, 0.0]
    vector.close()


def test_observations_fit_their_spaces():
    vector = made("NextStep", n=2)
    seen, _ = vector.reset(seed=0)
    assert seen in vector.observation_space
    assert vector.action_space.sample() in vector.action_space
    vector.close()


@pytest.mark.parametrize("actions", ["noop()", ["noop()"]])
def test_one_action_a_page_is_asked_for(actions):
    vector = made("NextStep", n=2, screenshots=False)
    vector.reset(seed=0)
    with pytest.raises(UserError, match="step takes 2 action texts"):
        vector.step(actions)
    vector.close()
