"""The rule of the WebShop paper: search the instruction as it is, take the first result, buy it.

Source: Yao et al. 2022, WebShop, section 5 (the baseline "Rule").
"""

from __future__ import annotations

from collections.abc import Sequence

from webagents.actions import Action
from webagents.policies.shop.pages import page_of
from webagents.types import Decision, Episode


class RulePolicy:
    """Searches the instruction in lower case, opens the first result, chooses nothing, buys."""

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The rule's next actions."""
        return [Decision(action=rule(episode)) for episode in episodes]


def rule(episode: Episode) -> str:
    """The rule's next action; a short wait where there is nothing to press."""
    page = page_of(episode.observation)
    wanted = episode.observation.instruction.lower()
    match page.kind:
        case "index" if page.typed.split() != wanted.split():  # pages fold white space
            return Action(name="fill", arguments={"ref": page.field, "text": wanted}).text
        case "index":
            return Action(name="press", arguments={"ref": page.field, "key": "Enter"}).text
        case "results" if page.cards:
            return click(page.cards[0].ref)
        case "item" if "buy now" in page.links:
            return click(page.links["buy now"])
    return Action(name="noop", arguments={"wait_ms": 500}).text


def click(ref: str) -> str:
    """A click on the element of that ref."""
    return Action(name="click", arguments={"ref": ref}).text
