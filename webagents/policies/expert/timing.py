"""Buttons to be pressed at the right moment."""

from __future__ import annotations

import re

from webagents.actions import parse
from webagents.errors import ActionError
from webagents.html import text_of
from webagents.policies.expert.sight import Experts, Sight, click, wait

_DELAY = re.compile(r"Click button (\w+), wait (\d+) seconds?, then click button (\w+)")
_ACTION_MS = 200  # page time that an action other than a wait takes, by default
_LIMIT = re.compile(r"less than \$(\d+\.?\d*)")
_TICK_MS = 100
_MOST_A_TICK = 1.5  # dollars. Source: miniwob 1.1.0, stock-market.html, generatePrices


def delayed(sight: Sight) -> str:
    """Clicks one button, waits as long as asked, and clicks the other."""
    asked = _DELAY.search(sight.instruction)
    if asked is None:
        return wait()
    first, seconds, second = asked.groups()
    opening = click(sight.button(first))
    if not sight.did(opening):
        return opening
    left = int(seconds) * 1000 - _time_since(sight, opening)
    return wait(left) if left > 0 else click(sight.button(second))


def _time_since(sight: Sight, action: str) -> int:
    """Page time since an action was last done, milliseconds."""
    began = max(at for at, done in enumerate(sight.done) if done == action)
    return sum(map(_duration, sight.done[began:]))


def _duration(done: str) -> int:
    try:
        action = parse(done)
    except ActionError:
        return _ACTION_MS
    waited = int(float(str(action.arguments.get("wait_ms", 0))))
    return waited or _ACTION_MS


def cheap_stock(sight: Sight) -> str:
    """Buys as soon as the price is as low as asked; waits while it cannot be yet."""
    asked = _LIMIT.search(sight.instruction)
    shown = sight.find(id="stock-price")
    if asked is None or shown is None:
        return wait()
    price = re.fullmatch(r"\$(\d+\.?\d*)", text_of(shown))
    if price is None:
        return wait(_TICK_MS)
    above = float(price.group(1)) - float(asked.group(1))
    if above <= 0:  # MiniWoB takes the price itself as well
        return click(sight.button("Buy"))
    return wait(_TICK_MS * max(1, int(above / _MOST_A_TICK)))


EXPERTS: Experts = {
    "miniwob.button-delay": delayed,
    "miniwob.stock-market": cheap_stock,
}
