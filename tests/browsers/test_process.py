"""The browser's process: what it is given of ours."""

import os
from pathlib import Path

import pytest

from webagents.browsers.chromium import ChromiumBrowser
from webagents.browsers.process import BrowserProcess

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="looks at processes in /proc"
)
SECRETS = ("WEBAGENTS_TOKEN", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AWS_SECRET_ACCESS_KEY")


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in family(int(child)))]


def test_a_browser_gets_no_secrets_of_ours(monkeypatch):
    for name in SECRETS:
        monkeypatch.setenv(name, "do-not-tell")
    browser = ChromiumBrowser()
    try:
        started = family(browser.pid)
        told = [Path(f"/proc/{pid}/environ").read_bytes() for pid in started]
    finally:
        browser.close()
    assert len(started) > 1
    assert any(b"HOME=" in variables for variables in told)
    assert not any(b"do-not-tell" in variables for variables in told)


def test_a_browser_gets_what_it_needs_in_one_language(monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("FONTCONFIG_FILE", "/somewhere/fonts.conf")
    process = BrowserProcess(Path("/bin/sh"), ["-c", "env -0 >&4; exec 4>&-; read -r _ <&3"])
    try:
        with os.fdopen(os.dup(process.answers), "rb") as said:
            told = said.read().decode().split("\0")
    finally:
        process.close()
    variables = dict(each.split("=", 1) for each in told if each)
    assert variables["FONTCONFIG_FILE"] == "/somewhere/fonts.conf"
    assert (variables["TZ"], variables["LANG"]) == ("UTC", "en_US.UTF-8")
    assert {"PATH", "HOME"} < set(variables)
    assert "LC_ALL" not in variables
