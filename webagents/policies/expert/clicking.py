"""Buttons, links and dialogs."""

from __future__ import annotations

from webagents.html import find, find_all, text_of
from webagents.policies.expert.sight import Experts, Sight, click


def the_button(sight: Sight) -> str:
    """Clicks the one button there is."""
    return click(sight.find("button"))


def button_named(sight: Sight) -> str:
    """Clicks the button whose label ends the instruction: ``Click button ONE.``."""
    return click(sight.button(sight.instruction.rstrip(".").split()[-1]))


def button_quoted(sight: Sight) -> str:
    """Clicks the button whose label is quoted."""
    label = sight.quoted[0]
    exact = sight.find("button", text=label)
    return click(sight.button(label) if exact is None else exact)


def link_quoted(sight: Sight) -> str:
    """Clicks the link whose text is quoted."""
    for link in sight.all(class_="alink"):
        if text_of(link) == sight.quoted[0]:
            return click(link)
    return click(sight.find("a", text=sight.quoted[0]))


def dialog(sight: Sight) -> str:
    """Clicks what is quoted in a dialog: a button's label, or the ``x`` that closes it."""
    box = sight.find(role="dialog")
    if box is None:
        return click(None)
    label = sight.quoted[0]
    if label == "x":
        return click(find(box, "button", title="Close"))
    for button in find_all(box, "button"):
        if text_of(button) == label:
            return click(button)
    return click(None)


EXPERTS: Experts = {
    "miniwob.click-button": button_quoted,
    "miniwob.click-dialog": dialog,
    "miniwob.click-dialog-2": dialog,
    "miniwob.click-link": link_quoted,
    "miniwob.click-test": the_button,
    "miniwob.click-test-2": button_named,
}
