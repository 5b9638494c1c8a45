"""What a plan on a website is made of: sub-instructions, and the few touches each takes."""

from __future__ import annotations

from typing import Literal, NamedTuple

from webagents.html import Element, find_all, ref_of, text_of
from webagents.policies.expert.sight import act

Kind = Literal["fill", "select", "check", "uncheck", "click", "enter"]


class Touch(NamedTuple):
    """One thing done to one element.

    kind: ``enter`` presses Enter in it; the others are what they are called.
    value: the text or the option's label, "" for the rest.
    """

    kind: Kind
    element: Element
    value: str = ""

    @property
    def done(self) -> bool:
        """Whether the page already is as this would leave it; a click or key never is."""
        match self.kind:
            case "fill":
                return bool(self.element.get("value", "") == self.value)
            case "select":
                chosen = find_all(self.element, "option")
                return any("selected" in o.attrib and text_of(o) == self.value for o in chosen)
            case "check":
                return "checked" in self.element.attrib
            case "uncheck":
                return "checked" not in self.element.attrib
            case _:
                return False

    @property
    def action(self) -> str:
        """The action's text."""
        ref = ref_of(self.element)
        match self.kind:
            case "fill":
                return act("fill", ref=ref, text=self.value)
            case "select":
                return act("select_option", ref=ref, options=self.value)
            case "enter":
                return act("press", ref=ref, key="Enter")
            case _:
                return act("click", ref=ref)


class Move(NamedTuple):
    """A step of a plan that one page allows for.

    says: the sub-instruction, in English.
    touches: what is done for it, in order; all of their elements are on the page.
    message: what to say to the user once all is done, which ends the visit; "" before that.
    """

    says: str
    touches: tuple[Touch, ...] = ()
    message: str = ""

    @property
    def refs(self) -> list[str]:
        """The elements that the sub-instruction is about, in order, each once."""
        return list(dict.fromkeys(ref_of(touch.element) for touch in self.touches))

    @property
    def action(self) -> str:
        """The first action that is left to be done for it."""
        if self.message:
            return act("send_msg_to_user", text=self.message)
        left = (touch.action for touch in self.touches if not touch.done)
        return next(left, act("noop", wait_ms=500))


def touches(*wanted: Touch | None) -> tuple[Touch, ...]:
    """Those that there are."""
    return tuple(each for each in wanted if each is not None)


def on(kind: Kind, element: Element | None, value: str = "") -> Touch | None:
    """A touch of an element, None where there is no element."""
    return None if element is None else Touch(kind, element, value)


def finish(says: str) -> Move:
    """The end of the visit."""
    return Move("Say that it is done", message=says)
