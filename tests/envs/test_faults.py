"""What breaks is told as what it is, within seconds, and the next episode plays."""

import itertools
import os
import signal
import socket
import time

import pytest

from webagents.browsers.loop import run
from webagents.envs.web_env import WebEnv
from webagents.errors import BrowserDied, MachineError, PageHung, PageLoadError

BUTTON = "click('5')"
LIMIT_SECONDS = 5.0
DOWNLOAD = """Object.assign(document.createElement('a'),
    {href: 'data:text/plain,x', download: 'x'}).click()"""
ADDRESS = "http://miniwob.test/miniwob/click-test.html"


@pytest.fixture(scope="module")
def env():
    env = WebEnv("miniwob.click-test")
    yield env
    env.close()


def on_click(env, script):
    """A fresh episode whose button runs `script` in place of the task."""
    env.reset(seed=0)
    handler = f"(event) => {{ event.stopImmediatePropagation(); {script} }}"
    install = f"document.getElementById('subbtn').addEventListener('click', {handler}, true); 0"
    run(env._play._page.run(install), env._browser.source, LIMIT_SECONDS)


def playable(env):
    _, info = env.reset(seed=0)
    _, reward, terminated, _, after = env.step(BUTTON)
    return (info["success"], reward, terminated, after["success"]) == (False, 1.0, True, True)


def kill(env):
    os.killpg(env._browser.pid, signal.SIGKILL)


def test_a_browser_killed_between_steps_is_told_and_the_next_reset_works(env):
    env.reset(seed=0)
    kill(env)
    with pytest.raises(BrowserDied):
        env.step("noop()")
    assert playable(env)


def kill_at(env, nth, monkeypatch):
    """Kills the browser just before its nth command from now."""
    connection, sent = env._browser.connection, itertools.count(1)
    send = connection.send

    def killing(*arguments):
        if next(sent) == nth:
            kill(env)
        return send(*arguments)

    monkeypatch.setattr(connection, "send", killing)


@pytest.mark.parametrize("nth", [1, 2, 3, 5, 6])
def test_a_browser_killed_during_a_step_is_told_and_the_next_reset_works(env, nth, monkeypatch):
    env.reset(seed=0)
    kill_at(env, nth, monkeypatch)
    with pytest.raises(BrowserDied):
        env.step(BUTTON)
    assert playable(env)


@pytest.mark.parametrize("nth", [1, 3, 5, 7])
def test_a_browser_killed_during_reset_is_told_and_the_next_reset_works(env, nth, monkeypatch):
    env.reset(seed=0)
    kill_at(env, nth, monkeypatch)
    with pytest.raises(BrowserDied):
        env.reset(seed=1)
    assert playable(env)


@pytest.mark.parametrize(
    "script",
    ["while (1);", "while (1) alert('again');", "(function f() { Promise.resolve().then(f) })();"],
)
def test_a_page_that_loops_forever_is_told_in_time(env, script):
    on_click(env, script)
    begun = time.monotonic()
    with pytest.raises(PageHung):
        env.step(BUTTON)
    assert time.monotonic() - begun < 3 * LIMIT_SECONDS  # after 4.5 s when idle
    assert playable(env)


def test_a_page_whose_process_crashes_is_told(env):
    env.reset(seed=0)

    async def crash():
        env._play._page._tab._send("Page.crash")

    run(crash(), env._browser.source, LIMIT_SECONDS)
    with pytest.raises(BrowserDied, match="crashed"):
        env.step("noop()")
    assert playable(env)


def test_a_page_that_is_no_longer_the_task_is_told(env):
    on_click(env, "location = 'about:blank'")
    with pytest.raises(PageLoadError, match="not the task it was"):
        env.step(BUTTON)
    assert playable(env)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("alert('hi')", "the page opened an alert saying 'hi'; it was answered OK"),
        ("confirm('sure?')", "the page opened a confirm saying 'sure?'; it was answered OK"),
        ("prompt('name?')", "the page opened a prompt saying 'name?'; it was answered OK"),
        (
            "window.onbeforeunload = (e) => e.preventDefault(); location = '/other.html'",
            "the page tried to go to 'http://miniwob.test/other.html'; it stays where it is",
        ),
        (
            "open('http://example.com/')",
            "the page tried to open a window for 'http://example.com/'; it has none",
        ),
        (
            DOWNLOAD,
            "the page offered 'data:text/plain,x' as a download; none is taken",
        ),
        (
            "location = 'https://example.com/'",
            "the page tried to go to 'https://example.com/'; it stays where it is",
        ),
        (
            "location.reload()",
            f"the page tried to go to '{ADDRESS}'; it stays where it is",
        ),
        ("location = 'file:///etc/passwd'", ""),
        ("window.close(); print()", ""),
    ],
)
def test_what_a_page_tries_is_told_and_the_episode_goes_on(env, script, told):
    on_click(env, script)
    observation, reward, terminated, _, info = env.step(BUTTON)
    assert (observation["error"], reward, terminated, info["success"]) == (told, 0.0, False, False)
    assert observation["url"] == ADDRESS
    assert playable(env)


def test_a_page_reaches_nothing_but_its_own_server(env):
    env.reset(seed=0)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        tried = f"""window.tried = {{}}; for (const [name, url] of Object.entries({{
            own: '/core/core.css', host: 'http://example.com/', https: 'https://example.com/',
            ip: 'http://192.0.2.1/', port: 'http://127.0.0.1:{port}/', local: 'http://localhost:{port}/'}}))
          fetch(url, {{mode: 'no-cors'}})
            .then((r) => tried[name] = r.status, () => tried[name] = 'none');
        const socket = new WebSocket('ws://127.0.0.1:{port}/');
        socket.onopen = () => tried.socket = 'open'; socket.onerror = () => tried.socket = 'none';
        navigator.sendBeacon('http://127.0.0.1:{port}/', 'x');
        new EventSource('http://127.0.0.1:{port}/');
        const far = `fetch('http://127.0.0.1:{port}/').finally(() => postMessage('over'))`;
        const worker = new Worker(URL.createObjectURL(new Blob([far])));
        worker.onmessage = () => tried.worker = 'over'; 0"""
        run(env._play._page.run(tried), env._browser.source, LIMIT_SECONDS)
        reached = {}
        while len(reached) < 8:  # neither a socket's end nor a worker's is waited for by a step
            _, _, _, truncated, _ = env.step("noop()")
            reached = run(env._play._page.run("tried"), env._browser.source, LIMIT_SECONDS)
            assert not truncated, reached
        other.setblocking(False)
        with pytest.raises(BlockingIOError):
            other.accept()
    assert reached == {
        "own": 200,
        "host": 0,  # refused by the site's own server, whose answer the page may not read
        "https": "none",
        "ip": 0,
        "port": 0,
        "local": 0,
        "socket": "none",
        "worker": "over",
    }


def test_a_shared_browser_that_died_is_named():
    env = WebEnv("miniwob.click-test")
    try:
        env.reset(seed=0)
        sharing = WebEnv("miniwob.click-test", browser=env._browser)
        kill(env)
        with pytest.raises(MachineError):
            sharing.reset(seed=0)
        sharing.close()
    finally:
        env.close()
