"""Disturbances by what is added to a page: something above all else, or below."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from webagents.policies.disturbed.setting import Setting

FIRST_REF = 100_001
"""The ref of the first added element: no page gets that far."""

_BODY = re.compile(r"<body\b[^>]*>")
_BOX = re.compile(r' box="(-?\d+) (-?\d+) (-?\d+) (-?\d+)"')
_LINKS = [
    "Home",
    "News",
    "Weather",
    "Sports",
    "Travel",
    "Recipes",
    "Careers",
    "Gallery",
    "Forum",
    "Shipping",
    "Press",
]
_BUTTONS = ["Subscribe", "Accept cookies", "Not now", "Learn more", "Get started", "Sign up"]
_TEXTS = (
    "We use cookies to improve your visit.",
    "New: our spring catalogue is out.",
    "Opening hours: Monday to Friday, nine to five.",
    "All prices include tax.",
    "Free delivery on your first order.",
)
_FIELDS = ("Your e-mail", "Find a shop", "Postcode", "Voucher")
_HEIGHT = 14


def top(page: str, setting: Setting) -> str:
    """A header before everything else: links, a text, a field, a button."""
    body = _BODY.match(page)
    if body is None:
        return page
    return page[: body.end()] + _block("header", 4, page, setting) + page[body.end() :]


def bottom(page: str, setting: Setting) -> str:
    """A footer after everything else, of the same kind."""
    if not page.endswith("</body>"):
        return page
    return page.removesuffix("</body>") + _block("footer", 110, page, setting) + "</body>"


def _block(name: str, y: int, page: str, setting: Setting) -> str:
    """Something of a site that has nothing to do with the task.

    Where pages tell boxes, its own lie to the right of all the page has, beside what screenshots
    show. No text in it has a word of the instruction, so that the task stays clear.
    """
    dice = setting.dice()
    asked = set(_words(setting.instruction))
    lines = [*_lines(dice, asked)]
    seen = ' box="' in page
    left = _right_edge(page) + 10 if seen else 0
    refs = iter(range(FIRST_REF, FIRST_REF + len(lines) + 1))

    def tag(start: str, row: int, rows: int = 1) -> str:
        box = f' box="{left} {y + row * _HEIGHT} 120 {rows * _HEIGHT}"' if seen else ""
        element, _, more = start.partition(" ")
        return f'<{element} ref="{next(refs)}"{" " * bool(more)}{more}{box}>'

    outer = tag(f'div id="site-{name}" class="site-{name}"', 0, len(lines))
    inner = (tag(start, row) + rest for row, (start, rest) in enumerate(lines))
    return outer + " ".join(inner) + "</div>"


def _lines(dice: random.Random, asked: set[str]) -> Iterator[tuple[str, str]]:
    """Elements one below the other: a start tag without its brackets, and what comes after it."""

    def some(texts: tuple[str, ...] | list[str], number: int) -> list[str]:
        free = [text for text in texts if asked.isdisjoint(_words(text))]
        return dice.sample(free, min(number, len(free)))

    yield from (('a class="site-link" href="#"', f"{text}</a>") for text in some(_LINKS, 3))
    yield from (("p", f"{text}</p>") for text in some(_TEXTS, 1))
    for text in some(_FIELDS, 1):
        yield f'input type="text" class="site-field" placeholder="{text}" value=""', ""
    yield from (('button class="site-button"', f"{text}</button>") for text in some(_BUTTONS, 1))


def _right_edge(page: str) -> int:
    """Where the rightmost of the elements in the body ends."""
    boxes = [tuple(map(int, box.groups())) for box in _BOX.finditer(page)][1:]
    return max((x + width for x, _, width, _ in boxes), default=0)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
