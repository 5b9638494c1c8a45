"""How large the images are, and how long they take to begin.

``tests/docker/engine .venv/bin/python benchmarks/containers.py [--times 5]`` builds the images and
measures. A server has begun when it says where it is, an evaluation is one episode from the command
to the report; both are run here as well, in turns.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

CHECKOUT = Path(__file__).resolve().parents[1]
DOCKER = os.environ.get("DOCKER", "docker")
CLOSED = (
    *("run", "--rm", "--network", "none", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"),
    *("--security-opt", "no-new-privileges"),
    *("--security-opt", f"seccomp={CHECKOUT / 'docker' / 'seccomp.json'}"),
)
PLAYED = ("--policy", "expert", "--tasks", "miniwob.click-test", "--episodes", "1")
TOKEN = {**os.environ, "WEBAGENTS_TOKEN": "a-token-for-measuring"}
HERE = (sys.executable, "-m", "webagents")


def built_mb(target: str) -> float:
    """Builds an image and gives its size, megabytes."""
    name = f"webagents-{target}"
    how = (*shlex.split(os.environ.get("WEBAGENTS_BUILD", "")), "-q", "-f", "docker/Dockerfile")
    command = [DOCKER, "build", *how, "--target", target, "-t", name, "."]
    subprocess.run(command, check=True, env={**os.environ, "DOCKER_BUILDKIT": "1"}, cwd=CHECKOUT)
    said = subprocess.run([DOCKER, "image", "inspect", name], capture_output=True, check=True)
    return json.loads(said.stdout)[0]["Size"] / 1e6


def until_served(command: list[str]) -> float:
    """Seconds from the command to the server's first word, its address."""
    since = time.monotonic()
    server = subprocess.Popen(command, env=TOKEN, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        for line in server.stderr:
            if "environments at" in line:
                return time.monotonic() - since
        raise SystemExit("the server did not start")
    finally:
        server.terminate()
        server.communicate()


def until_done(command: list[str]) -> float:
    """Seconds that a command takes."""
    since = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - since


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    for name in ("server", "evaluate", "record"):
        print(f"{name}: {built_mb(name):.0f} MB")
    shell = [DOCKER, *CLOSED, "--entrypoint", "true", "webagents-server"]
    served = [DOCKER, *CLOSED, "-e", "WEBAGENTS_TOKEN", "webagents-server"]
    done = [DOCKER, *CLOSED, "webagents-evaluate", *PLAYED]
    taken: dict[str, list[float]] = {}
    for _ in range(times):
        with tempfile.TemporaryDirectory() as out:
            for what, seconds in (
                ("a container that does nothing", until_done(shell)),
                ("server, container", until_served(served)),
                ("server, here", until_served([*HERE, "serve", "--port", "0"])),
                ("evaluation, container", until_done(done)),
                ("evaluation, here", until_done([*HERE, "evaluate", *PLAYED, "--out", out])),
            ):
                taken.setdefault(what, []).append(seconds)
    for what, seconds in taken.items():
        shown = ", ".join(f"{each:.1f}" for each in sorted(seconds))
        print(f"{what}: {median(seconds):.1f} s ({shown})")


if __name__ == "__main__":
    main()
