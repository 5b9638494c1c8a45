"""An expert's action told as a sub-instruction: what it is about, and what is done to it."""

from __future__ import annotations

from collections.abc import Iterator

from webagents.actions import Action, parse
from webagents.errors import ActionError
from webagents.html import Element, find, text_of
from webagents.html import parse as parse_page
from webagents.policies.expert.websites.moves import Move, Touch, finish

WAIT = Move("Wait")
"""What is told of an action that is none of a writer's statements."""

_MOST_WORDS = 5
_NAMES = ("aria-label", "placeholder", "title", "alt", "name", "id", "class")
"""Where an element without words has a name, the best first."""


def told(text: str, page: str) -> Move:
    """The move of one action on a page: to click, fill, choose, press Enter, or say something."""
    try:
        action = parse(text)
    except ActionError:
        return WAIT
    if action.name == "send_msg_to_user":
        return finish("Say that it is done")
    root = parse_page(page)
    element = find(root, ref=str(action.arguments.get("ref", "")))
    if element is None:
        return WAIT
    done = tuple(_touches(action, element))
    return Move(_sentence(done, root), done) if done else WAIT


def _touches(action: Action, element: Element) -> Iterator[Touch]:
    given = action.arguments
    match action.name:
        case "click" | "focus":
            yield Touch("click", element)
        case "fill" | "type":
            yield Touch("fill", element, str(given["text"]))
        case "press" if given["key"] == "Enter":
            yield Touch("enter", element)
        case "select_option":
            options = given["options"]
            assert isinstance(options, tuple)
            for label in options:
                yield Touch("select", element, label)


def _sentence(done: tuple[Touch, ...], root: Element) -> str:
    first = done[0]
    name = _name(first.element, root)
    match first.kind:
        case "fill":
            return f"Type {first.value} into {name or 'the field'}"
        case "select":
            return f"Choose {' and '.join(each.value for each in done)}"
        case "enter":
            return f"Enter {name}".rstrip()
        case _:
            return f"Choose {name or 'it'}"


def _name(element: Element, root: Element) -> str:
    """What an element is called: by its words, its label's, or an attribute."""
    label = find(root, "label", **{"for": element.get("id") or "\0"})
    around = element.getparent()
    said = text_of(element) if element.tag != "textarea" else ""
    if not said and label is not None:
        said = text_of(label)
    if not said and around is not None and around.tag == "label":
        said = text_of(around)
    if not said and element.get("type") in ("button", "submit", "reset"):
        said = element.get("value", "")
    said = said or next(filter(None, map(element.get, _NAMES)), "")
    return " ".join(said.split()[:_MOST_WORDS]).rstrip(":")
