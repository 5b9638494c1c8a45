import os

import pytest

from webagents.browsers.chromium import ChromiumBrowser
from webagents.browsers.sandbox import sandboxed
from webagents.errors import BrowserStartError, UserError


def test_the_sandbox_is_on_but_for_root_unless_the_variable_says_otherwise():
    assert sandboxed({"WEBAGENTS_SANDBOX": "on"})
    assert not sandboxed({"WEBAGENTS_SANDBOX": "off"})
    assert sandboxed({}) == (os.geteuid() != 0)
    with pytest.raises(UserError, match="WEBAGENTS_SANDBOX='maybe'; it is on, off or not set"):
        sandboxed({"WEBAGENTS_SANDBOX": "maybe"})


def test_a_browser_that_has_no_sandbox_says_how_it_is_left_out(tmp_path):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho 'No usable sandbox!' >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(BrowserStartError, match="WEBAGENTS_SANDBOX=off starts it without"):
        ChromiumBrowser(str(broken))
