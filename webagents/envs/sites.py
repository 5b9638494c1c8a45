"""The sites of this process: one server per source of pages, shared, gone with its last user."""

from __future__ import annotations

import threading
from collections.abc import Callable

from webagents.browsers.site import Handler, Site

_lock = threading.Lock()
_open: dict[str, tuple[Site, int]] = {}


def borrow(host: str, handler: Callable[[], Handler]) -> Site:
    """The site of that host, begun with `handler()` if nobody uses it yet. Give it back."""
    with _lock:
        site, users = _open.get(host) or (Site(host, handler()), 0)
        _open[host] = (site, users + 1)
        return site


def give_back(host: str) -> None:
    """One user less; the last one closes the site."""
    with _lock:
        site, users = _open.pop(host)
        if users > 1:
            _open[host] = (site, users - 1)
        else:
            site.close()
