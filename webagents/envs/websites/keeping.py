"""What visitors leave on a site, kept by their browsers: a cookie, and nothing on the server.

So no visitor meets what another left, and an episode begins with an empty jar.
"""

from __future__ import annotations

import json
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote, unquote

from webagents.envs.websites.website import Left

NAME = "left"
MOST_LEFT = 3_800
"""Characters of a cookie, which browsers take up to 4,096 bytes of."""

PROBE = "() => document.cookie"
"""What tells the task what was left: a function for `PageOptions.probe`."""


def left_in(cookies: str) -> Left:
    """What a request's ``Cookie`` header, or a page's ``document.cookie``, says was left."""
    try:
        jar: SimpleCookie = SimpleCookie(cookies)
        said = json.loads(unquote(jar[NAME].value)) if NAME in jar else {}
    except (CookieError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def cookie(left: Left) -> str:
    """The ``Set-Cookie`` header that has a browser keep it; of too much, the oldest goes."""
    kept: dict[str, Any] = dict(left)
    while len(value := quote(json.dumps(kept, separators=(",", ":")), safe="")) > MOST_LEFT:
        longest = max(kept, key=lambda name: len(json.dumps(kept[name])))
        entries = kept[longest]
        if isinstance(entries, dict):
            kept[longest] = dict(list(entries.items())[1:])
        else:
            kept[longest] = entries[1:]
    return f"{NAME}={value}; Path=/; SameSite=Strict"
