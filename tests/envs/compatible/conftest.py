"""What the tests of other packages' environments share."""

import pytest

from webagents.envs.launch import launch


@pytest.fixture(scope="module")
def browser():
    browser = launch()
    yield browser
    browser.close()
