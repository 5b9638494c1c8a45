"""Players as actors of a Ray cluster; each owns its browsers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Generic

from webagents.crews.crew import News, P, Plays
from webagents.errors import UserError, WebAgentsError
from webagents.rollout import Job


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
        self._actor = ray.remote(scheduling_strategy="SPREAD")(_Actor)  # over the nodes
        self._players = [self._begun() for _ in range(size)]
        self._streams: dict[Any, int] = {}  # a stream of results -> its player

    @property
    def size(self) -> int:
        """How many players there are."""
        return len(self._players)

    def give(self, player: int, jobs: Sequence[Job]) -> None:
        """Gives a player jobs beside those it has, which it plays first."""
        stream = self._players[player].play.options(num_returns="streaming").remote(list(jobs))
        self._streams[stream] = player

    def hear(self) -> list[News[P]]:
        """Waits for news.

        Raises:
            WebAgentsError: a player cannot play at all.
        """
        ready, _ = self._ray.wait(list(self._streams), num_returns=1)
        return [news for stream in ready for news in self._news(stream)]

    def close(self) -> None:
        """Ends the actors, and with them their browsers."""
        for actor in self._players:
            self._ray.kill(actor)
        self._ends.close()

    def _news(self, stream: Any) -> list[News[P]]:
        if stream not in self._streams:
            return []  # its player was lost with another of its streams
        player = self._streams[stream]
        try:
            return [News(player, self._ray.get(next(stream)))]
        except StopIteration:
            del self._streams[stream]
            return []
        except self._ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, WebAgentsError):
                raise error.cause from error
            raise
        except self._ray.exceptions.RayError:  # the actor, or its node, is gone
            self._streams = {s: p for s, p in self._streams.items() if p != player}
            self._players[player] = self._begun()
            return [News(player, None)]

    def _begun(self) -> Any:
        return self._actor.remote(self._make)


class _Actor:
    """A player in a process of the cluster; its browsers end with that process."""

    def __init__(self, make: Callable[[], Plays[Any]]) -> None:
        self._player = make()

    def play(self, jobs: Sequence[Job]) -> Iterator[Any]:
        """Plays the jobs, in any order."""
        yield from self._player.play(jobs)
