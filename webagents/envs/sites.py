"""The sites of this process: one server per source of pages, shared, gone with its last user."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

from webagents.browsers.site import Handler, Site

_lock = threading.Lock()
_open: dict[Hashable, tuple[Site, int]] = {}


def borrow(host: str, handler: Callable[[], Handler], key: Hashable = None) -> Site:
    """The site of that host, begun with `handler()` if nobody uses it yet. Give it back.

    key: tells sites of the same host apart; None: there is one.
    """
    with _lock:
        site, users = _open.get(key or host) or (Site(host, handler()), 0)
        _open[key or host] = (site, users + 1)
        return site


def give_back(key: Hashable) -> None:
    """One user less of a host, or of the key it was borrowed by; the last one closes the site."""
    with _lock:
        site, users = _open.pop(key)
        if users > 1:
            _open[key] = (site, users - 1)
        else:
            site.close()
