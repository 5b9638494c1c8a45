"""What can go wrong for a program at a page, in Selenium's names.

The sandbox's Python has no classes derived from others: each of Selenium's exceptions is one of
Python's own there (see `prelude`), and its name begins the message.
"""

from __future__ import annotations


class NoSuchElement(LookupError):
    """Nothing on the page is what was looked for."""


class BadSelector(ValueError):
    """A selector that cannot be read, or not be answered in good time."""


class CannotAct(RuntimeError):
    """The page did not take an action; Selenium's name for why begins the message."""


class NotAllowed(PermissionError):
    """What no program may do, whatever its page."""


_BY_WORDS = (
    ("is stale", "StaleElementReferenceException"),
    ("covered by", "ElementClickInterceptedException"),
    ("is hidden", "ElementNotInteractableException"),
    ("is disabled", "ElementNotInteractableException"),
    ("is read-only", "ElementNotInteractableException"),
    ("cannot be typed", "ElementNotInteractableException"),
    ("cannot take the focus", "ElementNotInteractableException"),
    ("select_option does not apply", "UnexpectedTagNameException"),
)
"""Words of the page's answer to an action (`browsers/js/agent.js`), and Selenium's name for it."""


def fault(error: str) -> Exception:
    """The exception for what the page answered to an action that failed."""
    if error.startswith("no element has ref") or " has no option " in error:
        return NoSuchElement(f"NoSuchElementException: {error}")
    name = next((name for words, name in _BY_WORDS if words in error), "WebDriverException")
    return CannotAct(f"{name}: {error}")


def missing(how: str, value: str, nearest: list[str]) -> NoSuchElement:
    """The exception for a search that found nothing, which says what is like it.

    nearest: the elements most like it, as written.
    """
    like = f"; the nearest: {', '.join(nearest)}" if nearest else ""
    return NoSuchElement(f"NoSuchElementException: no element by {how} {value!r}{like}")
