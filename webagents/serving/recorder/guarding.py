"""Who may use the recorder: no other site's pages, and from elsewhere nobody without the token.

A page of another site can send requests to a local server, and by rebinding its name to this
machine's address even read the answers. What it cannot do is choose the Host and Origin headers.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from webagents.serving.listening import known_host, own_names

Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Any, Any], Awaitable[None]]

MOST_BYTES = 64 * 2**20


class Guard:
    """Lets requests through to an application, or answers them with 403 and a reason."""

    def __init__(self, app: Asgi, host: str, token: str | None, cookie: str) -> None:
        """A guard before `app`.

        host: what the server listens on.
        token: what has to be shown, in the address at first and by a cookie then; None: nothing.
        cookie: the cookie's name.
        """
        self._app = app
        self._names = own_names(host)
        self._token, self._cookie = token, cookie

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reason = self.refusal(scope)
        if reason:
            await _refuse(send, 403, reason)
            return

        async def guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers(scope)]
            await send(message)

        await self._app(scope, receive, guarded)

    def refusal(self, scope: Scope) -> str:
        """Why a request is refused; "" where it is let through."""
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        host = headers.get("host", "")
        if not known_host(host, self._names):
            return f"this server is not known as {host or 'nothing'}"
        if scope["method"] not in ("GET", "HEAD"):
            origin = urlsplit(headers.get("origin", ""))
            if origin.scheme not in ("http", "https") or origin.netloc != host:
                return "this request comes from another site"
            if not headers.get("content-type", "").startswith("application/json"):
                return "this request is not JSON"
            if not 0 <= _length(headers) <= MOST_BYTES:
                return "this request is too large, or does not say how large it is"
        elif scope["path"] != "/" and headers.get("sec-fetch-site", "none") not in (
            "same-origin",
            "none",
        ):
            return "this request comes from another site"
        if self._token is not None and not self._shown(scope, headers.get("cookie", "")):
            return "open the address that `webagents record` printed, with its token"
        return ""

    def _shown(self, scope: Scope, cookies: str) -> bool:
        assert self._token is not None
        shown = [value for name, value in parsed(cookies).items() if name == self._cookie]
        if scope["path"] == "/":
            shown += parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        return any(secrets.compare_digest(each.encode(), self._token.encode()) for each in shown)

    def _headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        added = [
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"x-frame-options", b"SAMEORIGIN"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        if self._token is not None and scope["path"] == "/":
            value = f"{self._cookie}={self._token}; HttpOnly; SameSite=Strict; Path=/"
            added.append((b"set-cookie", value.encode()))
        return added


def parsed(cookies: str) -> dict[str, str]:
    """The cookies of a Cookie header by name."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(cookies).items()}
    except CookieError:
        return {}


def _length(headers: dict[str, str]) -> int:
    text = headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else -1


async def _refuse(send: Any, status: int, reason: str) -> None:
    body = f"{reason}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
