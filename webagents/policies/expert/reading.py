"""Answers read off the page, or worked out from what it says, and typed."""

from __future__ import annotations

import re

from webagents.html import Element, find_all, text_of
from webagents.policies.expert.sight import Experts, Sight, wait
from webagents.policies.expert.typing import answered, enter

_SUM = re.compile(r"(\d+) ([-+x]) (\d+) =")
_EQUATION = re.compile(r"(x|\d+) ([-+]) (x|\d+) = (-?\d+)")
_KEY = re.compile(r"Enter the value of (.+) into the text field")


def ranked_word(sight: Sight) -> str:
    """Types the paragraph's word of the instruction's ordinal, without punctuation."""
    paragraph = sight.find("p")
    words = [] if paragraph is None else text_of(paragraph).split()
    if sight.rank > len(words):
        return wait()
    return answered(sight, re.sub(r"\W", "", words[sight.rank - 1]))


def table_value(sight: Sight) -> str:
    """Types what a table has for the key the instruction names."""
    found = _KEY.search(sight.instruction)
    value = _table(sight).get(found.group(1)) if found else None
    return wait() if value is None else answered(sight, value)


def table_values(sight: Sight) -> str:
    """Types what a table has for each field's label."""
    table = _table(sight)
    asked: list[tuple[Element | None, str]] = []
    for label in sight.all("label"):
        field = next(find_all(label.getparent(), "input"), None)
        value = table.get(text_of(label).rstrip(":"))
        if value is not None:
            asked.append((field, value))
    return enter(sight, asked, sight.button("Submit")) if asked else wait()


def _table(sight: Sight) -> dict[str, str]:
    rows = [[text_of(cell) for cell in find_all(row, "td")] for row in sight.all("tr")]
    return {row[0]: row[1] for row in rows if len(row) == 2}


def captcha(sight: Sight) -> str:
    """Types the slanted text."""
    shown = sight.find(id="captcha")
    return wait() if shown is None else answered(sight, text_of(shown))


def calculated(sight: Sight) -> str:
    """Types a sum's, a difference's or a product's value."""
    found = _SUM.search(_problem(sight))
    if found is None:
        return wait()
    left, right = int(found.group(1)), int(found.group(3))
    results = {"+": left + right, "-": left - right, "x": left * right}
    return answered(sight, str(results[found.group(2)]))


def solved(sight: Sight) -> str:
    """Types the x that solves ``x - 3 = 21`` or ``3 - x = 21``."""
    found = _EQUATION.search(_problem(sight))
    if found is None:
        return wait()
    left, sign, right, result = found.groups()
    if left != "x":  # 3 + x = 21: what x comes to, and for 3 - x, the other way round
        x = int(result) - int(left) if sign == "+" else int(left) - int(result)
    else:
        x = int(result) - int(right) if sign == "+" else int(result) + int(right)
    return answered(sight, str(x))


def _problem(sight: Sight) -> str:
    problem = sight.find(id="math-problem")
    return "" if problem is None else text_of(problem)


def copied(sight: Sight) -> str:
    """Types the text of the text area of the instruction's ordinal into the text field."""
    areas = sight.all("textarea")
    if sight.rank > len(areas):
        return wait()
    return answered(sight, areas[sight.rank - 1].get("value") or "")


EXPERTS: Experts = {
    "miniwob.copy-paste": copied,
    "miniwob.copy-paste-2": copied,
    "miniwob.find-word": ranked_word,
    "miniwob.read-table": table_value,
    "miniwob.read-table-2": table_values,
    "miniwob.simple-algebra": solved,
    "miniwob.simple-arithmetic": calculated,
    "miniwob.text-transform": captcha,
}
