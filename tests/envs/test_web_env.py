"""One page as a Gymnasium environment: its contract, seen from outside."""

import asyncio
import threading

import gymnasium
import numpy as np
import pytest

import webagents  # noqa: F401 (registers the environments)
from webagents.browsers.base import View
from webagents.envs.tasks import make_task
from webagents.envs.web_env import WebEnv
from webagents.errors import UnknownTask, UserError


@pytest.fixture(scope="module")
def env():
    env = gymnasium.make("webagents/miniwob.click-test-v1").unwrapped
    yield env
    env.close()


PAGE = (
    '<body ref="1"><div ref="2" id="wrap"><div ref="3" id="query">Click the button.</div> '
    '<div ref="4" id="area"><button ref="5" id="subbtn">Click Me!</button></div></div></body>'
)


def test_a_reset_shows_the_instruction_the_page_its_address_and_its_picture(env):
    observation, info = env.reset(seed=0)
    screenshot = observation.pop("screenshot")
    assert observation == {
        "instruction": "Click the button.",
        "html": PAGE,
        "url": "http://miniwob.test/miniwob/click-test.html",
        "error": "",
    }
    assert info == {"success": False, "raw_reward": 0.0, "time_ms": 0.0, "fields": {}}
    assert (screenshot.shape, screenshot.dtype) == ((210, 160, 3), np.uint8)
    assert tuple(screenshot[10, 100]) == (255, 255, 0)  # the instruction's yellow bar


def test_the_right_click_ends_the_episode_with_success(env):
    env.reset(seed=0)
    _, reward, terminated, truncated, info = env.step("click('5')")
    assert (reward, terminated, truncated) == (1.0, True, False)
    assert info == {"success": True, "raw_reward": 1.0, "time_ms": 200.0, "fields": {}}


@pytest.mark.parametrize(
    ("action", "error"),
    [
        ("clik('5')", "no action 'clik'"),
        ("click('99')", "no element has ref 99; the page's refs go up to 5"),
        ("fill('5', 'x')", 'text cannot be typed into <button#subbtn ref="5">'),
        ("mouse_click(900, 10)", "lies outside the page, which is 500 by 320 pixels"),
        ("press('5', 'Entr')", "no key 'Entr'; did you mean Enter"),
        ("goto('http://example.com')", "goto: this task is one page"),
        ("new_tab()", "this site has no tabs"),
        ("upload_file('5', '/etc/passwd')", "pages reach no files"),
    ],
)
def test_a_mistake_is_told_costs_a_step_and_ends_nothing(env, action, error):
    env.reset(seed=0)
    observation, reward, terminated, truncated, info = env.step(action)
    assert error in observation["error"]
    assert (reward, terminated, truncated, info["time_ms"]) == (0.0, False, False, 200.0)
    assert env.step("noop()")[0]["error"] == ""


def test_the_webgum_form_is_read_too(env):
    env.reset(seed=0)
    assert env.step("{'action': 'click', 'ref': '5'}")[1] == 1.0


def test_a_change_of_how_it_is_played_holds_from_the_next_reset_on():
    env = WebEnv("miniwob.click-test", max_steps=5)
    env.reset(seed=0)
    env.change(screenshots=False, view="visual")
    observation, _ = env.reset(seed=0)
    assert observation in env.observation_space
    assert ("screenshot" in observation, ' box="' in observation["html"]) == (False, True)
    with pytest.raises(UserError, match="view='visible' is not one of"):
        env.change(view="visible")
    env.close()


def test_the_step_limit_truncates_the_unwrapped_environment():
    env = WebEnv("miniwob.click-test", max_steps=2, screenshots=False)
    env.reset(seed=0)
    assert [env.step("noop()")[3] for _ in range(2)] == [False, True]
    with pytest.raises(UserError, match=r"call reset\(\) first"):
        env.step("noop()")
    env.close()


def test_giving_up_ends_the_episode_without_success(env):
    env.reset(seed=0)
    _, reward, terminated, _, info = env.step("report_infeasible('no such button')")
    assert (reward, terminated, info["success"]) == (0.0, True, False)
    assert info["message"] == "no such button"


def test_waiting_passes_the_pages_time_and_none_of_ours(env):
    env.reset(seed=0)
    assert env.step("noop(5000)")[4]["time_ms"] == 5000.0


def test_the_original_time_limit_ends_the_episode_on_the_pages_clock():
    env = WebEnv("miniwob.click-test", time_limit="original", screenshots=False)
    env.reset(seed=0)
    assert env.step("noop(9000)")[2] is False
    _, reward, terminated, _, info = env.step("noop(2000)")
    assert (reward, terminated, info["success"]) == (-1.0, True, False)
    env.close()


