"""The images, built and run as docs/containers.md says, by the engine whose client is $DOCKER."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from webagents.envs.catalogue import load
from webagents.envs.checks import MOST_STEPS, difference, trace, traced
from webagents.envs.launch import launch
from webagents.envs.remote.env import RemoteEnv

pytestmark = [pytest.mark.docker, pytest.mark.timeout(3_600)]

CHECKOUT = Path(__file__).parents[2]
DOCKER = os.environ.get("DOCKER", "docker")
TOKEN = "a-token-for-the-tests"
TASKS = "miniwob.click-test,miniwob.login-user,miniwob.click-pie,site.social-media,webshop"
PLAYED = ("--policy", "expert", "--tasks", TASKS, "--episodes", "3", "--workers", "2")
CLOSED = (
    *("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--pids-limit", "2000"),
    *("--security-opt", "no-new-privileges"),
)
PROFILE = ("--security-opt", f"seccomp={CHECKOUT / 'docker' / 'seccomp.json'}")


def docker(*arguments, **options):
    done = subprocess.run(
        [DOCKER, *map(str, arguments)], capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == 0, f"docker {shlex.join(map(str, arguments))}\n{done.stderr[-3000:]}"
    return done.stdout.strip()


def inspected(what, template):
    return json.loads(docker("inspect", "-f", "{{json " + template + "}}", what))


@pytest.fixture(scope="module")
def images():
    """The names of the three images, by what they are for."""
    names = {each: f"webagents-{each}" for each in ("server", "evaluate", "record")}
    how = shlex.split(os.environ.get("WEBAGENTS_BUILD", ""))
    for target, name in names.items():
        docker(
            *("build", *how, "-q", "-f", "docker/Dockerfile", "--target", target, "-t", name, "."),
            cwd=CHECKOUT,
            env={**os.environ, "DOCKER_BUILDKIT": "1"},
        )
    return names


@contextmanager
def networking(name, *options):
    name = f"webagents-test-{name}-{os.getpid()}"
    docker("network", "create", *options, name)
    try:
        yield name
    finally:
        docker("network", "rm", name)


@pytest.fixture
def network():
    """A network that leads nowhere but to this machine."""
    with networking("closed", "--internal") as name:
        yield name


@contextmanager
def running(image, *options, arguments=()):
    """A container, removed at the end."""
    name = docker("create", *options, image, *arguments)
    try:
        docker("start", name)
        yield name
    finally:
        docker("rm", "-f", "-v", name)


def address_of(name, network):
    return inspected(name, ".NetworkSettings.Networks")[network]["IPAddress"]


def healthy(name):
    """Waits for the first word of a container's health check and tells it."""
    since = inspected(name, ".State.StartedAt")
    watching = subprocess.Popen(
        [
            *(DOCKER, "events", "--since", since, "--format", "{{.Action}}"),
            *("--filter", f"container={name}"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        for line in watching.stdout:
            if line.startswith("health_status"):
                return line.split(":")[1].strip()
            if line.startswith("die"):
                break
        raise AssertionError(docker("logs", name))
    finally:
        watching.kill()
        watching.communicate()


def played_here(folder, *arguments):
    command = [sys.executable, "-m", "webagents", "evaluate", "--out", folder, *arguments]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return reported(folder)


def reported(folder):
    """A report but for times, places and the machine's own versions."""
    assert (folder / "report.html").stat().st_size > 10_000
    report = json.loads((folder / "report.json").read_text())
    for timed in ("seconds", "steps_per_second"):
        report.pop(timed)
    for own in ("out", "remote", "workers"):
        report["config"].pop(own)
    for own in ("python", "platform"):
        report["versions"].pop(own)
    return report


@pytest.fixture
def folder(tmp_path):
    """A folder that the user 12345 may write to."""
    made = tmp_path / "out"
    made.mkdir()
    made.chmod(0o777)
    return made


@pytest.mark.parametrize(
    "arguments",
    [PLAYED, ("--policy=models/pointer-html", "--tasks=miniwob.click-test", "--episodes=3")],
    ids=["expert", "a trained policy"],
)
def test_an_evaluation_reports_what_the_command_reports_here(images, folder, tmp_path, arguments):
    closed = (*CLOSED, *PROFILE, "--network", "none", "--memory", "3g", "--user", "12345:12345")
    out = ("-v", f"{folder}:/out")
    said = docker("run", "--rm", *closed, *out, images["evaluate"], *arguments)
    assert "report: /out/report.html" in said
    assert (folder / "report.json").stat().st_uid == 12345
    assert reported(folder) == played_here(tmp_path / "here", *arguments)


def test_an_evaluation_without_the_profile_plays_too_and_says_what_is_missing(images, folder):
    if not docker("info", "-f", "{{.SecurityOptions}}").count("seccomp"):
        pytest.skip("this engine restricts no system calls")
    done = subprocess.run(
        [
            *(DOCKER, "run", "--rm", *CLOSED, "--network", "none", "-v", f"{folder}:/out"),
            *(images["evaluate"], "--policy=expert", "--tasks=miniwob.click-test", "--episodes=1"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "the browser runs without a sandbox of its own" in done.stderr
    report = json.loads((folder / "report.json").read_text())
    assert report["tasks"]["miniwob.click-test"]["success"]["mean"] == 1.0


def test_a_folder_of_somebody_else_is_told_of(images, folder):
    folder.chmod(0o755)
    done = subprocess.run(
        [DOCKER, "run", "--rm", *CLOSED, "-v", f"{folder}:/out", images["evaluate"], "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "user 10001 cannot write to /out" in done.stderr


INSIDE = """
import json, re
from pathlib import Path
found = {}
for each in Path("/proc").iterdir():
    if each.name.isdigit():
        words = (each / "cmdline").read_bytes().replace(b"\\0", b" ").decode()
        status = (each / "status").read_text()
        told = {k: v.split() for k, v in re.findall(r"(Seccomp|NSpid|CapEff|Uid):(.*)", status)}
        found[words] = told
print(json.dumps(found))
"""


def test_a_server_plays_what_is_played_here_byte_for_byte_in_a_closed_container(images, network):
    closed = (*CLOSED, *PROFILE, "--network", network, "--memory", "2g", "--user", "12345:12345")
    token = ("-e", f"WEBAGENTS_TOKEN={TOKEN}")
    with running(images["server"], *closed, *token) as name:
        assert healthy(name) == "healthy"
        url = f"http://{address_of(name, network)}:8000"
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{url}/tasks", timeout=30)
        browser = launch()
        try:
            for task in (*TASKS.split(","), "miniwob.chase-circle", "miniwob.use-slider-2"):
                with RemoteEnv(url, task, token=TOKEN, max_steps=MOST_STEPS) as env:
                    remote = traced(env, load()[task], 3, 8, 0.0)
                    assert difference(task, trace(task, 3, 8, 0.0, browser), remote) is None
        finally:
            browser.close()
        with RemoteEnv(url, "miniwob.click-test", token=TOKEN) as env:
            env.reset(seed=0)
            processes = json.loads(docker("exec", name, "python3", "-c", INSIDE))
        (init,) = (told for words, told in processes.items() if words.startswith("/usr/bin/tini"))
        assert (init["NSpid"], init["CapEff"], init["Uid"][0]) == (["1"], ["0" * 16], "12345")
        browsers = {words: told for words, told in processes.items() if "headless-shell" in words}
        drawing = [told for words, told in browsers.items() if "--type=renderer" in words]
        assert browsers
        assert drawing
        assert not any("--no-sandbox" in words for words in browsers)
        assert all(len(told["NSpid"]) > 1 and told["Seccomp"] == ["2"] for told in drawing)
        docker("stop", "-t", "30", name)
        state = inspected(name, ".State")
        assert (state["ExitCode"], state["OOMKilled"]) == (0, False)


REACH = "import socket, sys; socket.create_connection((sys.argv[1], 8000), 3)"


def test_a_closed_network_leads_to_no_other(images, network):
    token = ("-e", f"WEBAGENTS_TOKEN={TOKEN}")
    with networking("open") as other, ExitStack() as held:
        places = {"its own": network, "another": other}
        found = {
            what: held.enter_context(running(images["server"], *token, "--network", where))
            for what, where in places.items()
        }
        assert {healthy(name) for name in found.values()} == {"healthy"}
        reached = {
            what: subprocess.run(
                [
                    *(DOCKER, "exec", found["its own"], "python3", "-c", REACH),
                    address_of(found[what], where),
                ],
                capture_output=True,
                check=False,
            ).returncode
            for what, where in places.items()
        }
        assert reached == {"its own": 0, "another": 1}


def test_people_record_on_the_page_of_the_container(images, network):
    options = (*CLOSED, *PROFILE, "--network", network, "--memory", "1g")
    with running(
        images["record"], *options, arguments=("--tasks", "miniwob.click-test", "--token", TOKEN)
    ) as name:
        assert healthy(name) == "healthy"
        url = f"http://{address_of(name, network)}:8000/?token={TOKEN}"
        page = urllib.request.urlopen(url, timeout=30)
        assert b"<script" in page.read()
        docker("stop", "-t", "30", name)
        assert inspected(name, ".State.ExitCode") == 0


def test_a_policy_is_evaluated_against_two_servers_of_the_compose_file(images, tmp_path):
    plugin = subprocess.run([DOCKER, "compose", "version"], capture_output=True, check=False)
    compose = [DOCKER, "compose"] if plugin.returncode == 0 else ["docker-compose"]
    if compose == ["docker-compose"] and shutil.which("docker-compose") is None:
        pytest.skip("no docker compose")
    project = f"webagents-test-{os.getpid()}"
    env = {**os.environ, "WEBAGENTS_TOKEN": TOKEN, "TASKS": TASKS, "EPISODES": "3", "WORKERS": "2"}

    def composed(*arguments):
        return subprocess.run(
            [*compose, "-p", project, *arguments],
            cwd=CHECKOUT / "docker",
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )

    try:
        up = composed(
            *("up", "--no-build", "--scale", "server=2", "--abort-on-container-exit"),
            *("--exit-code-from", "evaluate"),
        )
        assert up.returncode == 0, up.stdout[-3000:] + up.stderr[-3000:]
        container = composed("ps", "-a", "-q", "evaluate") if plugin.returncode == 0 else None
        container = container or composed("ps", "-q", "evaluate")
        docker("cp", f"{container.stdout.strip()}:/out", tmp_path / "out")
    finally:
        composed("down", "--volumes", "--timeout", "5")
    config = json.loads((tmp_path / "out" / "report.json").read_text())["config"]
    assert config["remote"].count("http://") == 2
    assert reported(tmp_path / "out") == played_here(tmp_path / "here", *PLAYED)


def test_an_image_says_what_it_is(images):
    for target, name in images.items():
        config = inspected(name, ".Config")
        assert config["User"] == "10001:10001"
        assert config["Entrypoint"] == ["/usr/bin/tini", "--", f"/opt/entry/{target}"]
        labels = config["Labels"]
        assert labels["org.opencontainers.image.title"] == name
        assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
        assert config["Healthcheck"]["Test"][0] == ("NONE" if target == "evaluate" else "CMD")
