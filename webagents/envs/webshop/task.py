"""WebShop as a task: a goal for each seed, in the browser or without one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from webagents.browsers.base import Page, PageOptions
from webagents.browsers.site import Site
from webagents.envs import sites
from webagents.envs.task import PlayOptions
from webagents.envs.webshop.round import ShopRound
from webagents.envs.webshop.shop import Shop, open_shop
from webagents.envs.webshop.site.serving import ShopSite, ahead
from webagents.envs.webshop.site.shopping import Shopping
from webagents.envs.webshop.text_page import TextBrowser, TextPage
from webagents.errors import UserError, clipped
from webagents.types import TaskSpec
from webagents.webshop import HOST, ORIGIN
from webagents.webshop.visits import Visit

_Key = tuple[str, str | Path | None, str, bool]


class WebShopTask:
    """The shop, with the same pages, goals and rewards in the browser and without one.

    Seed s stands for the split's goal number s, counted round and round: as many episodes as there
    are goals play each of them once.
    """

    def __init__(self, spec: TaskSpec) -> None:
        self.spec = spec
        self.browser = None if spec.browser else TextBrowser()
        self._shoppings: dict[_Key, Shopping] = {}
        self._sites: dict[_Key, Site] = {}

    def page(self, options: PlayOptions) -> PageOptions:
        """How the shop is shown and driven.

        Raises:
            UserError: there is no such shop.
        """
        return PageOptions(
            proxy=self._proxy(options) if self.spec.browser else "",
            origin=ORIGIN,
            single=False,
            width=self.spec.width,
            height=self.spec.height,
            window=self.spec.window,
            view=options.view if self.spec.browser else "text",
            screenshots=options.screenshots and self.spec.browser,
            clicks=options.clicks or "pointer",
            clock=options.clock,
        )

    def url(self, options: PlayOptions) -> str:
        """The address of the shop's front page, from which `start` goes on."""
        return f"{ORIGIN}/"

    async def start(
        self, page: Page, seed: int, options: PlayOptions, asked: Mapping[str, Any]
    ) -> ShopRound:
        """Goes to the first page of the goal of `asked`, or of the seed.

        asked: ``goal``, the number of any of the shop's goals; with `split`, one of the split's.

        Raises:
            UserError: no such option or goal, or no goals to play.
        """
        shopping = self.shopping(options)
        first = Visit(str(goal_number(shopping.shop, seed, options.split, asked)))
        if isinstance(page, TextPage):
            page.enter(shopping, first)
        else:
            pages = ahead(shopping, first, first.address).decode()
            to = json.dumps(first.address)
            going = f"navigation.navigate({to}, {{history: 'replace'}})"
            await page.run(f"keep({pages}); {going}.finished.then(() => 0)")
        return ShopRound(shopping, first, self.spec, ORIGIN)

    def close(self) -> None:
        """Gives the sites back."""
        while self._sites:
            sites.give_back(self._sites.popitem()[0])

    def shopping(self, options: PlayOptions) -> Shopping:
        """The shop that these options ask for, and its pages.

        Raises:
            UserError: there is no such shop.
        """
        key = _key(options)
        if key not in self._shoppings:
            shop = open_shop(options.shop, goals=options.goals)
            self._shoppings[key] = Shopping(shop, show_attrs=options.show_attrs)
        return self._shoppings[key]

    def _proxy(self, options: PlayOptions) -> str:
        key = _key(options)
        if key not in self._sites:
            handler = partial(ShopSite, self.shopping(options))
            self._sites[key] = sites.borrow(HOST, handler, key)
        return self._sites[key].proxy


def _key(options: PlayOptions) -> _Key:
    return (HOST, options.shop, options.goals, options.show_attrs)


def goal_number(shop: Shop, seed: int, split: str | None, asked: Mapping[str, Any]) -> int:
    """The number of the goal an episode is about.

    split: whose goals seeds stand for; None: those of train, or all where none is left for it.

    Raises:
        UserError: no such option or goal, or no goals in the split.
    """
    for name in asked.keys() - {"goal"}:
        raise UserError(f"no reset option {clipped(name)}; WebShop takes 'goal'")
    number = len(shop.goals)
    if split is None:
        numbers = shop.split("train") if "goal" not in asked else range(number)
        numbers = numbers or range(number)
    else:
        numbers = range(number) if split == "all" else shop.split(split)
    if not number:
        raise UserError("the shop has no goals to play")
    if not numbers:
        raise UserError(
            f"there are no goals in split={split!r}: the shop has {number}; "
            "split='all' plays those that there are"
        )
    goal = asked.get("goal", numbers[seed % len(numbers)])
    if isinstance(goal, bool) or not isinstance(goal, int | np.integer):
        raise UserError(f"goal={clipped(goal)} is no goal's number")
    if goal not in numbers:
        where = f"split={split!r}" if split else "the shop"
        raise UserError(
            f"goal={goal} is not in {where}, whose goals are {numbers[0]} to {numbers[-1]}"
        )
    return int(goal)
