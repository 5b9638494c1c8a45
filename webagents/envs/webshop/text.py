"""WebShop as text: the original's environment, answer for answer, without its web server."""

from __future__ import annotations

import random
import string
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, NamedTuple, SupportsIndex

from webagents.envs.webshop.catalogue.draws import drawn_prices
from webagents.envs.webshop.catalogue.loading import products_by_asin
from webagents.envs.webshop.original import actions
from webagents.envs.webshop.original.assignment import Assignment, numbered
from webagents.envs.webshop.original.page import Page
from webagents.envs.webshop.original.pages import Product
from webagents.envs.webshop.original.sessions import Session, Sessions
from webagents.envs.webshop.original.storefront import Score, Search, Storefront, by_query
from webagents.envs.webshop.reward import Reward, score
from webagents.envs.webshop.search import SearchEngine
from webagents.envs.webshop.shop import open_shop
from webagents.errors import ActionError, UserError, clipped

Mode = Literal["html", "text", "text_rich", "url"]

_BETWEEN = " [SEP] "


class Outcome(NamedTuple):
    """What a step gave.

    observation: in the environment's mode, with the history asked for.
    reward: in [0, 1]; other than 0 only for a purchase.
    done: whether this step was a purchase.
    error: why nothing was done; "" when something was.
    """

    observation: str
    reward: float
    done: bool
    error: str


