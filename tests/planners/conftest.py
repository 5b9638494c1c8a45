"""A page for programs: what is done to it is noted, and it stays as it is."""

from collections.abc import Callable

import pytest

from webagents.planners.driver import Driver
from webagents.types import Observation

PAGE = (
    '<body ref="1"><form ref="2"><label ref="3" for="u">User name</label>'
    '<input ref="4" id="u" name="user" type="text" value="Al"><select ref="5" id="colour">'
    '<option ref="6" value="r">Red</option><option ref="7" selected>Blue</option></select>'
    '<button ref="8" id="enter" class="big btn" type="submit">Sign in</button></form>'
    '<a ref="9" href="/help">Help me</a><ul ref="10"><li ref="11">one</li>'
    '<li ref="12">two</li></ul><input ref="13" type="checkbox" name="terms" disabled></body>'
)


def seen(error: str = "", html: str = PAGE) -> Observation:
    """The page, with why the last action failed."""
    return Observation(
        instruction="Sign in as Bob.", html=html, url="http://shop.test/a", error=error
    )


@pytest.fixture
def driver_of() -> Callable[..., Driver]:
    """A driver of the page; its actions fail with `error`."""

    def made(error: str = "", html: str = PAGE) -> Driver:
        return Driver(lambda action: seen(error, html), seen(html=html))

    return made


@pytest.fixture
def driver(driver_of: Callable[..., Driver]) -> Driver:
    return driver_of()
