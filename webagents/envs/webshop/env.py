"""``webagents/webshop-text-v1``: the shop without a browser, with the original's observations."""

from __future__ import annotations

from typing import Any, get_args
from urllib.parse import urlsplit

from gymnasium import spaces

from webagents.envs.spaces import Unicode
from webagents.envs.web_env import WebEnv
from webagents.envs.webshop.original import pages
from webagents.envs.webshop.original.links import Place
from webagents.envs.webshop.original.page import Page
from webagents.envs.webshop.site.shopping import Shopping, offered
from webagents.envs.webshop.task import WebShopTask
from webagents.envs.webshop.text import Mode
from webagents.errors import UserError, clipped
from webagents.types import TaskSpec
from webagents.webshop.visits import Visit, visit_at

BASE = "http://127.0.0.1:3000"
"""Where the original's pages say they are."""


class TextShopEnv(WebEnv):
    """WebShop as text.

    Observations are those of `WebEnv` without pictures, and under ``text`` the original's, in the
    form that was asked for. ``info["available_actions"]`` is the original's: ``has_search_bar``,
    and ``clickables``.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi"], "render_fps": 5}  # noqa: RUF012 (Gymnasium's)

    def __init__(
        self,
        task: str | TaskSpec = "webshop-text",
        *,
        observation_mode: Mode = "text",
        render_mode: str | None = None,
        **options: Any,
    ) -> None:
        """An environment for the shop.

        observation_mode: the form of ``text``: ``"text"``, ``"text_rich"``, ``"html"`` or
            ``"url"``.
        render_mode: None, or ``"ansi"`` (`render` gives the page as ``text_rich``).
        options: see `WebEnv`.

        Raises:
            UserError: a choice that is none, or no such shop.
        """
        if observation_mode not in get_args(Mode):
            known = ", ".join(map(repr, get_args(Mode)))
            raise UserError(f"observation_mode={clipped(observation_mode)} is not one of {known}")
        if render_mode not in (None, "ansi"):
            raise UserError(f"render_mode={clipped(render_mode)} is not None or 'ansi'")
        super().__init__(task, **options)
        self.render_mode = render_mode
        self._text = ""
        self._mode = observation_mode
        assert isinstance(self.task, WebShopTask)
        self._shopping = self.task.shopping(self.options)
        self._opened: set[str] = set()
        assert isinstance(self.observation_space, spaces.Dict)
        self.observation_space = spaces.Dict({**self.observation_space.spaces, "text": Unicode()})

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begins an episode; see `WebEnv.reset`."""
        observation, info = super().reset(seed=seed, options=options)
        return self._with_original(observation, info)

    def step(self, action: str) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Performs one action text; see `WebEnv.step`."""
        observation, reward, terminated, truncated, info = super().step(action)
        shown, info = self._with_original(observation, info, reward)
        return shown, reward, terminated, truncated, info

    def _with_original(
        self, observation: dict[str, Any], info: dict[str, Any], reward: float = 0.0
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Adds what the original shows at the place where the observation was made."""
        parts = urlsplit(observation["url"])
        visit = visit_at(parts.path, parts.query)
        assert visit is not None  # the pages' addresses are the shop's own
        if visit.kind == "index":
            self._opened.clear()
        elif visit.kind == "item":
            self._opened.add(visit.asin)
        page = original_page(self._shopping, visit, reward)
        info["available_actions"] = {
            "has_search_bar": page.search_bar,
            "clickables": list(page.clickables),
        }
        self._text = page.text_rich(self._opened) if self.render_mode == "ansi" else ""
        return {**observation, "text": self._shown(page)}, info

    def render(self) -> Any:
        """The page as text with ``"ansi"``, else None."""
        return self._text if self.render_mode == "ansi" else None

    def _shown(self, page: Page) -> str:
        match self._mode:
            case "text":
                return page.text()
            case "text_rich":
                return page.text_rich(self._opened)
            case "html":
                return page.html()
            case "url":
                return page.url


def original_page(shopping: Shopping, visit: Visit, reward: float = 0.0) -> Page:
    """The original's page of a visit; that of the start for a product that there is not.

    reward: what the purchase was worth, on the last page.
    """
    told = shopping.instruction(visit)
    words = visit.query.split(" ")
    product = shopping.product(visit)
    if visit.kind == "results":
        place = Place(visit.session, words, visit.page, None, {})
        found = [shopping.shop.products[asin] for asin in shopping.found(visit)]
        return pages.results_page(BASE, place, told, found)
    if visit.kind == "index" or product is None:
        return pages.search_page(BASE, Place(visit.session, None, None, None, {}), told)
    options = dict(offered(visit, product).options)
    place = Place(visit.session, words, visit.page, visit.asin, options)
    if visit.kind == "item":
        return pages.item_page(BASE, place, told, product, attributes=shopping.show_attrs)
    if visit.kind == "sub":
        return pages.sub_page(BASE, place, told, product, visit.sub.capitalize())
    return pages.done_page(BASE, place, reward)
