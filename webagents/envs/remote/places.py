"""Where a rollout plays on environment servers: a session of one is a place."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from queue import SimpleQueue
from typing import Any

from webagents.browsers.loop import Waitable, Work
from webagents.envs import catalogue
from webagents.envs.places import NOWHERE
from webagents.envs.play import Transition, checked_seed
from webagents.envs.remote import wire
from webagents.envs.remote.line import Line
from webagents.envs.task import PlayOptions
from webagents.errors import MachineError, UnknownTask, UserError, clipped
from webagents.types import Observation, TaskSpec

_SHOWN = ("instruction", "html", "url", "error", "screenshot")
_OF_GYMNASIUM = "available_actions"  # what WebShop's own environment adds to `info`, no page
_DEFAULTS = asdict(PlayOptions())
_SECONDS = 3_600.0  # more than a request can take: each has a limit of its own, which is told of


class Servers:
    """Sessions on servers, as many on each as on any other.

    One that cannot begin an episode where it is, for its server is gone or has no room, begins it
    on the next server that takes it.
    """

    def __init__(self, sessions: int, urls: Sequence[str]) -> None:
        """Places that are not open yet; the first `reset` of each opens it.

        urls: the servers' addresses, such as ``http://127.0.0.1:8000``.

        Raises:
            UserError: one that is none, or no package `websockets`.
        """
        self._calls = _Calls(sessions)
        self._sessions = [
            _Session(self._calls, [*urls[first:], *urls[:first]])
            for first in (number % len(urls) for number in range(sessions))
        ]
        self.all = self._sessions

    def spec(self, task: str) -> TaskSpec:
        """See `Places`."""
        found = catalogue.select(task)
        if len(found) != 1:
            raise UnknownTask(f"{clipped(task)} names {len(found)} tasks; an episode is of one")
        return found[0]

    def patience(self, works: int) -> float:
        """See `Places`."""
        return _SECONDS

    def close(self) -> None:
        """See `Places`."""
        for session in self._sessions:
            session.close()
        self._calls.close()


class _Session:
    """A place on the first of some servers that takes it."""

    def __init__(self, calls: _Calls, urls: Sequence[str]) -> None:
        self._calls = calls
        self._lines = [Line(url) for url in urls]

    def reset(self, spec: TaskSpec, seed: int, options: PlayOptions, steps: int | None) -> Work:
        """See `Place`."""

        def begin() -> Mapping[str, Any]:
            settings = _settings(options, steps)
            wanted = {"task": spec.id, "settings": settings, "pictures": "zlib"}
            return self._begin(wanted, {"seed": checked_seed(seed), "options": {}})

        return self._work(begin)

    def step(self, text: str) -> Work:
        """See `Place`."""
        return self._work(lambda: self._lines[0].ask("step", {"text": text}))

    def close(self) -> None:
        """Ends the session."""
        self._lines[0].close()

    def _work(self, ask: Callable[[], Mapping[str, Any]]) -> Work:
        async def operation() -> Transition:
            return _transition(await self._calls.do(ask))

        return Work(operation(), self._calls)

    def _begin(self, wanted: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
        refusals: list[MachineError] = []
        for _ in self._lines:
            try:
                return self._lines[0].begin(wanted, asked)
            except NOWHERE as refusal:
                refusals.append(refusal)
                self._lines[0].close()
                self._lines.append(self._lines.pop(0))
        if len(refusals) == 1:
            raise refusals[0]
        told = "; ".join(dict.fromkeys(map(str, refusals)))
        raise type(refusals[-1])(f"no server takes another session: {told}")


class _Calls:
    """What blocks, done by threads; its ends come through a pipe, as a browser's answers do."""

    def __init__(self, threads: int) -> None:
        self.lock = threading.RLock()
        self._readable, self._writable = os.pipe()
        self._ended: SimpleQueue[tuple[Waitable, Future[Any]]] = SimpleQueue()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="server")
        self._closed = False

    def do(self, work: Callable[[], Any]) -> Waitable:
        """Has a thread do something; what it comes to."""
        wanted = Waitable()

        def ended(future: Future[Any]) -> None:
            self._ended.put((wanted, future))
            os.write(self._writable, b".")

        self._threads.submit(work).add_done_callback(ended)
        return wanted

    def fileno(self) -> int:
        """See `Pump`."""
        return self._readable

    def pump(self) -> None:
        """See `Pump`."""
        for _ in os.read(self._readable, 4096):
            wanted, future = self._ended.get()
            failure = future.exception()
            if failure is None:
                wanted.resolve(future.result())
            elif isinstance(failure, Exception):
                wanted.fail(failure)
            else:
                raise failure

    def close(self) -> None:
        """Ends the threads, each when it has done what it does; safe to call again."""
        if self._closed:
            return
        self._closed = True
        self._threads.shutdown(wait=True, cancel_futures=True)
        os.close(self._readable)
        os.close(self._writable)


def _settings(options: PlayOptions, steps: int | None) -> dict[str, Any]:
    """What differs from how a server plays by itself.

    Raises:
        UserError: what is a folder here and would be another there.
    """
    changed = {k: v for k, v in asdict(options).items() if v != _DEFAULTS[k]}
    for name in ("pages", "shop"):
        if name in changed and (name == "pages" or os.sep in str(changed[name])):
            raise UserError(f"{name}={clipped(changed[name])} is a folder here, not on a server")
    return {**changed, "max_steps": steps} if steps is not None else changed


def _transition(answer: Mapping[str, Any]) -> Transition:
    """What a server's answer tells."""
    shown, told = answer["observation"], answer["metadata"]
    seen = {name: wire.unpacked(shown[name]) for name in _SHOWN if name in shown}
    return Transition(
        observation=Observation.from_dict(seen),
        reward=float(answer["reward"] or 0.0),
        terminated=told["terminated"],
        truncated=told["truncated"],
        info={name: value for name, value in told["info"].items() if name != _OF_GYMNASIUM},
        picture=None,
    )
