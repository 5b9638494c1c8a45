import re
import sys
from importlib.metadata import requires

import pytest

from webagents import doctor
from webagents.doctor import Check


def test_this_machine_has_all_that_playing_needs():
    assert doctor.lacking(doctor.examine()) == []


def test_a_browser_that_does_not_start_is_told_with_its_own_words(tmp_path, monkeypatch):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho 'libnss3.so: cannot open shared object' >&2\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv("WEBAGENTS_BROWSER", str(broken))
    check = doctor.browser()
    assert (check.ok, check.advice) == (False, "unset or correct WEBAGENTS_BROWSER")
    assert "libnss3.so: cannot open shared object" in check.found


def test_a_browser_that_answers_its_version_but_does_not_start_is_told(tmp_path, monkeypatch):
    broken = tmp_path / "chromium"
    broken.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo Chromium 1 && exit\necho no display >&2\nexit 1\n'
    )
    broken.chmod(0o755)
    monkeypatch.setenv("WEBAGENTS_BROWSER", str(broken))
    check = doctor.browser()
    assert not check.ok
    assert "no display" in check.found


def test_only_required_things_are_lacking():
    there, absent = Check("a", True, ""), Check("b", False, "")
    optional = Check("c", False, "", required=False)
    assert doctor.lacking([there, absent, optional]) == [absent]


def test_chromedriver_is_required_only_for_selenium(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [doctor.chromedriver(required=required).required for required in (False, True)] == [
        False,
        True,
    ]
    assert not doctor.chromedriver().ok


def test_root_on_debian_installs_from_its_packages_first(tmp_path, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    first, *_, last = doctor.remedies()
    assert first.commands[-1][0] == "apt-get"
    assert "chromium-headless-shell" in first.commands[-1]
    assert last.commands == [
        (sys.executable, "-m", "playwright", "install", "--with-deps", "--only-shell", "chromium")
    ]


def test_anyone_else_downloads_playwrights_headless_shell(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    (only,) = doctor.remedies()
    assert only.commands == [
        (sys.executable, "-m", "playwright", "install", "--only-shell", "chromium")
    ]


def test_nothing_is_installed_in_place_of_a_named_browser(monkeypatch):
    monkeypatch.setenv("WEBAGENTS_BROWSER", "/nowhere/chromium")
    said: list[str] = []
    checks = [Check("Browser", False, "does not exist")]
    assert doctor.fix(checks, said.append) == checks
    assert said == [
        "WEBAGENTS_BROWSER names a browser that does not work; no other one would be used"
    ]


def test_nothing_is_run_when_nothing_is_missing():
    said: list[str] = []
    checks = [Check("Browser", True, "")]
    assert (doctor.fix(checks, said.append), said) == (checks, [])


def test_a_failing_command_says_its_last_words():
    said: list[str] = []
    code = "print('\\n'.join(map(str, range(50)))); raise SystemExit(3)"
    assert not doctor.run((sys.executable, "-c", code), said.append)
    assert said[1] == "  failed with exit status 3; the end of its output:"
    assert said[2:] == [f"    {number}" for number in range(38, 50)]


def test_a_command_that_is_not_there_is_told():
    said: list[str] = []
    assert not doctor.run(("no-such-command-here",), said.append)
    assert "no-such-command-here" in said[-1]


def test_what_extras_bring_is_what_the_package_says():
    wanted = [requirement for requirement in requires("webagents-gym") if "extra ==" in requirement]
    both = {"planners": doctor.PLANNERS, "gguf": (*doctor.PLANNERS, *doctor.GGUF)}
    for extra, packages in both.items():
        of_extra = [each for each in wanted if re.search(f"extra == .{extra}.$", each)]
        names = {re.match(r"[\w-]+", each)[0] for each in of_extra}
        assert names == set(packages)


def test_an_extra_that_is_not_there_says_what_to_install():
    check = doctor.extra("GGUF models", "gguf", ("rich", "no-such-package"))
    assert (check.ok, check.required, check.found) == (False, False, "no no-such-package")
    assert check.advice.endswith("pip install 'webagents-gym[gguf]'")
    assert doctor.extra("Rich", "rich", ("rich",)).ok


def test_keys_are_told_by_name_alone():
    held = {"OPENAI_API_KEY": "sk-1", "X_API_KEY": " ", "OPENAI_BASE_URL": "http://u:p@a", "Z": "1"}
    assert doctor.keys(held)[1:3] == (True, "set: OPENAI_API_KEY, OPENAI_BASE_URL")
    assert doctor.keys({"OPENAI_BASE_URL": "http://a"})[1:3] == (False, "set: OPENAI_BASE_URL")
    assert doctor.keys({})[1:3] == (False, "none set")


@pytest.mark.parametrize("check", [doctor.python, doctor.miniwob_pages, doctor.fonts])
def test_each_part_is_there(check):
    assert check().ok