class TextShop:
    """A shop to be searched and clicked through by ``search[words]`` and ``click[name]``.

    It answers as the original's `WebAgentTextEnv` does: the same observations byte for byte, the
    same state after the same actions. It differs where that one fails or leaks. Actions on which
    the original raises, or which it ignores, are told in the outcome's `error` (after one on which
    it raises, the page stays, and the session is left as the original leaves it); numpy's integers
    name goals as Python's do; chance comes from `seed` alone; and of the sessions only the last
    10,000 are remembered.

    products: the original's products or rows of its products file, as a list or by asin; None is
        the bundled shop, whose goals, prices and search then stand in for those not given.
    goals: the original's goals, as a list or by number. One alone is every session's.
    search: takes the query, gives asins or (asin, score) pairs, best first; at most 50 count.
        None searches `products`.
    prices: dollars by asin; None draws them as the original does after ``random.seed(0)``.
    score: gives a purchase's reward (see `webagents.envs.webshop.reward.score`).
    show_attrs: whether items have the button to their attributes.
    session_prefix: stands before every session's name.
    num_prev_obs, num_prev_actions: how many observations and actions of before each observation
        of `step` begins with.
    observation_mode: the form that `reset` and `step` give; `observe` gives any.
    session: the first session (see `reset`).

    `goals` are those given, and `page` is the page shown.

    Raises:
        UserError: the mode is none, or there are products without goals.
    """

    def __init__(
        self,
        products: Mapping[str, Product] | Iterable[Mapping[str, Any]] | None = None,
        goals: Iterable[Mapping[str, Any]] | Mapping[Any, Any] | None = None,
        search: Search | None = None,
        *,
        prices: Mapping[str, float] | None = None,
        score: Score = score,
        show_attrs: bool = False,
        session_prefix: str | None = None,
        num_prev_obs: int = 0,
        num_prev_actions: int = 0,
        observation_mode: Mode = "text",
        base_url: str = "http://127.0.0.1:3000",
        session: SupportsIndex | str | None = None,
        seed: int = 0,
    ) -> None:
        if observation_mode not in _FORMS:
            raise UserError(_no_mode(observation_mode))
        if products is None:
            shop = open_shop()
            products = shop.products
            goals = shop.goals if goals is None else goals
            prices = shop.prices if prices is None else prices
            search = shop.search if search is None else search
        if goals is None:
            raise UserError("products were given without goals; give goals= as well")
        by_asin = products_by_asin(products)
        if search is None:
            search = SearchEngine(list(by_asin.values())).search
        goals = self.goals = numbered(goals)
        self._random = random.Random(seed)
        self._goals = Assignment(goals, self._random)
        self._storefront = Storefront(
            by_asin,
            search=by_query(search),
            prices=drawn_prices(by_asin.values()) if prices is None else prices,
            score=score,
            base=base_url,
            attributes=show_attrs,
            rng=self._random,
        )
        self._sessions = Sessions()
        self._prefix = session_prefix or ""
        self._mode: Mode = observation_mode
        self._num_prev_obs, self._num_prev_actions = num_prev_obs, num_prev_actions
        self._prev_obs: deque[str] = deque(maxlen=num_prev_obs)
        self._prev_actions: deque[str] = deque(maxlen=num_prev_actions)
        self.reset(session)

    def reset(self, session: SupportsIndex | str | None = None) -> str:
        """The first observation of a session, of the goal with its number if it is an integer.

        A text names a session with a goal drawn by weight, None one with a name by chance. A
        session that is known by its name keeps its goal, and stays done.

        Raises:
            UserError: there is no goal of the number.
        """
        number: int | None = None
        if session is None:
            name = "".join(self._random.choices(string.ascii_lowercase, k=10))
        elif isinstance(session, str):
            name = session
        else:
            number = session.__index__()
            name = str(session)
        self._session = self._sessions.open(
            self._prefix + name,
            self._goals.drawn if number is None else lambda: self._goals.numbered(number),
        )
        self.page = self._storefront.start(self._session)
        first = self.observe()
        self._prev_obs.clear()
        self._prev_actions.clear()
        self._prev_obs.append(first)
        return first

    def step(self, action: str) -> Outcome:
        """Does what the action says, and shows where it led.

        ``search[…]`` is taken on every page, ``click[…]`` for `available_actions`; the name is
        lower case, what is in brackets in any.
        """
        try:
            reward, done = self._act(action)
            error = ""
        except _Ignored as why:
            reward, done, error = 0, False, str(why)
        except ActionError as why:
            return Outcome(self._with_history(self.observe()), 0, False, str(why))
        self._prev_actions.append(action if isinstance(action, str) else str(action))
        now = self.observe()
        shown = self._with_history(now)
        self._prev_obs.append(now)
        return Outcome(shown, reward, done, error)

    def observe(self, mode: Mode | None = None) -> str:
        """The page as it is now, without history. mode: None is the environment's own.

        Raises:
            UserError: there is no such mode.
        """
        form = _FORMS.get(self._mode if mode is None else mode)
        if form is None:
            raise UserError(_no_mode(mode))
        return form(self.page, self._session)

    def available_actions(self) -> dict[str, Any]:
        """``has_search_bar``, and ``clickables``: what can be clicked, in the page's order.

        "search" is among them on the search page, as in the original, but does nothing clicked.
        """
        return {
            "has_search_bar": self.page.search_bar,
            "clickables": list(self.page.clickables),
        }

    @property
    def session(self) -> dict[str, Any]:
        """What the session did: keywords, page, asin, asins, options, actions, done."""
        return self._session.record()

    @property
    def session_id(self) -> str:
        """The session's name, prefix included."""
        return self._session.name

    @property
    def goal(self) -> Mapping[str, Any]:
        """The session's goal, as the original holds it."""
        return self._session.goal

    @property
    def instruction(self) -> str:
        """What is to be bought, in words."""
        return self._session.instruction

    @property
    def url(self) -> str:
        """What the address bar shows."""
        return self.page.url

    @property
    def score(self) -> Reward | None:
        """What the session's last purchase was worth, component by component; None before one."""
        return self._session.score

    def _act(self, action: str) -> tuple[float, bool]:
        """Goes where the action leads: the reward, and whether something was bought."""
        try:
            deed = actions.read(action)
        except ActionError as why:
            raise _Ignored(str(why)) from why
        if deed.name == "search":
            self.page = self._storefront.search(self._session, deed.argument.split(" "))
            return 0.0, False
        what = self.page.clickables.get(deed.argument)
        if what is None or deed.argument == "search":
            raise _Ignored(_no_click(deed.argument, self.page))
        self.page = self._storefront.click(self._session, self.page, deed.argument, what)
        if deed.argument != "buy now":
            return 0.0, False
        assert self._session.reward is not None
        return self._session.reward, True

    def _with_history(self, now: str) -> str:
        """The observation after what was done and seen before it, oldest first."""
        shown = [now]
        for back in range(1, 1 + max(self._num_prev_obs, self._num_prev_actions)):
            if len(self._prev_actions) >= back:
                shown.append(self._prev_actions[-back])
            if len(self._prev_obs) >= back:
                shown.append(self._prev_obs[-back])
        return _BETWEEN.join(reversed(shown))


class _Ignored(ActionError):
    """An action that the original takes, and does nothing for."""


def _no_mode(mode: object) -> str:
    return f"no observation mode {clipped(mode)}; the modes are {', '.join(_FORMS)}"


def _no_click(name: str, page: Page) -> str:
    there = ", ".join(clickable for clickable in page.clickables if clickable != "search")
    if not there:
        return f"nothing can be clicked here, not {clipped(name)}; search[words] is taken"
    return f"{clipped(name)} cannot be clicked here; what can is {there}"


_FORMS: dict[str, Callable[[Page, Session], str]] = {
    "html": lambda page, _: page.html(),
    "text": lambda page, _: page.text(),
    "text_rich": lambda page, session: page.text_rich(session.asins),
    "url": lambda page, _: page.url,
}
