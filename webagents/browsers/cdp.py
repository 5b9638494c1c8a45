"""The Chrome DevTools Protocol over a pipe: commands out, answers and events in.

One connection serves every page of a browser; a page is a session on it. Nothing here knows what
the commands mean.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from webagents.browsers.loop import Waitable
from webagents.browsers.process import BrowserProcess
from webagents.errors import BrowserDied, MachineError

Params = Mapping[str, Any]
EventHandler = Callable[[str, dict[str, Any]], None]


class ProtocolError(MachineError):
    """The browser refused a command; ours to handle, or a bug."""


class Call(Waitable):
    """The awaited answer of one command."""

    __slots__ = ("method", "session")

    def __init__(self, method: str, session: str) -> None:
        super().__init__()
        self.method = method
        self.session = session


class Connection:
    """One browser's pipe, shared by its pages. Used under `lock`, by one thread at a time."""

    def __init__(self, process: BrowserProcess) -> None:
        self.process = process
        self.lock = threading.RLock()
        self.frame: Call | None = None  # a browser draws one at a time, whichever page it is for
        self.dead: BrowserDied | None = None
        self._calls: dict[int, Call] = {}
        self._handlers: dict[str, EventHandler] = {}
        self._last_id = 0
        self._unread = bytearray()
        self._expected: list[Call] = []

    def fileno(self) -> int:
        """The descriptor answers come from."""
        return self.process.answers

    def listen(self, session: str, handler: EventHandler) -> None:
        """Hands the events of a session to `handler(method, params)`."""
        self._handlers[session] = handler

    def forget(self, session: str) -> None:
        """Stops listening to a session and fails what still waits for it."""
        self._handlers.pop(session, None)
        self.fail(session, BrowserDied("the page was closed"))

    def send(self, method: str, params: Params | None = None, session: str = "") -> Call:
        """Writes one command; the returned call is awaited for its result."""
        call = Call(method, session)
        if self.dead is not None:
            call.fail(self.dead)
            return call
        self._last_id += 1
        message: dict[str, Any] = {"id": self._last_id, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        self._calls[self._last_id] = call
        self._write(orjson.dumps(message) + b"\0")
        return call

    def expect(self, what: str, session: str) -> Call:
        """Something the session's handler will resolve; it fails with the session, as calls do."""
        call = Call(what, session)
        if self.dead is not None:
            call.fail(self.dead)
        self._expected = [each for each in self._expected if not each.done]
        self._expected.append(call)
        return call

    def pump(self) -> None:
        """Reads what has come and settles the calls and events in it."""
        try:
            chunk = os.read(self.process.answers, 1 << 20)
        except OSError:
            chunk = b""
        if not chunk:
            self._die()
            return
        self._unread += chunk
        if b"\0" not in chunk:
            return
        *messages, rest = bytes(self._unread).split(b"\0")
        self._unread = bytearray(rest)
        for message in messages:
            self._settle(orjson.loads(message))

    def fail(self, session: str, failure: MachineError) -> None:
        """Fails every call of a session that still waits ("" for all sessions)."""
        for number, call in list(self._calls.items()):
            if not session or call.session == session:
                del self._calls[number]
                call.fail(failure)
        for call in self._expected:
            if not call.done and (not session or call.session == session):
                call.fail(failure)

    def _settle(self, message: dict[str, Any]) -> None:
        number = message.get("id")
        if number is None:
            handler = self._handlers.get(message.get("sessionId", ""))
            if handler is not None:
                handler(message["method"], message["params"])
            return
        call = self._calls.pop(number, None)
        if call is None:
            return
        error = message.get("error")
        if error is None:
            call.resolve(message["result"])
        else:
            call.fail(ProtocolError(f"{call.method}: {error.get('message', error)}"))

    def _write(self, message: bytes) -> None:
        view = memoryview(message)
        while view:
            try:
                view = view[os.write(self.process.commands, view) :]
            except OSError:
                self._die()
                return

    def _die(self) -> None:
        if self.dead is None:
            words = self.process.words(4)
            said = f"; its last words:\n{words}" if words else ""
            self.dead = BrowserDied(f"the browser (process {self.process.pid}) went away{said}")
            with contextlib.suppress(OSError):
                self.process.close()
        self.fail("", self.dead)
