"""What programs find beside their driver, and from which of Selenium's modules it is imported."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from webagents.actions import ACTIONS
from webagents.planners.driver.prelude import source

_SOURCE = source()
_CALLS = "".join(f'{name} = _call("{name}")\n' for name in ACTIONS if name != "type")

PRELUDE = _SOURCE + _CALLS
"""The Python that is run before a program: `prelude`, and a function for each action there is."""


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()) | ast.keyword(arg=str(name)):
                yield name


_NAMES = frozenset(_names(ast.parse(_SOURCE)))
_EXCEPTIONS = frozenset(name for name in _NAMES if name.endswith("Exception"))
_OF_LISTS = frozenset(name for name in _NAMES if name.startswith(("select_by", "deselect")))
_ATTRIBUTES = frozenset({"id", "value", "href", "type", "placeholder", "checked"})
_CONDITIONS = frozenset(name for name in _NAMES if "_" in name.strip("_") and name.islower())

MEMBERS = frozenset(name for name in _NAMES if not name.startswith("_"))
"""The attributes of all that is found beside a driver."""

MODULES: Mapping[str, Collection[str]] = MappingProxyType(
    {
        "selenium": ("webdriver",),
        "selenium.webdriver": ("Chrome", "Firefox", "ActionChains", "Keys", "By"),
        "selenium.webdriver.common.by": ("By",),
        "selenium.webdriver.common.keys": ("Keys",),
        "selenium.webdriver.common.action_chains": ("ActionChains",),
        "selenium.webdriver.support": ("expected_conditions",),
        "selenium.webdriver.support.ui": ("WebDriverWait", "Select"),
        "selenium.webdriver.support.wait": ("WebDriverWait",),
        "selenium.webdriver.support.select": ("Select",),
        "selenium.webdriver.support.expected_conditions": _CONDITIONS,
        "selenium.webdriver.chrome.options": ("Options",),
        "selenium.webdriver.chrome.service": ("Service",),
        "selenium.webdriver.firefox.options": ("Options",),
        "selenium.common": _EXCEPTIONS,
        "selenium.common.exceptions": _EXCEPTIONS,
        "time": ("sleep",),
    }
)
"""The names that can be imported, by module; all are there without being imported."""

_ACTS = "a program acts through elements and action calls, not by scripts in the page"
REFUSED: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("execute_script", "execute_async_script", "execute_cdp_cmd"), _ACTS),
        **dict.fromkeys(
            ("get_cookies", "get_cookie", "add_cookie", "delete_cookie", "delete_all_cookies"),
            "cookies are out of a program's reach",
        ),
        **dict.fromkeys(
            ("save_screenshot", "get_screenshot_as_file", "screenshot"), "there are no files"
        ),
        "switch_to": "a page is seen with its frames; find_element looks into them too",
        **{
            f"find_element{many}_by_{way}": f"write find_element{many}(By.{constant}, ...)"
            for many in ("", "s")
            for way, constant in {
                "id": "ID",
                "name": "NAME",
                "xpath": "XPATH",
                "link_text": "LINK_TEXT",
                "partial_link_text": "PARTIAL_LINK_TEXT",
                "tag_name": "TAG_NAME",
                "class_name": "CLASS_NAME",
                "css_selector": "CSS_SELECTOR",
            }.items()
        },
    }
)
"""Of Selenium's attributes those that are not there, and what to do instead."""


def instead(kind: str, name: str, of_elements: Collection[str]) -> str:
    """What to write instead of an attribute that an object has not, "" where nothing is known.

    kind: the object's class, as a program sees it. of_elements: the attributes of elements.
    """
    match kind:
        case "list" if name in of_elements:
            return "find_elements answers a list: take one of it"
        case "Driver" if name in of_elements:
            return f"it is an element's: driver.find_element(...).{name}"
        case "Element" if name in _OF_LISTS:
            return f"write Select(element).{name}(...)"
        case "Element" if name in _ATTRIBUTES:
            return f"write get_attribute({name!r})"
    return ""
