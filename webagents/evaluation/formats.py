"""Numbers and names as people read them, in the page and on the terminal."""

from __future__ import annotations

import math

from markupsafe import Markup

from webagents.evaluation.measures import Estimate


def percent(rate: float) -> str:
    """A rate: no "100%" for less than all, no "0%" for more than none, "–" for nan."""
    if math.isnan(rate):
        return "–"
    text = f"{rate:.1%}"
    if text == "100.0%":
        return "100%" if rate == 1 else ">99.9%"
    if text == "0.0%":
        return "0%" if rate == 0 else "<0.1%"
    return text


def rate(value: float | None) -> str:
    """A rate that may be unknown."""
    return "–" if value is None else percent(value)


def interval(estimate: Estimate) -> str:
    """A rate's interval."""
    return f"{percent(estimate.low)} – {percent(estimate.high)}"


def points(difference: float) -> str:
    """A difference of rates in percentage points, its sign always there, but for 0."""
    text = f"{100 * difference:+.1f}".replace("-", "−")
    return text[1:] if float(text[1:]) == 0 else text


def minus(value: float, digits: int = 2) -> str:
    """A number that may be below 0."""
    text = f"{value:.{digits}f}"
    return text.replace("-", "" if float(text) == 0 else "−")


def share(part: float) -> str:
    """A part of a whole, which may be below 0."""
    return f"{minus(100 * part, 1)}%"


def p_value(p: float) -> str:
    """The chance of a result by chance alone."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def number(value: float | None, digits: int = 1) -> str:
    """A number that may be unknown."""
    return "–" if value is None else f"{value:,.{digits}f}"


def count(number: int, noun: str) -> str:
    """So many of something."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def money(value: float | None) -> str:
    """A cost that may be unknown: two digits behind the point, more where it is below 1."""
    if value is None:
        return "–"
    if 0 < value < 1:
        return f"{value:.2g}" if value >= 0.0001 else "<0.0001"
    return f"{value:,.2f}"


def clip(text: str, limit: int = 600) -> str:
    """The beginning of a text that is too long, and how long it is."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text):,} characters)"


def breakable(name: str) -> Markup:
    """A name as HTML that may go on in the next line after each of its words."""
    return Markup("_<wbr>").join(name.split("_"))
