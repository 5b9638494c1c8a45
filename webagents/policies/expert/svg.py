"""What drawings are made of, as the visual view writes it."""

from __future__ import annotations

import re

from webagents.html import Element

_SHIFT = re.compile(r"translate\(\s*([-+.\de]+)[\s,]+([-+.\de]+)")


def number(element: Element, name: str) -> float:
    """An attribute such as ``cx="12.5"`` or ``r="22px"``; 0 where there is none."""
    return float((element.get(name) or "0").removesuffix("px"))


def shift(element: Element) -> tuple[float, float]:
    """How far right and down the element's transform moves it, pixels."""
    found = _SHIFT.search(element.get("transform") or "")
    return (float(found.group(1)), float(found.group(2))) if found else (0.0, 0.0)
