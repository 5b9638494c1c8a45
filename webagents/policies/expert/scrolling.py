"""Texts to scroll through: agreements to sign, last words to find."""

from __future__ import annotations

import re

from webagents.html import Element, find, ref_of
from webagents.policies.expert.sight import Experts, Sight, act, click, fill, wait

_FAR = 3000  # pixels: more than any of the texts is long
_PRESSED = re.compile(r'press "(\w+)"')
_END = re.compile(r"to the (top|bottom)")


def agreement(sight: Sight) -> str:
    """Scrolls to the end of what is to be signed, signs it, and presses the button asked."""
    asked = _PRESSED.search(sight.instruction)
    name = sight.find("input", id="name")
    if asked is None or name is None:
        return click(sight.button("Cancel"))
    if "disabled" in name.attrib:
        return act("scroll", delta_x=0, delta_y=_FAR)
    if name.get("value") != sight.named:
        return fill(name, sight.named)
    return click(sight.button(asked.group(1)))


def last_word(sight: Sight) -> str:
    """Enters the text's last word and submits."""
    page = next(iter((*sight.earlier, sight.page)))  # the text as it was before anything was done
    text, field = find(page, "textarea"), sight.find("input", id="answer-input")
    words = [] if text is None else re.findall(r"\w+", text.get("value") or "")
    if not words or field is None:
        return wait()
    if field.get("value") != words[-1]:
        return fill(field, words[-1])
    return click(sight.button("Submit"))


def text_end(sight: Sight) -> str:
    """Scrolls the text to its top or bottom, with the wheel or keys, and submits."""
    end, text = _END.search(sight.instruction), sight.find("textarea")
    if end is None or text is None:
        return wait()
    scrolling = sight.either("wheel or keys", _turned(end.group(1)), _keyed(text, end.group(1)))
    # The page does not show where the text has been scrolled to.
    if sight.done and sight.done[-1] == scrolling and not sight.error:
        return click(sight.button("Submit"))
    return scrolling


def _turned(end: str) -> str:
    return act("scroll", delta_x=0, delta_y=-_FAR if end == "top" else _FAR)


def _keyed(text: Element, end: str) -> str:
    key = "Home" if end == "top" else "End"
    return act("press", ref=ref_of(text), key=f"ControlOrMeta+{key}")


EXPERTS: Experts = {
    "miniwob.scroll-text": last_word,
    "miniwob.scroll-text-2": text_end,
    "miniwob.sign-agreement": agreement,
}
