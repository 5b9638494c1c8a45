"""Tabs and sections that hide what is looked for."""

from __future__ import annotations

import re

from webagents.html import Element, find, ref_of, text_of
from webagents.policies.expert.sight import Experts, Sight, act, click, wait

_TAB = re.compile(r"Tab #(\d+)")


def tab_named(sight: Sight) -> str:
    """Clicks the tab the instruction names."""
    found = _TAB.search(sight.instruction)
    return click(sight.find("a", text=found.group(0)) if found else None)


def link_in_tabs(sight: Sight) -> str:
    """Opens tab after tab until the quoted link shows, and clicks it."""
    return _link_or_next(sight, list(sight.all("li", role="tab")))


def link_in_sections(sight: Sight) -> str:
    """Opens section after section until the quoted link shows, and clicks it."""
    return _link_or_next(sight, list(sight.all("h3", role="tab")))


def _link_or_next(sight: Sight, folds: list[Element]) -> str:
    for link in sight.all(class_="alink"):
        if text_of(link) == sight.quoted[0]:
            return click(link)
    for fold in folds:
        handle = find(fold, "a") if fold.tag == "li" else fold
        if handle is None or fold.get("aria-expanded") == "true":
            continue
        opening = act("click", ref=ref_of(handle))
        if opening not in sight.done:
            return opening
    return wait()


EXPERTS: Experts = {
    "miniwob.click-collapsible-2": link_in_sections,
    "miniwob.click-tab": tab_named,
    "miniwob.click-tab-2": link_in_tabs,
}
