"""The shopping expert: searches, compares what it finds with what is asked for, and buys the best.

It knows what the episode has shown and nothing else, and decides anew at each step, so that it
goes on from wherever a page stands, also after mistakes. It opens what promises most, reads it as
long as reading may still change something, and buys once nothing unread promises more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from webagents.actions import Action
from webagents.policies.shop.judging import DETAILS, Judgement, judge, standards
from webagents.policies.shop.memory import Memory, recall
from webagents.policies.shop.rule import click
from webagents.policies.shop.wishes import Wish, queries, understand
from webagents.types import Decision, Episode

LAST_LOOKS = 34
"""After how many steps nothing more is looked at, so that enough are left to go back and buy."""
PAGES = 3
"""How many pages of results are read."""
PROMISING = 0.6
"""What has to be hoped of the best result for further pages not to be looked at."""

Judged = Mapping[str, Judgement]
"""Products by asin, judged."""


class ShopExpert:
    """Buys what is asked for, by rules, from the observations alone."""

    def __init__(self, variant: int = 0) -> None:
        """`variant`: which of the equally good ways is taken; odd ones press the search button."""
        self._variant = variant

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The expert's next actions."""
        return [Decision(action=shop(episode, self._variant)) for episode in episodes]


class Aim(NamedTuple):
    """What a shopper is about: a page of results, a product, its further page, or buying it."""

    kind: Literal["list", "open", "read", "buy"]
    asin: str = ""
    detail: str = ""
    query: str = ""
    number: int = 1


def shop(episode: Episode, variant: int = 0) -> str:
    """The next action's text.

    variant: see `ShopExpert`.
    """
    wish = understand(episode.observation.instruction)
    memory = recall(episode)
    by = standards(memory, wish)
    judged = {asin: judge(found, wish, by) for asin, found in memory.products.items()}
    aim = _aim(memory, wish, judged, len(episode.steps))
    action = _towards(aim, memory, judged, variant)
    if episode.steps:
        last = episode.steps[-1]
        if action == last.action and episode.observation.html == last.observation.html:
            return _press(memory, "buy now")  # it did nothing, and would do nothing again
    return action


def _aim(memory: Memory, wish: Wish, judged: Judged, steps: int) -> Aim:
    """What to do next."""
    asked = queries(wish)
    if not memory.products:
        unasked = (query for query in asked if (query, 1) not in memory.listed)
        return Aim("list", query=next(unasked, asked[0]))
    products = memory.products
    hopeful = max(products, key=lambda asin: (judged[asin].hope, -products[asin].rank))
    if steps < LAST_LOOKS:
        look = _further_page(memory, asked[0], judged[hopeful]) or _closer(memory, judged, hopeful)
        if look is not None:
            return look
    opened = [asin for asin, found in products.items() if found.item is not None]
    return Aim("buy", max(opened, key=lambda asin: judged[asin].score, default=hopeful))


def _further_page(memory: Memory, query: str, best: Judgement) -> Aim | None:
    """The next page of results, as long as nothing on those seen is promising."""
    total = memory.listed.get((query, 1), 0)
    for number in range(2, PAGES + 1):
        if (query, number) not in memory.listed:
            more = total > 10 * (number - 1) and best.hope < PROMISING
            return Aim("list", query=query, number=number) if more else None
    return None


def _closer(memory: Memory, judged: Judged, asin: str) -> Aim | None:
    """A closer look at a product; None when there is nothing more to see of it."""
    found, judgement = memory.products[asin], judged[asin]
    if found.item is None:
        return Aim("open", asin)
    if judgement.hope > judgement.score + 0.01:
        for detail in DETAILS:
            if detail not in found.details and detail in found.item.links:
                return Aim("read", asin, detail)
    return None


def _towards(aim: Aim, memory: Memory, judged: Judged, variant: int) -> str:
    """The next action on the way to an aim."""
    page, visit = memory.page, memory.visit
    if aim.kind != "list":
        if visit.asin == aim.asin and page.kind == "item":
            return _on_item(aim, memory, judged[aim.asin])
        if visit.asin == aim.asin:
            return _press(memory, "< prev")
        for card in page.cards:
            if card.asin == aim.asin:
                return click(card.ref)
        at = memory.products[aim.asin].at
        aim = Aim("list", query=at.query, number=at.page)
    if page.kind == "index":
        if page.typed.split() != aim.query.split():
            return Action(name="fill", arguments={"ref": page.field, "text": aim.query}).text
        if variant % 2:
            return _press(memory, "search")
        return Action(name="press", arguments={"ref": page.field, "key": "Enter"}).text
    if visit.query.split() != aim.query.split():
        return _press(memory, "back to search")
    if page.kind == "results" and visit.page < aim.number:
        return _press(memory, "next >")
    return _press(memory, "< prev")


def _on_item(aim: Aim, memory: Memory, judgement: Judgement) -> str:
    """What to do on the page of the product that it is about: read on, or choose and buy."""
    if aim.kind == "read":
        return _press(memory, aim.detail)
    wanted = {choice.group: choice.value for choice in judgement.choices}
    for group in memory.page.groups:
        meant = [value for value in group.values if value.text == wanted.get(group.name)]
        if meant and not any(value.chosen for value in meant):
            return click(meant[0].ref)
    return _press(memory, "buy now")


def _press(memory: Memory, label: str) -> str:
    """A click on the link or button of that label, or else on the way back to the search."""
    ref = memory.page.links.get(label) or memory.page.links.get("back to search")
    return click(ref) if ref else Action(name="noop", arguments={"wait_ms": 500}).text
