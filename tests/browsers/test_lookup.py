from pathlib import Path

import pytest

from webagents.browsers.lookup import FoundBrowser, find_browser, playwright_folder
from webagents.errors import BrowserMissing

SHELL = "chrome-headless-shell-linux64/chrome-headless-shell"


@pytest.fixture(autouse=True)
def bare_machine(tmp_path, monkeypatch):
    """A machine without any browser on its path or in its home."""
    for variable in ("WEBAGENTS_BROWSER", "PLAYWRIGHT_BROWSERS_PATH", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr("sys.platform", "linux")


@pytest.fixture
def executable(tmp_path):
    def make(name: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def download(executable):
    """A browser as Playwright leaves it when a download has finished."""

    def make(folder: str, inside: str, finished: bool = True) -> Path:
        path = executable(f".cache/ms-playwright/{folder}/{inside}")
        if finished:
            (path.parents[inside.count("/")] / "INSTALLATION_COMPLETE").touch()
        return path

    return make


def test_an_explicit_path_comes_before_all_else(executable, monkeypatch):
    monkeypatch.setenv("WEBAGENTS_BROWSER", str(executable("variable/chromium")))
    mine = executable("mine/chromium")
    assert find_browser(str(mine)) == FoundBrowser(mine, "chromium", "path")


def test_an_explicit_path_may_be_a_command_or_lie_in_the_home(executable):
    command = executable("bin/brave")
    assert find_browser("brave").path == command
    assert find_browser("~/bin/brave").path == command


def test_the_variable_comes_before_what_is_installed(executable, download, monkeypatch):
    download("chromium_headless_shell-1255", SHELL)
    named = executable("named/chrome-headless-shell")
    monkeypatch.setenv("WEBAGENTS_BROWSER", str(named))
    assert find_browser() == FoundBrowser(named, "headless-shell", "WEBAGENTS_BROWSER")


@pytest.mark.parametrize(
    ("make", "wrong"),
    [
        (lambda path: None, "does not exist"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.touch(0o644), "may not be executed"),
    ],
)
def test_a_named_browser_that_cannot_be_started_is_an_error_not_skipped(
    make, wrong, tmp_path, download, monkeypatch
):
    download("chromium_headless_shell-1255", SHELL)
    named = tmp_path / "named"
    make(named)
    with pytest.raises(BrowserMissing, match=f"named' {wrong}"):
        find_browser(str(named))
    monkeypatch.setenv("WEBAGENTS_BROWSER", str(named))
    with pytest.raises(BrowserMissing, match=f"WEBAGENTS_BROWSER names, .*named' {wrong}"):
        find_browser()


def test_playwrights_newest_headless_shell_comes_first(download):
    download("chromium-1300", "chrome-linux64/chrome")
    download("chromium_headless_shell-999", "chrome-linux/headless_shell")
    newest = download("chromium_headless_shell-1255", SHELL)
    assert find_browser() == FoundBrowser(newest, "headless-shell", "playwright")


def test_an_unfinished_download_is_passed_over(download):
    download("chromium_headless_shell-1255", SHELL, finished=False)
    older = download("chromium_headless_shell-1200", SHELL)
    assert find_browser(system=()).path == older


@pytest.mark.parametrize(
    "inside",
    [
        "chrome-linux/chrome",
        "chrome-linux64/chrome",
        "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
        "chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
    ],
)
def test_playwrights_full_browser_is_found_wherever_a_release_puts_it(download, inside):
    path = download("chromium-1255", inside)
    assert find_browser(system=()) == FoundBrowser(path, "chromium", "playwright")


def test_the_systems_browsers_come_last_in_their_order(executable):
    executable("bin/google-chrome")
    chromium = executable("bin/chromium")
    found = find_browser(system=("chromium", "google-chrome"))
    assert found == FoundBrowser(chromium, "chromium", "system")


def test_nothing_found_is_one_message_that_says_where_was_looked_and_what_helps(tmp_path):
    with pytest.raises(BrowserMissing) as caught:
        find_browser(system=("chromium", "google-chrome"))
    assert str(caught.value) == (
        "no browser was found: WEBAGENTS_BROWSER is not set, Playwright has none in "
        f"{tmp_path}/.cache/ms-playwright, and the system has none of chromium, google-chrome; "
        "`webagents doctor --fix` installs one, and WEBAGENTS_BROWSER=PATH names one you have"
    )


@pytest.mark.skipif(
    not Path("/usr/lib/chromium/chromium").exists(), reason="wants Debian's Chromium"
)
def test_debians_launcher_script_is_replaced_by_the_browser_it_starts():
    assert find_browser("/usr/bin/chromium").path == Path("/usr/lib/chromium/chromium")


def test_playwrights_folder_follows_its_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "there"))
    assert playwright_folder() == tmp_path / "there"


def test_playwrights_folder_may_be_inside_its_package(monkeypatch):
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "0")
    assert playwright_folder().parts[-4:] == ("playwright", "driver", "package", ".local-browsers")


def test_playwrights_folder_on_a_mac(monkeypatch, tmp_path):
    monkeypatch.setattr("sys.platform", "darwin")
    assert playwright_folder() == tmp_path / "Library" / "Caches" / "ms-playwright"
