"""Tabs, sections and trees that hide what is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from webagents.html import Element, find, text_of
from webagents.policies.expert.sight import Experts, Sight, click, wait

_TAB = re.compile(r"Tab #(\d+)")


def tab_named(sight: Sight) -> str:
    """Clicks the tab the instruction names."""
    found = _TAB.search(sight.instruction)
    return click(sight.find("a", text=found.group(0)) if found else None)


def section_opened(sight: Sight) -> str:
    """Opens the one section, then submits."""
    section = sight.find("h3", role="tab")
    if section is None or section.get("aria-expanded") == "true":
        return click(sight.button("Submit"))
    return click(section)


def link_in_tabs(sight: Sight) -> str:
    """Opens tab after tab until the quoted link shows, and clicks it."""
    tabs = sight.all("li", role="tab")
    return _link_or_next(sight, [find(tab, "a") for tab in tabs if not _open(tab)])


def link_in_sections(sight: Sight) -> str:
    """Opens section after section until the quoted link shows, and clicks it."""
    return _link_or_next(sight, [h for h in sight.all("h3", role="tab") if not _open(h)])


def _open(fold: Element) -> bool:
    return bool(fold.get("aria-expanded") == "true")


def _link_or_next(sight: Sight, handles: Iterable[Element | None]) -> str:
    for link in sight.all(class_="alink"):
        if text_of(link) == sight.named:
            return click(link)
    openings = [click(handle) for handle in handles if handle is not None]
    # Any order; what was looked into comes last, the latest at the very end.
    openings = sight.shuffled(openings, key=str)
    return min(openings, key=lambda opening: _last_done(sight, opening), default=wait())


def _last_done(sight: Sight, action: str) -> int:
    return max((n for n, done in enumerate(sight.done) if done == action), default=-1)


def leaf_in_tree(sight: Sight) -> str:
    """Opens folder after folder until what is quoted shows, file or folder, and clicks it."""
    names = [*sight.all("span", class_="folder"), *sight.all("span", class_="file")]
    for name in names:
        if text_of(name) == sight.named:
            return click(name)
    for folder in sight.shuffled(sight.all("li", class_="expandable")):
        plus = find(folder, "div", class_="hitarea")
        return click(sight.either("name or plus", find(folder, "span"), plus))
    return wait()


EXPERTS: Experts = {
    "miniwob.click-collapsible": section_opened,
    "miniwob.click-collapsible-nodelay": section_opened,
    "miniwob.click-collapsible-2": link_in_sections,
    "miniwob.click-collapsible-2-nodelay": link_in_sections,
    "miniwob.click-tab": tab_named,
    "miniwob.click-tab-2": link_in_tabs,
    "miniwob.click-tab-2-easy": link_in_tabs,
    "miniwob.click-tab-2-hard": link_in_tabs,
    "miniwob.click-tab-2-medium": link_in_tabs,
    "miniwob.navigate-tree": leaf_in_tree,
}
