"""Who may come in: no other site's pages, beyond this machine nobody without the token.

A page in somebody's browser can open a WebSocket to a server on the same machine, and by rebinding
a name even read answers. What it cannot do is choose the Host and Origin headers; programs send no
Origin.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.exceptions import HTTPException

from webagents.serving.listening import known_host, own_names

Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Any, Any], Awaitable[None]]

OPEN = ("/health",)
"""Paths that need no token: what looks after containers has none."""


class Gate:
    """Lets requests through to an application, or answers them with a status and a reason."""

    def __init__(self, app: Asgi, host: str, token: str | None, most_bytes: int) -> None:
        """A gate before `app`.

        host: what the server listens on.
        token: what requests have to show; None: nothing.
        most_bytes: how large the body of a request may be.
        """
        self._app = app
        self._names = own_names(host)
        self._token = None if token is None else token.encode()
        self._most = most_bytes

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answers one request, or one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        status, reason = self.refusal(scope)
        if status:
            await _refuse(scope, send, status, reason)
            return
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        taken = 0

        async def limited() -> Any:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._most:
                raise HTTPException(413, self._too_large())
            return message

        await self._app(scope, limited, send)

    def refusal(self, scope: Scope) -> tuple[int, str]:
        """Status and reason of a refusal; 0 and "" where the request is let through."""
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        host = headers.get("host", "")
        # Compared as texts: an origin is a scheme and a host, and nobody else's to take apart.
        if "origin" in headers and headers["origin"].partition("://")[2] != host:
            return 403, "this request comes from another site"
        if self._token is None:
            # With a token a rebound name is of no use, and containers are known by names of theirs.
            if not known_host(host, self._names):
                return 403, f"this server is not known as {host or 'nothing'}"
        elif scope["path"] not in OPEN and not self._shown(headers.get("authorization", "")):
            return 401, "show the server's token: Authorization: Bearer <token>"
        length = headers.get("content-length", "0")
        if length.isascii() and length.isdigit() and int(length[:20]) > self._most:
            return 413, self._too_large()
        return 0, ""

    def _shown(self, authorization: str) -> bool:
        scheme, _, shown = authorization.partition(" ")
        assert self._token is not None
        same = secrets.compare_digest(shown.strip().encode("latin-1"), self._token)
        return same and scheme.lower() == "bearer"

    def _too_large(self) -> str:
        return f"a request has at most {self._most} bytes"


async def _refuse(scope: Scope, send: Any, status: int, reason: str) -> None:
    kind = "http.response"
    if scope["type"] == "websocket":
        if "websocket.http.response" not in (scope.get("extensions") or {}):
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
            return
        kind = "websocket.http.response"
    body = json.dumps({"detail": reason}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})
