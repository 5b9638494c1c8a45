"""Environments that a server plays are those that are played here."""

import base64
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from websockets.exceptions import ConnectionClosedError

from tests.serving.servers import ask, environments
from webagents.browsers.loop import run
from webagents.envs.catalogue import load
from webagents.envs.checks import MOST_STEPS, difference, trace, traced
from webagents.envs.launch import launch
from webagents.envs.remote import wire
from webagents.envs.remote.env import RemoteEnv
from webagents.envs.web_env import WebEnv
from webagents.envs.webshop.env import TextShopEnv
from webagents.errors import (
    BrowserDied,
    ServerFull,
    ServerGone,
    SessionEnded,
    UnknownTask,
    UserError,
)

FEW = ("miniwob.login-user", "miniwob.use-slider-2", "site.social-media")
TWENTY = (
    *("miniwob.bisect-angle", "miniwob.book-flight", "miniwob.chase-circle"),
    *("miniwob.choose-date", "miniwob.click-checkboxes-soft", "miniwob.click-collapsible"),
    *("miniwob.click-pie", "miniwob.count-shape", "miniwob.drag-items", "miniwob.draw-circle"),
    *("miniwob.email-inbox-reply", "miniwob.flight.AA", "miniwob.moving-items"),
    *("miniwob.text-editor", "miniwob.use-autocomplete", "miniwob.use-colorwheel"),
    *("compwob.click-link_click-button", "compwob.click-link_click-button-reverse"),
    *("site.map", "webshop"),
)
CLICK, BUTTON = "miniwob.click-test", "click('5')"


@pytest.fixture(scope="module")
def there():
    with environments() as served:
        yield served


@pytest.fixture(scope="module")
def browser():
    here = launch()
    yield here
    here.close()


def guests(served):
    return [guest.session for guest in served.house._guests.values()]


def session_of(served, env):
    return next(each for each in guests(served) if each.id == env.unwrapped.session)


def same(first, second):
    """Whether two values are the same, types and the order of keys included."""
    if isinstance(first, np.ndarray):
        return first.dtype == second.dtype and np.array_equal(first, second)
    if isinstance(first, dict):
        return list(first) == list(second) and all(same(first[k], second[k]) for k in first)
    if isinstance(first, list | tuple):
        pairs = zip(first, second, strict=True)
        return type(first) is type(second) and all(same(one, two) for one, two in pairs)
    return type(first) is type(second) and first == second


def assert_repeats(there, browser, task, steps):
    spec = load()[task]
    with RemoteEnv(there.url, task, max_steps=MOST_STEPS) as env:
        remote = traced(env, spec, 3, steps, 0.0)
    assert difference(task, trace(task, 3, steps, 0.0, browser), remote) is None
    assert not any("broken" in moment for moment in remote)


@pytest.mark.parametrize("task", FEW)
def test_remote_and_local_are_the_same_bytes(there, browser, task):
    assert_repeats(there, browser, task, steps=8)


@pytest.mark.slow
@pytest.mark.parametrize("task", TWENTY)
def test_remote_and_local_are_the_same_bytes_on_twenty_tasks(there, browser, task):
    assert_repeats(there, browser, task, steps=12)


def test_sessions_that_share_a_browser_at_once_see_what_each_would_alone(there, browser):
    tasks = ("miniwob.chase-circle", "miniwob.login-user", "miniwob.click-collapsible", "webshop")

    def remote(task):
        with RemoteEnv(there.url, task, max_steps=MOST_STEPS) as env:
            return traced(env, load()[task], 5, 6, 0.0)

    with ThreadPoolExecutor(len(tasks)) as clients:
        seen = list(clients.map(remote, tasks))
    alone = [trace(task, 5, 6, 0.0, browser) for task in tasks]
    assert [difference(*each) for each in zip(tasks, alone, seen, strict=True)] == [None] * 4


def test_seeds_that_are_drawn_are_the_same_too(there, browser):
    with WebEnv(CLICK, browser=browser) as here, RemoteEnv(there.url, CLICK) as remote:
        for seed in (7, None, None):
            assert same(here.reset(seed=seed), remote.reset(seed=seed))
            assert same(here.step(BUTTON), remote.step(BUTTON))


