"""The server speaks OpenEnv: what its validator looks for and, where it is installed, the tool.

OpenEnv's package cannot be installed beside ours as they are pinned (docs/serving.md):
``WEBAGENTS_OPENENV`` names the Python of an environment that has it.
"""

import json
import os
import subprocess
from importlib.util import find_spec
from pathlib import Path
from shutil import copy
from sys import executable

import pytest
import yaml

from tests.serving.servers import ask, environments, rpc

ROOT = Path(__file__).parents[2]
SHOP = "webshop-text"
PYTHON = os.environ.get("WEBAGENTS_OPENENV") or (executable if find_spec("openenv") else None)
needs_openenv = pytest.mark.skipif(PYTHON is None, reason="WEBAGENTS_OPENENV is not set")

CLIENT = """
import json, sys
from openenv.core import GenericEnvClient
with GenericEnvClient(base_url=sys.argv[1]).sync() as env:
    began = env.reset(task="webshop-text", seed=3)
    moved = env.step({"text": "search[red]"})
    print(json.dumps([began.observation, began.done, moved.observation, moved.reward, env.state()]))
"""


@pytest.fixture(scope="module")
def shop():
    with environments() as served:
        yield served


@pytest.fixture
def manifest():
    return yaml.safe_load((ROOT / "openenv.yaml").read_text(encoding="utf-8"))


def test_what_the_validator_looks_for_is_there(shop):
    _, api = ask(shop, "/openapi.json")
    assert isinstance(api["info"]["version"], str)
    assert {"/reset", "/step", "/state"} <= set(api["paths"])
    assert ask(shop, "/health")[1] == {"status": "healthy"}
    assert {"name", "description"} <= set(ask(shop, "/metadata")[1])
    schema = ask(shop, "/schema")[1]
    assert all(isinstance(schema[part], dict) for part in ("action", "observation", "state"))
    assert ask(shop, "/mcp", {})[1]["jsonrpc"] == "2.0"


def test_the_manifest_declares_what_the_server_has(shop, manifest):
    declared = manifest["validation"]["capabilities"]
    tools = rpc(shop, "tools/list")["result"]["tools"]
    assert declared["declared_tools"] == [tool["name"] for tool in tools]
    for split, number in declared["declared_task_count"].items():
        assert ask(shop, "/webagents/num_tasks", {"split": split})[1] == {"num_tasks": number}
    told = ask(shop, "/metadata")[1]
    assert (manifest["name"], manifest["version"]) == (told["name"], told["version"])


@pytest.mark.slow
@needs_openenv
@pytest.mark.parametrize("form", ["url", "static"])
def test_openenvs_own_validator_passes(shop, form, tmp_path):
    copy(ROOT / "openenv.yaml", tmp_path)  # it reads every file there, and here they change
    what = [shop.url] if form == "url" else [str(tmp_path), "--level", "static"]
    code = "from openenv.cli.__main__ import main; main()"
    command = [PYTHON, "-c", code, "validate", *what, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report.get("passed", report.get("verdict") == "pass")


@pytest.mark.slow
@needs_openenv
def test_openenvs_own_client_plays(shop):
    done = subprocess.run(
        [PYTHON, "-c", CLIENT, shop.url], capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    began, over, moved, reward, state = json.loads(done.stdout)
    _, here = ask(shop, "/reset", {"task": SHOP, "seed": 3})
    assert (began, over, reward) == (here["observation"], False, 0.0)
    told = {"session": here["metadata"]["session"], "action": {"text": "search[red]"}}
    assert moved == ask(shop, "/step", told)[1]["observation"]
    assert (state["step_count"], state["task"], state["seed"]) == (1, SHOP, 3)
