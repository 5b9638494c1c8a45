"""What has no object: time, the modules' names, and action calls."""

from typing import Any

from webagents.planners.driver.prelude.chains import ActionChains
from webagents.planners.driver.prelude.names import Keys, Options, _Names, _same_driver, driver


def sleep(seconds: float) -> None:
    """Lets page time pass."""
    driver.pause(seconds)


time = _Names(sleep=sleep)
webdriver = _Names(
    Chrome=_same_driver,
    Firefox=_same_driver,
    Edge=_same_driver,
    ChromeOptions=Options,
    FirefoxOptions=Options,
    ActionChains=ActionChains,
    Keys=Keys,
)


def _call(name: str) -> Any:
    def act(*args: Any, **named: Any) -> None:
        driver.do(name, list(args), named)

    return act


_type: Any = type


def type(*args: Any, **named: Any) -> Any:  # noqa: A001  (the action's name, and Python's own)
    """Types into an element; of one value, its type as in Python."""
    if len(args) == 1 and not named:
        return _type(args[0])
    return driver.do("type", list(args), named)