def test_the_original_reward_shrinks_with_the_pages_time():
    env = WebEnv("miniwob.click-test-2", reward="original", screenshots=False)
    rewards = []
    for wait in ("noop(200)", "noop(5000)"):
        observation, _ = env.reset(seed=0)
        env.step(wait)
        ref = observation["html"].split(">ONE<")[0].rsplit('ref="', 1)[1].split('"')[0]
        rewards.append(round(env.step(f"click('{ref}')")[1], 6))
    env.close()
    assert rewards == [0.98, 0.5]


def test_browsergyms_seeds_are_mapped_as_browsergym_does():
    ours = WebEnv("miniwob.click-link", seed_scheme="browsergym", screenshots=False)
    plain = WebEnv("miniwob.click-link", screenshots=False)
    mapped = int(np.random.RandomState(5).randint(0, 1_000_000))
    assert ours.reset(seed=5)[0] == plain.reset(seed=mapped)[0]
    ours.close()
    plain.close()


def test_unseeded_resets_differ_and_follow_from_the_last_seed(env):
    def instructions():
        link = WebEnv("miniwob.click-link", screenshots=False)
        seen = [link.reset(seed=3)[0]["instruction"]]
        seen += [link.reset()[0]["instruction"] for _ in range(5)]
        link.close()
        return seen

    first = instructions()
    assert first == instructions()
    assert len(set(first)) > 3


@pytest.mark.parametrize("seed", [-1, 2**40, "7", 1.5, True])
def test_a_seed_that_is_none_is_named(env, seed):
    with pytest.raises(UserError, match="seed="):
        env.reset(seed=seed)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"view": "pixels"}, "view='pixels' is not one of 'text', 'visual'"),
        ({"colour": 1}, "no option 'colour'; the options are view"),
        ({"render_mode": "ansi"}, "render_mode='ansi' is not None"),
        ({"max_steps": 0}, "an episode has at least one step"),
        ({"backend": "firefox"}, "no browser backend 'firefox'; they are chromium, selenium"),
    ],
)
def test_a_choice_that_is_none_is_named(arguments, told):
    with pytest.raises(UserError, match=told):
        WebEnv("miniwob.click-test", **arguments).reset(seed=0)


def test_an_unknown_task_is_named_with_its_neighbours():
    with pytest.raises(UnknownTask, match="click-test"):
        WebEnv("miniwob.click-tset")


def test_it_works_inside_a_running_event_loop(env):
    async def notebook():
        env.reset(seed=0)
        return env.step("click('5')")[1]

    assert asyncio.run(notebook()) == 1.0


def test_threads_can_each_play_their_own_and_share_a_browser():
    from webagents.browsers.chromium import ChromiumBrowser

    browser = ChromiumBrowser()
    rewards = []

    def play():
        env = WebEnv("miniwob.click-test", browser=browser, screenshots=False)
        for seed in range(5):
            env.reset(seed=seed)
            rewards.append(env.step("click('5')")[1])
        env.close()

    threads = [threading.Thread(target=play) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert browser.alive
    browser.close()
    assert rewards == [1.0] * 20


def test_the_picture_is_rendered_also_where_observations_have_none():
    env = WebEnv("miniwob.click-test", screenshots=False, render_mode="rgb_array")
    observation, _ = env.reset(seed=0)
    assert "screenshot" not in observation
    assert env.render().shape == (210, 160, 3)
    env.close()


def test_the_human_window_shows_the_page(monkeypatch):
    import matplotlib as mpl

    mpl.use("agg")
    env = WebEnv("miniwob.click-test", render_mode="human", screenshots=False)
    env.reset(seed=0)
    env.step("click('4')")
    assert env._window._image.get_array().shape == (210, 160, 3)
    env.close()


def test_the_visual_view_adds_boxes_and_colours():
    env = WebEnv("miniwob.click-test", view="visual", screenshots=False)
    html = env.reset(seed=0)[0]["html"]
    assert '<div ref="3" id="query" box="0 0 160 50"' in html
    assert 'background="#ffff00"' in html
    env.close()


def test_a_reward_that_is_no_number_is_none():
    state = {"ready": True, "done": True, "raw": None, "original": None, "utterance": "Bisect."}
    view = View(html="", url="", error="", time_ms=0.0, state=state, screenshot=None)
    task = make_task("miniwob.bisect-angle")
    verdict = task.judge(view)
    task.close()
    assert (verdict.done, verdict.raw, verdict.original) == (True, 0.0, 0.0)
