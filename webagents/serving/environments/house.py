"""The sessions that are open: who may come in, and when they end."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from webagents.errors import ServerFull, SessionEnded, clipped
from webagents.serving.environments.lanes import Lane, emptiest
from webagents.serving.environments.metrics import Metrics
from webagents.serving.environments.session import Session
from webagents.types import TaskSpec

log = logging.getLogger(__name__)

_REMEMBERED = 10_000  # ended sessions whose end is still told to who asks for them


@dataclass(slots=True)
class _Guest:
    """A session, its connection's end, and the timer that ends it."""

    session: Session
    hang_up: Callable[[str], None] | None = None
    timer: asyncio.TimerHandle | None = None

    def silence(self) -> None:
        """Stops the timer."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class House:
    """The sessions of a server. It belongs to the thread of the server's event loop."""

    def __init__(
        self,
        lanes: Sequence[Lane],
        tasks: Mapping[str, TaskSpec],
        *,
        most: int,
        idle: float,
        linger: float,
        browser: str = "",
    ) -> None:
        """A house without sessions.

        lanes: the browsers that sessions are played in.
        most: how many sessions may be open.
        idle: seconds without a request after which one ends.
        linger: seconds that one waits for a client whose connection was lost.
        browser: the name and version of what the lanes start; "" where nothing is.
        """
        self.browser = browser
        self.metrics = Metrics(lambda: len(self._guests), self._browsers, most)
        self.tasks = tasks
        self._lanes = lanes
        self._most, self._idle, self._linger = most, idle, linger
        self._guests: dict[str, _Guest] = {}
        self._ended: OrderedDict[str, str] = OrderedDict()
        self._ending: set[asyncio.Task[None]] = set()

    def open(self) -> Session:
        """A new session, which ends when nothing is heard of it.

        Raises:
            ServerFull: there are as many as may be.
        """
        if len(self._guests) >= self._most:
            raise ServerFull(
                f"this server plays {self._most} sessions at once, and has as many; "
                "try again later, or start it with more --sessions"
            )
        lane = emptiest(self._lanes)
        lane.sessions += 1
        session = Session(lane, self.tasks)
        self._guests[session.id] = _Guest(session)
        self.metrics.opened.inc()
        self.heard_of(session)
        return session

    def find(self, key: str) -> Session:
        """The open session of that key.

        Raises:
            SessionEnded: there is none any more, or never was.
        """
        guest = self._guests.get(key)
        if guest is None:
            why = self._ended.get(key)
            if why is None:
                raise SessionEnded(f"there is no session {clipped(key, 40)}")
            raise SessionEnded(f"the session is over: {why}")
        return guest.session

    def attach(self, session: Session, hang_up: Callable[[str], None]) -> None:
        """Notes that a connection speaks for a session; the one that did before hangs up.

        hang_up: ends the connection; it is told why, "" where the client knows.
        """
        guest = self._guests[session.id]
        if guest.hang_up is not None:
            guest.hang_up("another connection goes on with this session")
        guest.hang_up = hang_up

    def detach(self, session: Session, hang_up: Callable[[str], None], *, left: bool) -> None:
        """Notes that a connection is over.

        left: whether the client ended it, and with it the session; one that was lost leaves the
            session there for a while, for the client to come back.
        """
        guest = self._guests.get(session.id)
        if guest is None or guest.hang_up is not hang_up:
            return
        guest.hang_up = None
        if left:
            self.end(session, "its client left", "closed")
        else:
            self._time(guest, min(self._linger, self._idle), "its client went away")

    def heard_of(self, session: Session) -> None:
        """Notes that a client is there."""
        guest = self._guests.get(session.id)
        if guest is not None:
            self._time(guest, self._idle, f"nothing was asked for {self._idle:g} s")

    def silence(self, session: Session) -> None:
        """Stops the timer: a request is being carried out."""
        guest = self._guests.get(session.id)
        if guest is not None:
            guest.silence()

    def end(self, session: Session, why: str, reason: str, *, told: bool = True) -> None:
        """Ends a session; its page goes when what is being done on it is done.

        why: told to who asks for it later.
        reason: what it is counted under.
        told: whether the client is told of it.
        """
        guest = self._guests.pop(session.id, None)
        if guest is None:
            return
        guest.silence()
        self._ended[session.id] = why
        if len(self._ended) > _REMEMBERED:
            self._ended.popitem(last=False)
        self.metrics.ended.labels(reason).inc()
        if guest.hang_up is not None:
            guest.hang_up(why if told else "")
        ending = asyncio.get_running_loop().create_task(self._clear(session))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """Ends all sessions and browsers."""
        for guest in list(self._guests.values()):
            self.end(guest.session, "the server stops", "stopped")
        await asyncio.gather(*self._ending)
        await asyncio.gather(*(lane.close() for lane in self._lanes))

    def _time(self, guest: _Guest, seconds: float, why: str) -> None:
        guest.silence()
        loop = asyncio.get_running_loop()
        guest.timer = loop.call_later(seconds, self.end, guest.session, why, "timed out")

    async def _clear(self, session: Session) -> None:
        async with session.busy:
            try:
                await session.lane.do(session.close)
            except Exception:
                log.exception("a session's page did not close")
            finally:
                session.lane.sessions -= 1

    def _browsers(self) -> int:
        return sum(lane.alive for lane in self._lanes)
