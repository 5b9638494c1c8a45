"""Players as actors of a Ray cluster; each owns its browsers."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Generic

from webagents.crews.crew import News, P, Plays
from webagents.errors import UserError, WebAgentsError
from webagents.rollout import Job

log = logging.getLogger(__name__)

GIVING = "giving"


@contextmanager
def cluster() -> Iterator[Any]:
    """Ray, connected with the cluster that ``RAY_ADDRESS`` names, else with one of this machine.

    What is connected already stays so.

    Raises:
        UserError: Ray is not installed.
    """
    try:
        import ray
    except ImportError as error:
        raise UserError("the engine ray needs Ray: pip install 'webagents-gym[ray]'") from error
    began = not ray.is_initialized()
    if began:
        ray.init(log_to_driver=False, logging_level=logging.WARNING)
    try:
        yield ray
    finally:
        if began:
            ray.shutdown()


class RayCrew(Generic[P]):
    """Actors of a Ray cluster, see `cluster`. Every node needs webagents and a browser."""

    def __init__(self, make: Callable[[], Plays[P]], size: int) -> None:
        """Begins the actors.

        make: makes a player, in the process of its actor; can be pickled.

        Raises:
            UserError: Ray is not installed.
        """
        self._ends = ExitStack()
        self._ray = ray = self._ends.enter_context(cluster())
        self._make = make
        # Spread over the nodes. Jobs are taken by a thread beside the one that plays.
        how = {"scheduling_strategy": "SPREAD", "concurrency_groups": {GIVING: 1}}
        self._actor = ray.remote(**how)(_Actor)
        self._players = [self._begun() for _ in range(size)]

    @property
    def size(self) -> int:
        """How many players there are."""
        return len(self._players)

    def give(self, player: int, jobs: Sequence[Job]) -> None:
        """Gives a player jobs beside those it has; a dead one is told of by `hear`."""
        actor, _ = self._players[player]
        actor.give.options(concurrency_group=GIVING).remote(list(jobs))

    def hear(self) -> list[News[P]]:
        """Waits for news.

        Raises:
            WebAgentsError: a player cannot play at all.
        """
        streams = {stream: number for number, (_, stream) in enumerate(self._players)}
        ready, rest = self._ray.wait(list(streams), num_returns=1)
        if rest:  # all that is there by now: a question costs more than an answer
            ready += self._ray.wait(rest, num_returns=len(rest), timeout=0)[0]
        return [self._news(streams[stream]) for stream in ready]

    def close(self) -> None:
        """Ends the actors, and with them their browsers."""
        for actor, _ in self._players:
            self._ray.kill(actor)
        self._ends.close()

    def _news(self, number: int) -> News[P]:
        actor, stream = self._players[number]
        try:
            return News(number, self._ray.get(next(stream)))
        except self._ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, WebAgentsError):
                raise error.cause from error
            raise
        except self._ray.exceptions.RayError as error:  # the actor, or its node, is gone
            log.warning("player %d was lost: %s", number, str(error).partition("\n")[0])
            self._ray.kill(actor)  # or cannot be reached, and would play on
            self._players[number] = self._begun()
            return News(number, None)

    def _begun(self) -> tuple[Any, Any]:
        """An actor, and the stream of what it plays."""
        actor = self._actor.remote(self._make, Path.cwd())
        return actor, actor.play.options(num_returns="streaming").remote()


def at_home(folder: Path) -> None:
    """Goes to the folder where the command runs, if this machine has it, for names of files."""
    with suppress(OSError):
        os.chdir(folder)


class _Inbox:
    """The jobs that have come; dry while there are none."""

    def __init__(self) -> None:
        self._come: SimpleQueue[Job] = SimpleQueue()
        self._first: list[Job] = []

    def __iter__(self) -> Iterator[Job]:
        return self

    def __next__(self) -> Job:
        try:
            return self._first.pop() if self._first else self._come.get_nowait()
        except Empty:
            raise StopIteration from None

    def put(self, jobs: Iterable[Job]) -> None:
        """Adds jobs; from any thread."""
        for job in jobs:
            self._come.put(job)

    def wait(self) -> None:
        """Waits until there is a job."""
        if not self._first:
            self._first.append(self._come.get())


class _Actor:
    """A player in a process of the cluster; its browsers end with that process."""

    def __init__(self, make: Callable[[], Plays[Any]], folder: Path) -> None:
        at_home(folder)
        self._make = make
        self._inbox = _Inbox()

    def give(self, jobs: Sequence[Job]) -> None:
        """Gives jobs beside those there are."""
        self._inbox.put(jobs)

    def play(self) -> Iterator[Any]:
        """What comes of the jobs, in any order; has no end."""
        player = self._make()  # here, so that its errors are told as those of playing
        while True:
            self._inbox.wait()
            yield from player.play(self._inbox)
