"""Players as actors of a Ray cluster; each owns its browsers."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from webagents.collection.crew import News
from webagents.collection.player import Played, Player, Playing
from webagents.errors import UserError, WebAgentsError
from webagents.rollout import Job


class RayCrew:
    """Actors of a Ray cluster: the one that ``RAY_ADDRESS`` names, else one of this machine's own.

    Every node needs webagents and a browser.
    """

    def __init__(self, how: Playing, size: int) -> None:
        """Begins the actors.

        Raises:
            UserError: Ray is not installed.
        """
        self._ray = ray = _ray()
        self._began = not ray.is_initialized()
        if self._began:
            ray.init(log_to_driver=False, logging_level=logging.WARNING)
        self._how = how
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

    def hear(self) -> list[News]:
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
        if self._began:
            self._ray.shutdown()

    def _news(self, stream: Any) -> list[News]:
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
        return self._actor.remote(self._how)


class _Actor:
    """A player in a process of the cluster; its browsers end with that process."""

    def __init__(self, how: Playing) -> None:
        self._player = Player(how)

    def play(self, jobs: Sequence[Job]) -> Iterator[Played]:
        """Plays the jobs, in any order."""
        yield from self._player.play(jobs)


def _ray() -> Any:
    try:
        import ray
    except ImportError as error:
        raise UserError("the engine ray needs Ray: pip install 'webagents-gym[ray]'") from error
    return ray
