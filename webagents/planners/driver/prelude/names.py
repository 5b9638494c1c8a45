"""Selenium's names: of exceptions, ways to find, keys and options."""

from typing import Any

driver: Any = driver  # type: ignore[name-defined]  # noqa: F821  (the host's)

WebDriverException = Exception
NoSuchElementException = LookupError
TimeoutException = TimeoutError
InvalidSelectorException = InvalidArgumentException = ValueError
StaleElementReferenceException = ElementClickInterceptedException = RuntimeError
ElementNotInteractableException = ElementNotVisibleException = RuntimeError
ElementNotSelectableException = InvalidElementStateException = RuntimeError
UnexpectedTagNameException = MoveTargetOutOfBoundsException = RuntimeError
NoSuchFrameException = NoSuchWindowException = NoAlertPresentException = NotImplementedError
JavascriptException = PermissionError


class By:
    """Selenium's names of the ways to find elements, and ours."""

    ID = "id"
    NAME = "name"
    XPATH = "xpath"
    LINK_TEXT = "link text"
    PARTIAL_LINK_TEXT = "partial link text"
    TAG_NAME = "tag name"
    CLASS_NAME = "class name"
    CSS_SELECTOR = "css selector"
    REF = "ref"


class Keys:
    """Keys that are no characters, for send_keys."""

    NULL = "\ue000"
    BACKSPACE = "\ue003"
    BACK_SPACE = "\ue003"
    TAB = "\ue004"
    RETURN = "\ue006"
    ENTER = "\ue007"
    SHIFT = "\ue008"
    LEFT_SHIFT = "\ue008"
    CONTROL = "\ue009"
    LEFT_CONTROL = "\ue009"
    ALT = "\ue00a"
    LEFT_ALT = "\ue00a"
    ESCAPE = "\ue00c"
    SPACE = "\ue00d"
    PAGE_UP = "\ue00e"
    PAGE_DOWN = "\ue00f"
    END = "\ue010"
    HOME = "\ue011"
    LEFT = "\ue012"
    ARROW_LEFT = "\ue012"
    UP = "\ue013"
    ARROW_UP = "\ue013"
    RIGHT = "\ue014"
    ARROW_RIGHT = "\ue014"
    DOWN = "\ue015"
    ARROW_DOWN = "\ue015"
    INSERT = "\ue016"
    DELETE = "\ue017"
    META = "\ue03d"
    COMMAND = "\ue03d"


class Options:
    """Takes what programs set of a browser, to no effect."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self.headless = True

    def add_argument(self, *args: Any) -> None:
        """Nothing."""

    def add_experimental_option(self, *args: Any) -> None:
        """Nothing."""


Service = Options


def _same_driver(*args: Any, **named: Any) -> Any:
    return driver


class _Names:
    """A module of names."""

    def __init__(self, **named: Any) -> None:
        for name, value in named.items():
            setattr(self, name, value)
