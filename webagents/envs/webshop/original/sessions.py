"""Sessions: who shops for what, and what was done so far."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from webagents.envs.webshop.original.links import Place
from webagents.envs.webshop.reward import Reward

REMEMBERED = 10_000


@dataclass(slots=True)
class Session:
    """One shopper's state, by the original's names.

    asins: the products opened since the session last started from the search page.
    actions: how often each thing was done since then.
    done: whether something was ever bought; it stays so when the id is used again.
    reward, score: of the last purchase; None before one.
    """

    name: str
    goal: Mapping[str, Any]
    done: bool = False
    keywords: list[str] | None = None
    page: int | None = None
    asin: str | None = None
    asins: set[str] = field(default_factory=set)
    options: dict[str, str] = field(default_factory=dict)
    actions: dict[str, int] = field(default_factory=dict)
    reward: float | None = None
    score: Reward | None = None

    @property
    def instruction(self) -> str:
        """What the shopper is asked to buy, in words."""
        return str(self.goal["instruction_text"])

    @property
    def place(self) -> Place:
        """Where the session is now."""
        return Place(self.name, self.keywords, self.page, self.asin, self.options)

    def start(self) -> None:
        """Forgets all but the goal and what was bought."""
        self.keywords = self.page = self.asin = None
        self.asins, self.options, self.actions = set(), {}, {}

    def count(self, action: str) -> None:
        """Adds one to how often `action` was done."""
        self.actions[action] = self.actions.get(action, 0) + 1

    def record(self) -> dict[str, Any]:
        """The state as plain values: keywords, page, asin, asins, options, actions and done."""
        return {
            "keywords": self.keywords and list(self.keywords),
            "page": self.page,
            "asin": self.asin,
            "asins": sorted(self.asins),
            "options": dict(self.options),
            "actions": dict(self.actions),
            "done": self.done,
        }


class Sessions:
    """The sessions used last, by name.

    The original keeps every one for ever. Here the oldest beyond `limit` are forgotten, which shows
    only when such a name is used again: it is new then.
    """

    def __init__(self, limit: int = REMEMBERED) -> None:
        self._limit = limit
        self._known: OrderedDict[str, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def open(self, name: str, goal: Callable[[], Mapping[str, Any]]) -> Session:
        """The session of the name; a new one with the goal that `goal` draws if it is unknown."""
        session = self._known.get(name)
        if session is None:
            session = self._known[name] = Session(name, goal())
        self._known.move_to_end(name)
        while len(self._known) > self._limit:
            self._known.popitem(last=False)
        return session
