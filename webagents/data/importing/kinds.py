"""What an element of a recorded page is to a person: a field, a list, a control, a frame."""

from __future__ import annotations

from webagents.data.importing.dom import Key, Node

_FIELDS = frozenset({"TEXTAREA", "INPUT"})
_NO_FIELDS = frozenset(
    f"INPUT_{kind}"
    for kind in ("checkbox", "radio", "button", "submit", "reset", "image", "file", "hidden")
)
_CONTROLS = frozenset({"A", "BUTTON", "LABEL", "OPTION", "SUMMARY"})
_DRAWINGS = frozenset({"svg", "CANVAS"})
_FRAMES = frozenset({"BODY", "HTML", "FORM"})
_FRAME_IDS = frozenset({"wrap", "area", "query"})


def is_field(node: Node) -> bool:
    """Whether text is entered into an element."""
    return node.tag.partition("_")[0] in _FIELDS and node.tag not in _NO_FIELDS


def list_of(node: Node) -> Node | None:
    """The list of options that an element is or belongs to."""
    return next((each for each in node.ancestors if each.tag == "SELECT"), None)


def item_of(menu: Node) -> Key:
    """The item that opens a menu, which lies beside it."""
    assert menu.parent is not None
    beside = (node for node in menu.parent.elements if node is not menu)
    return next(beside, menu.parent).key


def is_drawing(node: Node) -> bool:
    """Whether it matters where in an element one clicks."""
    return node.tag in _DRAWINGS


def is_frame(node: Node) -> bool:
    """Whether an element is the page or the task's area, or goes around all of it."""
    return node.tag in _FRAMES or node.id in _FRAME_IDS


def in_control(node: Node) -> bool:
    """Whether an element is a link, a button, a label or an option, or a part of one."""
    return any(each.tag in _CONTROLS for each in node.ancestors)


def meant_by(node: Node) -> Key:
    """The link, button or control that a click on an element is one on; else the element."""
    for each in node.ancestors:
        if each.tag in ("A", "BUTTON"):
            return each.key
    controls = [each for each in node.elements if each.tag in _NO_FIELDS]
    return controls[0].key if node.tag == "LABEL" and len(controls) == 1 else node.key


def holds_others(node: Node) -> bool:
    """Whether an element is there for what it holds, so that a click on it means nothing."""
    if is_frame(node):
        return True
    if in_control(node):
        return False
    return node.tag == "P" or (bool(node.elements) and not node.own_text)
