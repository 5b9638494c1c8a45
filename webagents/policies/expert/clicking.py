"""Buttons, links, dialogs and other single things to press."""

from __future__ import annotations

from webagents.html import Element, find, find_all, text_of
from webagents.policies.expert.sight import Experts, Sight, click, wait


def the_button(sight: Sight) -> str:
    """Clicks the one button there is."""
    return click(sight.find("button"))


def button_named(sight: Sight) -> str:
    """Clicks the button whose label ends the instruction: ``Click button ONE.``."""
    return click(sight.button(sight.instruction.rstrip(".").rpartition(" ")[2]))


def button_quoted(sight: Sight) -> str:
    """Clicks the button whose label is quoted."""
    exact = sight.find("button", text=sight.named)
    return click(sight.button(sight.named) if exact is None else exact)


def buttons_in_turn(sight: Sight) -> str:
    """Clicks button ONE, then button TWO; the page does not show which was clicked."""
    for label in ("ONE", "TWO"):
        button = sight.button(label)
        if button is not None and not sight.did(click(button)):
            return click(button)
    return wait()


def link_quoted(sight: Sight) -> str:
    """Clicks the link whose text is quoted."""
    for link in sight.all(class_="alink"):
        if text_of(link) == sight.named:
            return click(link)
    return click(sight.find("a", text=sight.named))


def dialog(sight: Sight) -> str:
    """Clicks what is quoted in a dialog: a button's label, or the ``x`` that closes it."""
    box = sight.find(role="dialog")
    if box is None:
        return wait()
    if sight.named == "x":
        return click(find(box, "button", title="Close"))
    for button in find_all(box, "button"):
        if text_of(button) == sight.named:
            return click(button)
    return wait()


def widget(sight: Sight) -> str:
    """Clicks any widget of the quoted kind, a radio button or checkbox also by its label."""

    def fits(element: Element) -> bool:
        kind = str(element.get("type", "") if element.tag == "input" else element.tag)
        return {"input": "text"}.get(kind, kind) == sight.named

    widgets = [w for tag in ("input", "textarea", "button") for w in sight.all(tag) if fits(w)]
    for chosen in sight.shuffled(widgets):
        label = chosen.getparent()
        labelled = label is not None and label.tag == "label"
        return click(sight.either("label or box", label, chosen) if labelled else chosen)
    return wait()


def focused(sight: Sight) -> str:
    """Puts the cursor into the one text field there is."""
    return click(sight.find("input"))


EXPERTS: Experts = {
    "miniwob.click-button": button_quoted,
    "miniwob.click-button-sequence": buttons_in_turn,
    "miniwob.click-dialog": dialog,
    "miniwob.click-dialog-2": dialog,
    "miniwob.click-link": link_quoted,
    "miniwob.click-test": the_button,
    "miniwob.click-test-2": button_named,
    "miniwob.click-test-transfer": button_named,
    "miniwob.click-widget": widget,
    "miniwob.focus-text": focused,
    "miniwob.unicode-test": button_quoted,
}
