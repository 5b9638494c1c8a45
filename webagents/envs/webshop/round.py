"""One shopping trip as an episode: how its actions are read, and what its pages are worth."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import urlsplit

from webagents.actions import Action, parse
from webagents.browsers.base import View
from webagents.envs.task import Verdict
from webagents.envs.webshop.site.shopping import Shopping
from webagents.errors import ActionError, clipped
from webagents.types import TaskSpec
from webagents.webshop.elements import clickable
from webagents.webshop.visits import Visit, visit_at

DIALECTS = ("calls", "webgum", "webshop")


@dataclass(frozen=True, slots=True)
class ShopRound:
    """What holds for one shopper.

    first: where the shopper began; its goal is what counts, wherever the shopper goes.
    origin: the site's address.
    """

    shopping: Shopping
    first: Visit
    spec: TaskSpec
    origin: str

    def read(self, text: str, view: View) -> Action:
        """The action of a text; ``search[...]`` and ``click[...]`` as what does the same here.

        Raises:
            ActionError: the text holds none, or nothing on the page has that name.
        """
        action = parse(text, dialects=DIALECTS)
        if action.name == "search":
            query = str(action.arguments["query"]).lower()
            url = self.origin + self.first.results(query).address
            return Action(name="goto", arguments={"url": url})
        if action.name == "choose":
            name = str(action.arguments["value"]).lower()
            return Action(name="click", arguments={"ref": self._ref(name, view)})
        return action

    def judge(self, view: View) -> Verdict:
        """Done when the shopper has bought something."""
        goal = self.first.goal
        assert goal is not None
        visit = self._visit(view)
        bought = visit is not None and visit.kind == "done" and visit.session == self.first.session
        worth = self.shopping.worth(visit) if visit is not None and bought else None
        raw = 0.0 if worth is None else worth.total
        return Verdict(
            ready=True,
            done=worth is not None,
            raw=raw,
            original=raw,
            instruction=self.shopping.instruction(self.first),
            fields={},
            info={"goal": goal} if worth is None else {"goal": goal, "score": worth.verbose},
        )

    def _visit(self, view: View) -> Visit | None:
        parts = urlsplit(view.url)
        return visit_at(parts.path, parts.query)

    def _ref(self, name: str, view: View) -> str:
        visit = self._visit(view)
        if visit is None or not self.shopping.knows(visit):
            raise ActionError("click[...] names things of the shop, and this is none of its pages")
        named = clickable(self.shopping.page(visit).untouched[1])
        if name in named and name != "search":
            return str(named[name])
        close = get_close_matches(name, named, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        here = clipped(", ".join(named), 400)
        raise ActionError(f"nothing here is called {clipped(name)}{hint}; there is {here}")
