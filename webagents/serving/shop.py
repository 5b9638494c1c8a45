"""The shop for people: its site, served on its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from webagents.browsers.site import Site
from webagents.envs.webshop.catalogue.requests import KINDS, GoalKind
from webagents.envs.webshop.shop import open_shop
from webagents.envs.webshop.site.serving import ShopSite
from webagents.envs.webshop.site.shopping import Shopping
from webagents.errors import UserError, clipped
from webagents.webshop import HOST


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopConfig:
    """How the shop is served.

    shop: its catalogue: the name of one that was imported, or a folder; None is the bundled one.
    goals: its goals, "human" or "synthetic".
    show_attrs: whether products have a page that lists their attributes.
    host: the address the server listens on.
    port: its port; 0 takes a free one.
    """

    shop: str | None = None
    goals: str = "human"
    show_attrs: bool = False
    host: str = "127.0.0.1"
    port: int = 8000

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65_535:
            raise UserError(f"port is 0 to 65535, not {self.port}")
        if self.goals not in KINDS:
            raise UserError(f"no goals {clipped(self.goals)}; there is {', '.join(KINDS)}")


def serve_shop(
    config: ShopConfig,
    *,
    say: Callable[[str], object],
    until: threading.Event | None = None,
) -> None:
    """Serves until Ctrl-C.

    say: hears where.
    until: ends it as well.

    Raises:
        UserError: no such shop, or the address is in use.
    """
    shop = open_shop(config.shop, goals=cast(GoalKind, config.goals))
    shopping = Shopping(shop, show_attrs=config.show_attrs)
    address = (config.host, config.port)
    try:
        site = Site(HOST, ShopSite(shopping), address=address)
    except OSError as error:
        raise UserError(f"cannot listen on {config.host}:{config.port}: {error}") from error
    say(f"{shop!r}")
    say(f"the shop is open at http://{site.proxy}/; Ctrl-C closes it")
    try:
        with suppress(KeyboardInterrupt):
            (until or threading.Event()).wait()
    finally:
        site.close()
