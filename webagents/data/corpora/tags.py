"""How an element's tag is written: as the text view of an observation has it.

The words here are those of `browsers/js/agent.js`, which writes the observations.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

LONGEST_VALUE = 1000
"""How long an attribute's value may be, in characters; one that is longer is left out."""

_WORDS = """
kept: id class role type name for href src alt title placeholder label contenteditable draggable
    min max step maxlength multiple readonly required tabindex colspan rowspan target accept pattern
void: area br col embed hr img input source track wbr
labelled: button input meter output progress select textarea
unseen: script style template noscript head meta link title base frameset
shapes: path circle rect line polygon polyline ellipse defs use symbol lineargradient radialgradient
    filter mask clippath marker pattern metadata animate animatetransform
preformatted: pre textarea listing xmp plaintext
stateful: input textarea select option details dialog
"""


def _words(name: str) -> frozenset[str]:
    found = re.search(rf"^{name}: (.*(?:\n    .*)*)", _WORDS, re.MULTILINE)
    return frozenset(found[1].split() if found else ())


KEPT = _words("kept")
VOID = _words("void")
LABELLED = _words("labelled")
"""What a label can be of. Source: HTML Standard, 4.10.2, labelable elements."""

LOST = _words("unseen") | _words("shapes")
"""The elements left out with all in them: what observations leave out, and of drawings all but
their words."""

_PREFORMATTED = _words("preformatted")
_STATEFUL = _words("stateful")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")
_SPACE = re.compile(r"\s+")
_TRACKING = re.compile(r"([?&])(?:utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|_hs\w+)=[^&#]*&?", re.I)

Element = Any


class Tag(NamedTuple):
    """What is known of the elements of a name.

    written: whether they are; otherwise what is in them is, as if they were not there.
    """

    written: bool
    begin: str
    end: str
    void: bool
    preformatted: bool
    labelled: bool
    stateful: bool


def tag_of(name: str) -> Tag:
    """What is known of a name; a group of a drawing, and a name that is none, is not written."""
    return Tag(
        written=_NAME.fullmatch(name) is not None and name != "g",
        begin=f"<{name}",
        end="" if name in VOID else f"</{name}>",
        void=name in VOID,
        preformatted=name in _PREFORMATTED,
        labelled=name in LABELLED,
        stateful=name in _STATEFUL,
    )


def attribute(name: str, value: str) -> str:
    """An attribute as it is written: kept, without its value, or not at all."""
    if name not in KEPT and not name.startswith("aria-"):
        return ""
    if value.startswith(("data:", "DATA:")):
        return f' {name}="data:"'
    return _attribute(name, value) if len(value) <= LONGEST_VALUE else ""


@lru_cache(maxsize=2**14)  # pages repeat themselves, and the values are short here
def _attribute(name: str, value: str) -> str:
    # Of some attributes without a value the parser makes their name the value.
    if not value or (value == name and name in ("multiple", "readonly")):
        return f" {name}"
    if "=" in value and name in ("href", "src"):
        value = _TRACKING.sub(r"\1", value).rstrip("?&")
    return f" {name}={quoted(value)}"


def state_of(element: Element, name: str, stateful: bool) -> str:
    """The attributes that tell an element's state, as it is when a page has just been loaded."""
    value = element.get("value")
    if value is not None and len(value) > LONGEST_VALUE:
        value = ""
    disabled = " disabled" if element.get("disabled") is not None else ""
    if not stateful:
        return ("" if value is None else f" value={quoted(value)}") + disabled
    if name == "textarea":
        return f" value={quoted((element.text or '')[:LONGEST_VALUE])}{disabled}"
    if name == "select":
        return f" value={quoted(_chosen(element))}{disabled}"
    if name in ("details", "dialog"):
        return " open" if element.get("open") is not None else ""
    mark = "selected" if name == "option" else "checked"
    marked = f" {mark}" if element.get(mark) is not None or _by_default(element, name) else ""
    if name == "input" and (element.get("type") or "").lower() not in ("checkbox", "radio"):
        value, marked = value or "", ""
    return ("" if value is None else f" value={quoted(value)}") + marked + disabled


def unseen(element: Element, name: str) -> bool:
    """Whether an element that is not in `LOST` is left out too: hidden fields, tracking pixels."""
    if name == "input":
        return (element.get("type") or "").lower() == "hidden"
    if name == "img":
        return element.get("width") in ("0", "1") and element.get("height") in ("0", "1")
    return False


def escaped(text: str) -> str:
    """A text as it is written between tags."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text


def quoted(value: str) -> str:
    """A value as it is written in a tag."""
    value = escaped(value)
    if '"' in value:
        value = value.replace('"', "&quot;")
    return f'"{value if _single_spaces(value) else _SPACE.sub(" ", value)}"'


def folded(text: str) -> str:
    """A text with each run of white space as one space."""
    if text.isspace():
        return " "
    return text if _single_spaces(text) else _SPACE.sub(" ", text)


def _single_spaces(text: str) -> bool:
    """Whether there is no white space but single spaces; quicker to tell than to fold."""
    return text.isprintable() and "  " not in text


def _by_default(option: Element, name: str) -> bool:
    """Whether an element is the option that is selected because it is the first of its list."""
    select = next(option.iterancestors("select"), None) if name == "option" else None
    return (
        select is not None
        and select.get("multiple") is None
        and next(select.iter("option")) is option
        and all(each.get("selected") is None for each in select.iter("option"))
    )


def _chosen(select: Element) -> str:
    """The value of a list's selected option, or of the first one where one has to be."""
    options = list(select.iter("option"))
    selected = [option for option in options if option.get("selected") is not None]
    single = select.get("multiple") is None
    if selected:
        option = selected[-1 if single else 0]
    elif options and single:
        option = options[0]
    else:
        return ""
    value = option.get("value")
    text: str = " ".join("".join(option.itertext()).split()) if value is None else value
    return text[:LONGEST_VALUE]
