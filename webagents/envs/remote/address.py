"""Where an environment server is, and what it wants to be shown there."""

from __future__ import annotations

import http.client
import logging
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from webagents.envs.remote import wire
from webagents.errors import ServerGone, UserError, clipped
from webagents.provenance import current_versions

log = logging.getLogger(__name__)

_SOCKETS = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_SECONDS = 10.0


class Address(NamedTuple):
    """A server's address.

    url: as it was given, such as ``http://127.0.0.1:8000``.
    socket: that of its WebSocket.
    headers: what requests to it carry.
    """

    url: str
    socket: str
    headers: Mapping[str, str]

    @classmethod
    def of(cls, url: str, token: str | None = None) -> Address:
        """The address that a text is.

        token: what the server wants to be shown; None: $WEBAGENTS_TOKEN, if there is one.

        Raises:
            UserError: it is none, or no token.
        """
        parts = urlsplit(url) if isinstance(url, str) else None
        if parts is None or parts.scheme not in _SOCKETS or not parts.hostname:
            raise UserError(f"url={clipped(url)} is no address such as 'http://127.0.0.1:8000'")
        shown = token if token is not None else os.environ.get("WEBAGENTS_TOKEN") or None
        if shown is not None and not re.fullmatch(r"[\x21-\x7e]+", shown):
            raise UserError("the token has characters that no token has")
        socket = f"{_SOCKETS[parts.scheme]}://{parts.netloc}{parts.path.rstrip('/')}/ws"
        return cls(url, socket, {} if shown is None else {"Authorization": f"Bearer {shown}"})

    def get(self, path: str) -> dict[str, Any]:
        """What the server answers to a GET.

        Raises:
            UserError: it wants another token.
            ServerGone: it is not there, or is no environment server.
        """
        parts = urlsplit(self.socket.removesuffix("/ws"))
        safe = parts.scheme == "wss"
        kind = http.client.HTTPSConnection if safe else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=_SECONDS)
        try:
            connection.request("GET", parts.path + path, headers=dict(self.headers))
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as lost:
            raise self.gone(lost) from lost
        finally:
            connection.close()
        if answer.status != 200:
            raise self.refusal(answer.status, body)
        try:
            return wire.read(body)
        except UserError as garbled:
            raise ServerGone(f"{self.url} is no environment server: {garbled}") from garbled

    def gone(self, lost: Exception) -> ServerGone:
        """The error for a server that was not reached."""
        reason = str(lost) or type(lost).__name__
        return ServerGone(f"no environment server at {self.url}: {reason}")

    def refusal(self, status: int, body: bytes) -> UserError | ServerGone:
        """The error for a status that is none of an environment server's."""
        said = body.decode(errors="replace").strip()
        if status in (401, 403):
            return UserError(f"{self.url} refuses: {said or 'no access'}")
        return ServerGone(f"{self.url} answers {status} {said[:200]}".strip())


def browser_of(servers: Sequence[str]) -> str:
    """The name and version of the browser that servers play in, or of each, where they differ.

    Warns where a server's tasks may be others than those here, for it has other versions.

    Raises:
        UserError, ServerGone: see `Address`.
    """
    here, browsers = current_versions(), []
    for url in servers:
        there = Address.of(url).get("/versions")
        for name in ("webagents", "miniwob"):
            if there.get(name) != here[name]:
                log.warning("%s has %s %r, here is %r", url, name, there.get(name), here[name])
        browsers.append(str(there.get("browser", "")))
    return "; ".join(dict.fromkeys(browsers))