def test_the_shop_as_text_is_the_same_with_its_own_observation_and_options(there):
    settings = {"observation_mode": "text_rich", "render_mode": "ansi", "goals": "synthetic"}
    here = TextShopEnv(**settings)
    with RemoteEnv(there.url, "webshop-text", **settings) as remote:
        assert remote.observation_space == here.observation_space
        assert same(
            here.reset(seed=0, options={"goal": 5}), remote.reset(seed=0, options={"goal": 5})
        )
        for action in (
            "search[red shoes]",
            "click[next >]",
            "click[nothing]",
            "fill('1', '\ud800')",
        ):
            assert same(here.step(action), remote.step(action))
            assert here.render() == remote.render()
    here.close()


@pytest.mark.parametrize("settings", [{}, {"screenshots": False, "view": "visual"}])
def test_spaces_settings_and_pictures_are_those_of_the_environment(there, browser, settings):
    settings = {**settings, "render_mode": "rgb_array", "max_steps": 1, "data_mode": "test"}
    remote = gymnasium.make("webagents/remote-v1", url=there.url, task=CLICK, **settings)
    with WebEnv(CLICK, browser=browser, **settings) as here, remote:
        assert remote.observation_space == here.observation_space
        assert remote.action_space == here.action_space
        assert same(here.reset(seed=1), remote.reset(seed=1))
        assert same(here.render(), remote.render())
        assert same(here.step("noop()"), remote.step("noop()"))
        assert same(here.render(), remote.render())


def test_gymnasiums_checker_passes(there):
    with RemoteEnv(there.url, CLICK, render_mode="rgb_array") as env:
        check_env(env, skip_render_check=True)


def test_two_sessions_share_a_browser_and_nothing_else(there):
    task = "site.social-media"
    keep = "document.cookie = 'a=1; path=/'; localStorage.a = sessionStorage.a = 1"
    look = "[document.cookie, {...localStorage}, {...sessionStorage}]"
    with RemoteEnv(there.url, task) as anna, RemoteEnv(there.url, task) as ben:
        before, _ = anna.reset(seed=0)
        ben.reset(seed=0)
        envs = [session_of(there, each)._env for each in (anna, ben)]
        assert envs[0]._running() is envs[1]._running()
        pages = [env._play._page for env in envs]
        of_ben = run(pages[1].run(look), envs[1]._running().source, 5)
        run(pages[0].run(keep), envs[0]._running().source, 5)
        assert run(pages[0].run(look), envs[0]._running().source, 5)[1:] == [{"a": "1"}, {"a": "1"}]
        assert run(pages[1].run(look), envs[1]._running().source, 5) == of_ben
        anna.step("click('5')")
        after, _ = ben.reset(seed=0)
        assert same(before, after)


def test_a_browser_that_is_killed_voids_the_episode_and_the_next_one_is_whole(there):
    with RemoteEnv(there.url, CLICK) as env:
        first = env.reset(seed=0)
        os.killpg(session_of(there, env)._browser.pid, signal.SIGKILL)
        with pytest.raises(BrowserDied, match="went away"):
            env.step(BUTTON)
        with pytest.raises(UserError, match="no episode is in play"):
            env.step(BUTTON)
        assert same(env.reset(seed=0), first)
        assert env.step(BUTTON)[1] == 1.0


def test_a_connection_that_is_lost_is_made_again_between_requests(there):
    with RemoteEnv(there.url, CLICK) as env:
        env.reset(seed=0)
        session = env.session
        env._line._socket.socket.shutdown(2)
        assert env.step("noop()")[-1]["time_ms"] == 200.0
        assert env.session == session


class Deaf:
    """A connection that is lost when the answer comes."""

    def __init__(self, socket):
        self._socket = socket

    def send(self, text):
        self._socket.send(text)

    def recv(self, timeout):
        self._socket.recv(timeout=timeout)
        self._socket.socket.shutdown(2)
        raise ConnectionClosedError(None, None)


def test_an_action_whose_answer_was_lost_is_not_performed_twice(there):
    with RemoteEnv(there.url, CLICK) as env:
        env.reset(seed=0)
        env._line._socket = Deaf(env._line._socket)
        assert env.step("noop()")[-1]["time_ms"] == 200.0
        assert env._line.ask("state")["step_count"] == 1


def ended(served):
    """Set when a session has ended and its page is gone."""
    gone, clear = threading.Event(), served.house._clear

    async def cleared(session):
        await clear(session)
        gone.set()

    served.house._clear = cleared
    return gone


CLIENT = """
import sys
from webagents.envs.remote.env import RemoteEnv
env = RemoteEnv(sys.argv[1], "miniwob.click-test")
env.reset(seed=0)
print("playing", flush=True)
sys.stdin.read()
"""


