"""The images' entry points, run without Docker."""

import importlib.util
import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

DOCKER = Path(__file__).parents[2] / "docker"
ENTRY = DOCKER / "entry"
BIN = Path(sys.executable).parent
TOKEN = "a-token-of-sixteen"


@pytest.fixture
def surroundings(tmp_path):
    """The environment of an entry point: this one, with the package's command found."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "OUT": str(tmp_path / "out"), "WEBAGENTS_TOKEN": TOKEN}


def entry(name, *arguments, env):
    return subprocess.run(
        [ENTRY / name, *arguments], env=env, capture_output=True, text=True, timeout=100
    )


@contextmanager
def serving(name, *arguments, env):
    """A server's process, and the first address that it prints."""
    process = subprocess.Popen(
        [ENTRY / name, *arguments],
        env={**env, "HOST": "127.0.0.1", "PORT": "0"},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)\S*?(?=;|$)", said.strip())
        assert found, said + process.stderr.read()
        yield process, found[0], found[1]
    finally:
        process.kill()
        process.communicate()


def module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def test_evaluate_plays_on_the_servers_that_are_named_and_reports(surroundings):
    with serving("server", "--tasks", "webshop-text", env=surroundings) as (process, url, port):
        assert entry("health", env={**surroundings, "PORT": port}).returncode == 0
        env = {**surroundings, "SERVERS": f" {url} ,"}
        done = entry("evaluate", "--policy", "expert", "--tasks=webshop-text", env=env)
        assert done.returncode == 0, done.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    report = json.loads(Path(surroundings["OUT"], "report.json").read_text())
    assert report["tasks"]["webshop-text"]["episodes"] == 10
    assert report["config"]["remote"] == url
    assert Path(surroundings["OUT"], "report.html").exists()
    health = entry("health", env={**surroundings, "PORT": port})
    assert (health.returncode, "no answer" in health.stderr) == (1, True)


def test_record_serves_its_page_and_keeps_a_dataset(surroundings):
    arguments = ("--tasks", "miniwob.click-test", "--token", TOKEN)
    with serving("record", *arguments, env=surroundings) as (process, url, port):
        assert url.endswith(f"?token={TOKEN}")
        assert entry("health", "/", env={**surroundings, "PORT": port}).returncode == 0
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert Path(surroundings["OUT"], "dataset.json").exists()


def test_a_folder_that_cannot_be_written_is_one_line_that_says_what_to_do(surroundings):
    done = entry("evaluate", "--help", env={**surroundings, "OUT": "/proc/out"})
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "cannot write to /proc/out" in done.stderr
    assert '--user "$(id -u):$(id -g)"' in done.stderr


@pytest.fixture
def pretended(tmp_path, surroundings):
    """Stand-ins for `webagents`, which tells of the sandbox, and of a user without namespaces."""

    def pretend(spaces):
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        for name, does in {
            "webagents": 'echo "$WEBAGENTS_SANDBOX $*"',
            "id": "echo 10001",
            "unshare": f"exit {0 if spaces else 1}",
        }.items():
            (folder / name).write_text(f"#!/bin/sh\n{does}\n")
            (folder / name).chmod(0o755)
        return {**surroundings, "PATH": f"{folder}{os.pathsep}{surroundings['PATH']}"}

    return pretend


@pytest.mark.parametrize(
    ("spaces", "chosen", "started", "notes"),
    [(True, "", "", 0), (False, "", "off", 1), (False, "on", "on", 0), (False, "off", "off", 0)],
)
def test_the_browsers_sandbox_is_left_out_only_where_there_can_be_none_and_told_of(
    pretended, spaces, chosen, started, notes
):
    env = {**pretended(spaces), "WEBAGENTS_SANDBOX": chosen}
    done = entry("server", "--sessions", "3", env=env)
    assert done.stdout == f"{started} serve --host 0.0.0.0 --port 8000 --sessions 3\n"
    assert done.stderr.count("runs without a sandbox") == done.stderr.count("\n") == notes


def test_a_name_that_stands_for_several_machines_is_all_of_them(monkeypatch):
    known = {
        "server": ["172.18.0.3", "172.18.0.2", "172.18.0.3"],
        "one": ["172.18.0.4"],
    }

    def found(host, *_):
        if host not in known:
            raise socket.gaierror("not known")
        return [(0, 0, 0, "", (address, 0)) for address in known[host]]

    machines = module(ENTRY / "addresses.py").machines
    monkeypatch.setattr(socket, "getaddrinfo", found)
    assert machines("http://server:8000") == ["http://172.18.0.2:8000", "http://172.18.0.3:8000"]
    for alone in ("http://one:8000", "https://server", "http://nobody:1", "nonsense"):
        assert machines(alone) == [alone]


def test_requirements_are_the_projects_with_extras_within_extras(tmp_path):
    requirements = module(DOCKER / "requirements.py").requirements
    project = {
        "name": "own",
        "dependencies": ["numpy>=1", "playwright>=1"],
        "optional-dependencies": {
            "models": ["torch>=2", "numpy>=1"],
            "training": ["own[models]", "accelerate"],
        },
    }
    assert requirements(project, []) == ["numpy>=1"]
    assert requirements(project, ["training"]) == ["numpy>=1", "accelerate", "torch>=2"]
    with pytest.raises(SystemExit, match="no extra 'colour'; there is models, training"):
        requirements(project, ["colour"])
