"""A client's line to an environment server: one session, one request at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from webagents.envs.remote import wire
from webagents.envs.remote.address import Address
from webagents.errors import MachineError, ServerGone, SessionEnded, UserError
from webagents.types import NOTHING

_MOST_BYTES = 64 * 2**20  # of an answer; pages are far smaller
_OPEN_SECONDS = 10.0


class Line:
    """One session on a server.

    A connection that is lost is made again, once a request: the server keeps the session for a
    while, and carries no request out twice.
    """

    def __init__(self, url: str, *, token: str | None = None, seconds: float = 60.0) -> None:
        """A line that is not open yet; the first `ask` opens it.

        url: the server's address, such as ``http://127.0.0.1:8000``.
        token: what it wants to be shown; None: $WEBAGENTS_TOKEN, if there is one.
        seconds: how long an answer may take.

        Raises:
            UserError: no address, no token, or the package `websockets` is not installed.
        """
        self._address = Address.of(url, token)
        if not seconds > 0:
            raise UserError(f"seconds={seconds!r}; an answer takes more than 0")
        try:
            import websockets.sync.client  # noqa: F401  (needed later; better told now)
        except ModuleNotFoundError as missing:
            raise UserError(
                f"{missing.name} is not installed; this needs pip install 'webagents-gym[serve]'"
            ) from missing
        self.url = url
        self._seconds = seconds
        self._socket: Any = None
        self._going = contextlib.ExitStack()
        self._number = 0
        self._made: Mapping[str, Any] = NOTHING
        self.session = ""

    def ask(self, kind: str, data: Mapping[str, Any] = NOTHING) -> dict[str, Any]:
        """What the server answers: the answer's data.

        Raises:
            SessionEnded: it has ended the session.
            ServerGone: it is not there, or did not answer in time.
            WebAgentsError: the server's own refusal or failure, by its class.
        """
        from websockets.exceptions import ConnectionClosed

        self._number += 1
        try:
            text = wire.written({"type": kind, "data": dict(data), "id": self._number})
        except (TypeError, ValueError) as error:
            raise UserError(str(error)) from error
        for again in (False, True):
            if self._socket is None:
                self._connect()
            try:
                return self._answer(text)
            except ConnectionClosed as lost:
                self._hang_up()
                if lost.rcvd is not None and lost.rcvd.code == 1009:
                    raise UserError(
                        f"this request of {len(text)} bytes is larger than the server takes"
                    ) from lost
                # Without a session there is nothing to go on with but what has not begun.
                if again or (not self.session and kind != "make"):
                    raise ServerGone(f"{self.url} hung up: {lost}") from lost
        raise AssertionError("a request is tried twice at most")

    def make(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Has a task played from now on, in the session or in a new one; see `ask`."""
        made = self.ask("make", wanted)
        self._made = wanted
        return made

    def begin(self, wanted: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
        """Begins an episode of what is `wanted`, in a new session if the old one is over.

        wanted, asked: what `make` and ``reset`` take. For errors see `ask`.
        """
        try:
            if not self.session or wanted != self._made:
                self.make(wanted)
            return self.ask("reset", asked)
        except SessionEnded:  # nothing of it is needed any more: a new one does as well
            self.close()
            self.make(wanted)
            return self.ask("reset", asked)

    def close(self) -> None:
        """Ends the session and the connection; safe to call again."""
        if self._socket is not None:
            with contextlib.suppress(Exception):  # it ends by itself where it cannot be told
                self._socket.send(wire.written({"type": "close"}))
            self._hang_up()
        self.session = ""

    def _answer(self, text: str) -> dict[str, Any]:
        from websockets.exceptions import ConnectionClosed

        with contextlib.suppress(ConnectionClosed):  # its last words may lie there to be read
            self._socket.send(text)
        while True:
            try:
                answer = wire.read(self._socket.recv(timeout=self._seconds))
            except TimeoutError as late:
                self._hang_up()
                raise ServerGone(f"{self.url} did not answer within {self._seconds:g} s") from late
            except UserError as garbled:
                raise MachineError(f"{self.url} is no environment server: {garbled}") from garbled
            if answer.get("id", self._number) == self._number:
                break
        data: dict[str, Any] = answer.get("data") or {}
        if answer.get("type") == "error":
            raise wire.raised(data)
        if answer.get("type") == "made":
            self.session = str(data["session"])
        return data

    def _connect(self) -> None:
        from websockets.exceptions import InvalidStatus, WebSocketException
        from websockets.sync.client import connect

        address = self._address.socket
        if self.session:
            address += f"?{wire.SESSION}={quote(self.session)}"
        try:
            going = connect(
                address,
                additional_headers=self._address.headers,
                open_timeout=_OPEN_SECONDS,
                close_timeout=1.0,
                max_size=_MOST_BYTES,
                compression=None,  # pictures are compressed already, and pages are small
                proxy=None,
            )
            self._socket = self._going.enter_context(going)
        except InvalidStatus as refused:
            answer = refused.response
            raise self._address.refusal(answer.status_code, bytes(answer.body or b"")) from refused
        except (OSError, TimeoutError, WebSocketException) as lost:
            raise self._address.gone(lost) from lost

    def _hang_up(self) -> None:
        self._socket = None
        with contextlib.suppress(OSError):
            self._going.close()
