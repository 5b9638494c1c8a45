import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import gymnasium
import pytest
import typer

from tests.documentation.snippets import PAGES, ROOT, all_snippets, snippets_of
from tests.serving.servers import environments
from webagents.cli import app
from webagents.envs.launch import launch

GIVEN = {"README.md": ["runs/demos"], "docs/data.md": ["runs/demos", "runs/mixed"]}
"""Datasets that a page takes for granted: the bundled one, where it expects them."""

SERVER = "http://127.0.0.1:8000"


def id_of(snippet):
    return f"{snippet.page}:{snippet.line}"


@pytest.fixture(scope="module")
def browser():
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture
def made(browser, monkeypatch):
    """Environments that snippets make share a browser, and are closed at the end."""
    real, envs = gymnasium.make, []

    def make(name, **options):
        if gymnasium.spec(name).entry_point == "webagents.envs.web_env:WebEnv":
            options = {"browser": browser, **options}
        envs.append(real(name, **options))
        return envs[-1]

    monkeypatch.setattr(gymnasium, "make", make)
    yield
    for env in envs:
        env.close()


@pytest.fixture
def folder(request, tmp_path, monkeypatch):
    """Where a page's snippets are run: empty but for what it takes for granted."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for given in GIVEN.get(request.param, []):
        shutil.copytree(ROOT / "data" / "webgum56", given)
    before = set(sys.modules)
    yield request.param
    for name in set(sys.modules) - before:
        if (Path(getattr(sys.modules[name], "__file__", None) or "/")).is_relative_to(tmp_path):
            del sys.modules[name]


def run_page(page, slow):
    """Runs a page's snippets one after the other: Python in one namespace, the rest in a shell."""
    namespace = {"__name__": "__main__"}
    for snippet in snippets_of(page):
        if snippet.file:
            path = Path(snippet.file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(snippet.text)
        elif not snippet.run or (snippet.slow and not slow):
            continue
        elif snippet.language == "sh":
            run_shell(snippet)
        else:
            run_python(snippet, namespace)


def run_shell(snippet):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", snippet.text],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{id_of(snippet)}: {done.stderr}"


def run_python(snippet, namespace):
    code = compile("\n" * snippet.line + snippet.text, str(ROOT / snippet.page), "exec")
    if SERVER not in snippet.text:
        exec(code, namespace)
        return
    with environments() as served:
        text = snippet.text.replace(SERVER, served.url)
        exec(compile(text, id_of(snippet), "exec"), namespace)


def pages_with(wanted):
    return [page for page in PAGES if any(wanted(each) for each in snippets_of(page))]


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(
    "folder", pages_with(lambda each: each.run and not each.slow), indirect=True
)
def test_the_snippets_of_a_page_run(folder):
    run_page(folder, slow=False)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("folder", pages_with(lambda each: each.slow), indirect=True)
def test_the_slow_snippets_of_a_page_run(folder):
    run_page(folder, slow=True)


@pytest.mark.parametrize("snippet", [each for each in all_snippets() if each.commands], ids=id_of)
def test_commands_have_the_flags_they_are_shown_with(snippet):
    for words in snippet.commands:
        command = typer.main.get_command(app)
        context = command.context_class(command, info_name="webagents")
        while hasattr(command, "resolve_command"):
            name, command, words = command.resolve_command(context, words)
            context = command.make_context(name, words, parent=context, resilient_parsing=False)


@pytest.mark.parametrize(
    "snippet", [each for each in all_snippets() if each.language == "python"], ids=id_of
)
def test_python_snippets_can_be_read(snippet):
    compile(snippet.text, id_of(snippet), "exec")


def test_comments_before_snippets_are_understood():
    wrong = [
        f"{page}: {comment}"
        for page in PAGES
        for comment in re.findall(r"^(<!--.*-->)\n+```\w", (ROOT / page).read_text(), re.MULTILINE)
        if not re.fullmatch(r"<!-- (slow|not run: \S.*|file: \S+) -->", comment)
    ]
    assert wrong == []
