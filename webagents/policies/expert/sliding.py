"""Sliders set with the keyboard."""

from __future__ import annotations

import json
import re

from webagents import html
from webagents.html import Element, find_all, ref_of, text_of
from webagents.policies.expert.mouse import held, release
from webagents.policies.expert.sight import Experts, Sight, act, click, wait

_ONE = re.compile(r"Select (-?\d+) with the slider")
_SEVERAL = re.compile(r"combination (\[[-\d,]+\])")
_NEAR = 3  # steps of the arrow keys that are as quick as trying a larger one


def sliders(sight: Sight) -> str:
    """Moves each slider to its number, then submits."""
    one, several = _ONE.match(sight.instruction), _SEVERAL.search(sight.instruction)
    wanted = [int(one.group(1))] if one else json.loads(several.group(1)) if several else []
    shown = _shown(sight.page)
    handles = sight.all("span", class_="ui-slider-handle")
    if not wanted or not len(wanted) == len(shown) == len(handles):
        return wait()
    if held(sight):  # a handle would follow the pointer to the button
        return release()
    for n in sight.shuffled(range(len(wanted)), key=str):
        if shown[n] != wanted[n]:
            return _key(sight, n, handles[n], wanted[n] - shown[n])
    return click(sight.button("Submit"))


def _shown(page: Element) -> list[int]:
    """The sliders' numbers, in order."""
    outputs = [e for e in find_all(page, "div") if (e.get("id") or "").startswith("val")]
    return [int(text) for e in outputs if re.fullmatch(r"-?\d+", text := text_of(e))]


def _key(sight: Sight, nth: int, handle: Element, way: int) -> str:
    page = _page(sight, nth, ref_of(handle))
    if abs(way) <= _NEAR or (page and 2 * abs(way) <= page):
        upright = sight.find(class_="ui-slider-vertical") is not None
        up, down = ("ArrowUp", "ArrowDown") if upright else ("ArrowRight", "ArrowLeft")
    else:
        up, down = "PageUp", "PageDown"
    return act("press", ref=ref_of(handle), key=up if way > 0 else down)


def _page(sight: Sight, nth: int, ref: str) -> int:
    """By how much the page keys have moved this slider; 0 where they have not been tried."""
    steps = sight.episode.steps
    seen = [step.observation for step in steps] + [sight.episode.observation]
    pages = [act("press", ref=ref, key=key) for key in ("PageUp", "PageDown")]
    most = 0
    for step, before, after in zip(steps, seen, seen[1:], strict=False):
        if step.action in pages:
            then, now = (_shown(html.parse(view.html)) for view in (before, after))
            if len(then) == len(now) > nth:
                most = max(most, abs(now[nth] - then[nth]))
    return most


EXPERTS: Experts = {
    "miniwob.use-slider": sliders,
    "miniwob.use-slider-2": sliders,
}
