"""Finding elements as Selenium does, on the page's text and never on the page itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from webagents.errors import clipped
from webagents.html import Element, find_all, parse, ref_of, text_of
from webagents.planners.driver.faults import BadSelector

MOST_CHARACTERS = 400
MOST_STEPS = 6
"""Steps of a path that go to more than an element's children or attributes."""
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_WIDE = re.compile(
    r"//|\.\.|(?:ancestor|descendant|following|preceding)[\w-]*\s*::|(?<![\w\])*.])/"
)
_FAR = re.compile(r"\b(?:following|preceding)\s*::")
_JOINED = re.compile(r"\band\b|\bor\b|,")


def root_of(page: str) -> Element:
    """The page's topmost element, from which paths begin: ``html``, with its ``body``."""
    root = parse(page)
    top = root.getroottree().getroot()
    if page.startswith("<body") and root.tag in ("div", "span") and root.getparent() is top:
        root.tag = "body"  # lxml takes it for a fragment
    return top


def found(root: Element, by: str, value: str) -> list[Element]:
    """The elements below `root` that a program can name, in document order.

    by: Selenium's name of the way: a key of `WAYS`.

    Raises:
        BadSelector: no such way, or a value that it cannot read.
    """
    if by not in WAYS:
        raise BadSelector(
            f"InvalidSelectorException: no way {clipped(by)} to find elements; the ways are "
            f"{', '.join(WAYS)}"
        )
    if not isinstance(value, str) or len(value) > MOST_CHARACTERS:
        raise BadSelector(
            f"InvalidSelectorException: {by} takes a text of at most {MOST_CHARACTERS} characters"
        )
    return [each for each in WAYS[by](root, value) if ref_of(each)]


def _css(root: Element, value: str) -> list[Element]:
    try:
        path = HTMLTranslator().css_to_xpath(value, prefix="descendant::")
    except (SelectorError, ValueError, RecursionError) as error:
        why = f"InvalidSelectorException: css selector {clipped(value)}: {error}"
        raise BadSelector(why) from error
    return _path(root, path, value)


def _xpath(root: Element, value: str) -> list[Element]:
    return _path(root, value, value)


def _path(root: Element, path: str, value: str) -> list[Element]:
    if why := _costly(path):
        raise BadSelector(f"InvalidSelectorException: {clipped(value)}: {why}")
    try:
        answer = root.xpath(path)
    except (etree.XPathError, ValueError) as error:
        why = f"InvalidSelectorException: {clipped(value)}: {error}"
        raise BadSelector(why) from error
    if not isinstance(answer, list) or not all(etree.iselement(each) for each in answer):
        raise BadSelector(
            f"InvalidSelectorException: {clipped(value)} does not choose elements, but text or "
            "numbers"
        )
    return answer


def _costly(path: str) -> str:
    """Why a path is not asked for, "" where it is: some take hours on a page of a few thousand.

    A step inside brackets is taken once for each element outside; one that itself goes to many
    makes a square of it, two a cube.
    """
    plain = _LITERAL.sub("''", path)
    outside, inside = _parts(plain)
    if _FAR.search(plain):
        return "following:: and preceding:: go over the whole page; name the element another way"
    if len(_WIDE.findall(outside)) > MOST_STEPS:
        return f"at most {MOST_STEPS} steps such as // lead to an element"
    for predicate in inside:
        if any(len(_WIDE.findall(piece)) > 1 for piece in _JOINED.split(predicate)):
            return "within [...] one step such as // or .. is enough"
    return ""


def _parts(path: str) -> tuple[str, list[str]]:
    """What is outside of all brackets, and what each outermost pair of them holds."""
    outside, inside, depth = "", [""], 0
    for character in path:
        depth += character == "["
        if depth:
            inside[-1] += character
        else:
            outside += character
        depth -= character == "]" and depth > 0
        if character == "]" and not depth:
            inside.append("")
    return outside, inside


def _links(root: Element, value: str, fits: Callable[[str, str], bool]) -> Iterator[Element]:
    return (each for each in find_all(root, "a") if fits(value, text_of(each)))


WAYS: Mapping[str, Callable[[Element, str], list[Element]]] = {
    "id": lambda root, value: list(find_all(root, id=value)),
    "name": lambda root, value: list(find_all(root, name=value)),
    "css selector": _css,
    "xpath": _xpath,
    "link text": lambda root, value: list(_links(root, value.strip(), str.__eq__)),
    "partial link text": lambda root, value: list(_links(root, value, lambda a, b: a in b)),
    "tag name": lambda root, value: list(find_all(root, value.lower())),
    "class name": lambda root, value: list(find_all(root, class_=value)),
    "ref": lambda root, value: list(find_all(root, ref=value)),
}
"""Selenium's ways to find elements (`By`), and ours: by ref."""
