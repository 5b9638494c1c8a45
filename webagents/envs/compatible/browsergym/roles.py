"""The accessible role, name, value and states of an element, as far as its html tells.

Source: W3C HTML Accessibility API Mappings 1.0 and Accessible Name and Description Computation 1.2;
roles that ARIA has no word for carry Chromium's (LabelText, StaticText).
"""

from __future__ import annotations

from webagents.html import Element, text_of

_SHAPES = ("circle", "ellipse", "line", "path", "polygon", "polyline", "rect")
_ROLES = {
    **dict.fromkeys(_SHAPES, "graphics-symbol"),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    "article": "article", "aside": "complementary", "blockquote": "blockquote",
    "br": "LineBreak", "button": "button", "canvas": "Canvas", "caption": "caption",
    "code": "code", "dd": "definition", "details": "Details", "dialog": "dialog",
    "dl": "DescriptionList", "dt": "term", "em": "emphasis", "fieldset": "group",
    "figure": "figure", "footer": "contentinfo", "header": "banner", "hr": "separator",
    "iframe": "Iframe", "img": "image", "label": "LabelText", "legend": "Legend",
    "li": "listitem", "main": "main", "mark": "mark", "meter": "meter", "nav": "navigation",
    "ol": "list", "optgroup": "group", "option": "option", "output": "status",
    "p": "paragraph", "progress": "progressbar", "strong": "strong",
    "svg": "SvgRoot",
    "summary": "DisclosureTriangle", "table": "table", "tbody": "rowgroup", "td": "cell",
    "textarea": "textbox", "tfoot": "rowgroup", "th": "columnheader", "thead": "rowgroup",
    "tr": "row", "ul": "list", "video": "Video",
}  # fmt: skip
_INPUTS = {
    **dict.fromkeys(("button", "submit", "reset", "image", "file"), "button"),
    "checkbox": "checkbox", "color": "ColorWell", "date": "Date", "datetime-local": "DateTime",
    "number": "spinbutton", "radio": "radio", "range": "slider", "search": "searchbox",
    "time": "InputTime", "month": "Date", "week": "Date",
}  # fmt: skip
_NAMED_BY_CONTENT = frozenset(
    (
        *("button", "cell", "checkbox", "columnheader", "gridcell", "heading", "link", "menuitem"),
        *("option", "radio", "rowheader", "switch", "tab", "tooltip", "treeitem"),
        "DisclosureTriangle",
    )
)
_BUTTONS = {"submit": "Submit", "reset": "Reset", "button": "", "image": "Submit", "file": ""}
_NO_NAME = frozenset(("generic", "none", "paragraph", "LabelText", "strong"))
_CONTROLS = frozenset(("button", "input", "meter", "output", "progress", "select", "textarea"))


def role_of(element: Element) -> str:
    """The element's role, ``generic`` where it has none."""
    given = [*(element.get("role") or "").split(), ""][0]
    plain = given in ("none", "presentation")
    if given and not (plain and _focusable(element)):  # what can be focused keeps its own role
        return "none" if plain else given
    tag = str(element.tag).removeprefix("framed-")
    if tag == "a":
        return "link" if element.get("href") is not None else "generic"
    if tag == "input":
        return _INPUTS.get(element.get("type", "text"), "textbox")
    if tag == "select":
        return "listbox" if "multiple" in element.attrib else "combobox"
    if tag in ("form", "section"):
        named = element.get("aria-label") or element.get("aria-labelledby")
        return {"form": "form", "section": "region"}[tag] if named else "generic"
    if tag == "th" and any(each.tag == "td" for each in element.itersiblings()):
        return "rowheader"
    return _ROLES.get(tag, "generic")


def name_of(element: Element, root: Element) -> str:
    """The element's accessible name, "" where it has none.

    root: the page, where its labels are.
    """
    role = role_of(element)
    if referred := (element.get("aria-labelledby") or "").split():
        found = [root.xpath("descendant-or-self::*[@id=$id]", id=each) for each in referred]
        if words := " ".join(text_of(each[0]) for each in found if each):
            return words
    if label := " ".join((element.get("aria-label") or "").split()):
        return label
    tag = element.tag
    if tag == "input" and element.get("type") in _BUTTONS:
        return str(element.get("value") or _BUTTONS[element.get("type")] or element.get("alt", ""))
    if tag in _CONTROLS and (words := _labels(element, root)):
        return words
    if tag == "img" and element.get("alt"):
        return str(element.get("alt"))
    if role in _NAMED_BY_CONTENT and (words := _content(element)):
        return words
    if role in _NO_NAME:
        return ""
    return str(element.get("title") or element.get("placeholder") or "")


def value_of(element: Element) -> str:
    """What a field holds; "" for what is no field, or an empty one."""
    tag, kind = element.tag, element.get("type", "text")
    if tag in ("select", "textarea"):
        chosen = element.xpath(".//option[@selected]") if tag == "select" else []
        return text_of(chosen[0]) if chosen else str(element.get("value", ""))
    if tag == "input" and kind not in _BUTTONS and kind not in ("checkbox", "radio"):
        return str(element.get("value", ""))
    return ""


def properties_of(element: Element) -> dict[str, object]:
    """The states that the html tells, by the names that Chromium's tree has for them."""
    told: dict[str, object] = {}
    role, attributes = role_of(element), element.attrib
    if element.get("disabled") is not None or element.get("aria-disabled") == "true":
        told["disabled"] = True
    if "focused" in attributes:
        told["focused"] = True
    if role == "heading":
        tag = str(element.tag)
        told["level"] = int(tag[1]) if tag[1:].isdigit() else element.get("aria-level", "2")
    if role in ("checkbox", "radio", "switch", "menuitemcheckbox", "menuitemradio"):
        checked = "checked" in attributes or element.get("aria-checked") == "true"
        told["checked"] = "true" if checked else "false"
    if role in ("option", "tab", "row", "gridcell", "treeitem"):
        selected = "selected" in attributes or element.get("aria-selected") == "true"
        if role == "option" or selected:
            told["selected"] = selected
    if role == "combobox":
        told["hasPopup"] = "menu"
        told["expanded"] = element.get("aria-expanded") == "true"
    elif element.get("aria-expanded") is not None:
        told["expanded"] = element.get("aria-expanded") == "true"
    for name in ("required", "readonly"):
        if name in attributes:
            told[name] = True
    return told


def redundant(label: Element, root: Element) -> bool:
    """Whether a label says no more than the name of its checkbox or radio button has."""
    if label.tag != "label":
        return False
    controls = label.xpath("descendant::input")
    if id_ := label.get("for"):
        controls = root.xpath("descendant::input[@id=$id]", id=id_)
    return any(each.get("type") in ("checkbox", "radio") for each in controls)


def _focusable(element: Element) -> bool:
    """Whether the keyboard's focus can go there."""
    if element.get("tabindex") is not None or element.tag in _CONTROLS:
        return True
    return element.tag == "a" and element.get("href") is not None


def _labels(element: Element, root: Element) -> str:
    """The words of the labels that belong to a control."""
    found = list(element.iterancestors("label"))
    if id_ := element.get("id"):
        found += root.xpath("descendant::label[@for=$id]", id=id_)
    return " ".join(words for words in map(text_of, found) if words)


def _content(element: Element) -> str:
    """The words in it, pictures and fields told by theirs."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            inner = child.get("aria-label") or child.get("alt") or _content(child)
            parts.append(inner)
        parts.append(child.tail or "")
    return " ".join(" ".join(parts).split())
