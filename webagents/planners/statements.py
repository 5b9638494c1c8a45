"""Programs of a few plain statements: each does one thing to one element.

What our own program writer says, and what experts' moves are told as. As Python a statement names
its element the way a person would: by id, name, address or text, by ref where none of them is its
own on the page::

    Select(driver.find_element(By.ID, "mode")).select_by_visible_text("Cycling")
    driver.find_element(By.ID, "go").click()
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, get_args

from webagents.errors import UserError, clipped
from webagents.html import Element, find_all, ref_of, text_of
from webagents.planners.driver.finding import MOST_CHARACTERS, found, root_of

Verb = Literal["click", "fill", "select", "check", "uncheck", "enter", "say"]

VERBS: tuple[Verb, ...] = get_args(Verb)

_TIMED = frozenset({"date", "time", "datetime-local", "month", "week", "color", "range"})
"""Fields whose text is set, for what is typed into them goes by the reader's country."""


class Statement(NamedTuple):
    """One thing done to one element.

    verb: "enter" presses Enter in it, "say" ends the visit with a message; the others are what they
        are called.
    ref: the element; "" for "say".
    text: what is filled in, the option's label, the message; "" for the rest.
    """

    verb: Verb
    ref: str = ""
    text: str = ""


def program_of(statements: Iterable[Statement], page: str) -> str:
    """The Python of some statements, for a page.

    Raises:
        UserError: an element is not on the page.
    """
    root = root_of(page)
    return "\n".join(line for each in statements for line in _lines(each, root))


def _lines(statement: Statement, root: Element) -> Iterator[str]:
    text = _quoted(statement.text)
    if statement.verb == "say":
        yield f"send_msg_to_user({text})"
        return
    element = next(find_all(root, ref=statement.ref), None)
    if element is None:
        raise UserError(f"no element {clipped(statement.ref)} on the page for a program to act on")
    there = f"driver.find_element({_way(element, root)})"
    match statement.verb:
        case "fill" if element.get("type") in _TIMED:
            yield f"fill({there}, {text})"
        case "fill" if element.get("value") or text_of(element):
            yield f"field = {there}"
            yield "field.clear()"
            yield f"field.send_keys({text})"
        case "fill":
            yield f"{there}.send_keys({text})"
        case "select":
            yield f"Select({there}).select_by_visible_text({text})"
        case "check" | "uncheck":
            yield f"box = {there}"
            yield f"if {'not ' if statement.verb == 'check' else ''}box.is_selected():"
            yield "    box.click()"
        case "enter":
            yield f"{there}.send_keys(Keys.ENTER)"
        case _:
            yield f"{there}.click()"


def _way(element: Element, root: Element) -> str:
    """The arguments by which the element, and no other, is found."""
    for constant, by, value in _ways(element):
        if len(value) <= MOST_CHARACTERS and found(root, by, value) == [element]:
            return f"By.{constant}, {_quoted(value)}"
    return f"By.REF, {_quoted(ref_of(element))}"


def _ways(element: Element) -> Iterator[tuple[str, str, str]]:
    if id_ := element.get("id"):
        yield "ID", "id", id_
    if name := element.get("name"):
        yield "NAME", "name", name
    href = element.get("href", "")
    if element.tag == "a" and href and '"' not in href and "\\" not in href:
        yield "CSS_SELECTOR", "css selector", f'a[href="{href}"]'
    text = text_of(element)
    if element.tag == "button" and text and '"' not in text:
        yield "XPATH", "xpath", f'//button[normalize-space()="{text}"]'


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