def test_a_client_that_is_killed_frees_its_session():
    with environments(sessions=1, linger=0.2, idle=60) as served:
        gone = ended(served)
        command = [sys.executable, "-c", CLIENT, served.url]
        client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            assert client.stdout.readline() == b"playing\n"
            with pytest.raises(ServerFull, match="plays 1 sessions at once"):
                RemoteEnv(served.url, CLICK)
        finally:
            client.kill()
            client.communicate()
        assert gone.wait(20)
        with RemoteEnv(served.url, CLICK) as env:
            env.reset(seed=0)


def test_a_session_that_timed_out_is_told_of_and_the_next_reset_opens_another():
    with environments(idle=0.3, tasks="webshop-text") as served:
        gone = ended(served)
        with RemoteEnv(served.url, "webshop-text") as env:
            env.reset(seed=0)
            assert gone.wait(20)
            with pytest.raises(SessionEnded, match=r"nothing was asked for 0\.3 s"):
                env.step("search[red]")
            assert env.reset(seed=0)[1]["time_ms"] == 0.0


def test_over_http_a_screenshot_is_a_png(there):
    _, told = ask(there, "/reset", {"task": CLICK, "seed": 0, "settings": {"max_steps": 3}})
    key, screenshot = told["metadata"]["session"], told["observation"]["screenshot"]
    assert base64.b64decode(screenshot["data"]).startswith(b"\x89PNG")
    with RemoteEnv(there.url, CLICK) as env:
        assert same(wire.unpacked(screenshot), env.reset(seed=0)[0]["screenshot"])
    ask(there, "/close", {"session": key})


def test_closing_frees_the_session_and_can_be_done_again(there):
    with RemoteEnv(there.url, "webshop-text") as env:
        env.reset(seed=0)
        assert len(guests(there)) == 1
        gone = ended(there)
    assert gone.wait(20)
    assert guests(there) == []
    env.close()
    with pytest.raises(UserError, match="no episode is in play"):
        env.step("search[red]")
    assert guests(there) == []
    env.reset(seed=0)  # as a local environment may be used again
    env.close()


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"task": "miniwob.nope"}, UnknownTask, "no task 'miniwob.nope'"),
        ({"task": "miniwob.*"}, UnknownTask, "names 133 tasks"),
        ({"task": 3}, UserError, "is no id"),
        ({"url": "there"}, UserError, "is no address"),
        ({"view": "sideways"}, UserError, "view='sideways' cannot be"),
        ({"colour": 1}, UserError, "no setting 'colour' here"),
        ({"pages": "/etc"}, UserError, "no setting 'pages' here"),
        ({"shop": "../../etc"}, UserError, "is not imported on the server"),
        ({"clock": "real"}, UserError, "is not served"),
        ({"max_steps": 0}, UserError, "max_steps=0"),
        ({"max_steps": True}, UserError, "max_steps=True"),
        ({"render_mode": "loud"}, UserError, "render_mode='loud'"),
        ({"task": "webshop-text", "render_mode": "rgb_array"}, UserError, "not None or 'ansi'"),
        ({"token": "a b"}, UserError, "no token has"),
        ({"url": "http://127.0.0.1:9"}, ServerGone, "no environment server at"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(there, settings, error, words):
    with pytest.raises(error, match=words.replace("*", r"\*")) as raised:
        RemoteEnv(**{"url": there.url, "task": CLICK, **settings})
    assert "\n" not in str(raised.value)
    assert guests(there) == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"seed": -1}, "seed=-1"),
        ({"seed": 0, "options": {"goal": 1}}, "takes none"),
        ({"seed": 0, "options": 3}, "is no dict"),
        ({"seed": 0, "options": {"goal": object()}}, "object cannot be sent"),
    ],
)
def test_a_wrong_reset_is_refused_as_it_is_here(there, asked, words):
    with RemoteEnv(there.url, CLICK) as env:
        with pytest.raises(UserError, match=words):
            env.reset(**asked)
        env.reset(seed=0)
        with pytest.raises(UserError, match="an action is a text"):
            env.step(5)
        with pytest.raises(UserError, match="larger than the server takes"):
            env.step("x" * 2**21)


def test_a_server_that_went_away_voids_the_episode():
    with environments(tasks="webshop-text") as served:
        env = RemoteEnv(served.url, "webshop-text")
        env.reset(seed=0)
    with pytest.raises(ServerGone):
        env.step("search[red]")
    with pytest.raises(ServerGone, match="no environment server at"):
        env.reset(seed=0)
    env.close()
