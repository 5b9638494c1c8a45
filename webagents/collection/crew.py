"""Players in processes of this machine."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait

from webagents.collection.player import Played, Player, Playing
from webagents.crews import News
from webagents.errors import WebAgentsError
from webagents.rollout import Job


class ProcessCrew:
    """Processes of this machine. They end with this one, however it ends."""

    def __init__(self, how: Playing, size: int) -> None:
        self._how = how
        self._context = multiprocessing.get_context("spawn")
        self._players = [self._begun() for _ in range(size)]

    @property
    def size(self) -> int:
        """How many players there are."""
        return len(self._players)

    def give(self, player: int, jobs: Sequence[Job]) -> None:
        """Gives a player jobs beside those it has; a dead one is told of by `hear`."""
        with suppress(BrokenPipeError, ConnectionResetError):  # its end is closed, which is news
            self._players[player][1].send(list(jobs))

    def hear(self) -> list[News[Played]]:
        """Waits for news.

        Raises:
            WebAgentsError: a player cannot play at all.
        """
        pipes = {pipe: number for number, (_, pipe) in enumerate(self._players)}
        return [self._news(pipes[ready]) for ready in wait(list(pipes))]  # type: ignore[index]

    def close(self) -> None:
        """Ends the players and their browsers."""
        for _, pipe in self._players:
            pipe.close()
        for process, _ in self._players:
            process.join(timeout=10)
            process.kill()

    def _news(self, number: int) -> News[Played]:
        process, pipe = self._players[number]
        try:
            said = pipe.recv()
        except (EOFError, ConnectionResetError):
            pipe.close()
            process.join()
            self._players[number] = self._begun()
            return News(number, None)
        if isinstance(said, Exception):
            raise said
        return News(number, said)

    def _begun(self) -> tuple[multiprocessing.process.BaseProcess, Connection]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(self._how, theirs), daemon=True)
        process.start()
        theirs.close()
        return process, ours


class _Inbox:
    """The jobs that have come through a pipe; dry while there are none, over at its end."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._jobs: deque[Job] = deque()

    def __iter__(self) -> Iterator[Job]:
        return self

    def __next__(self) -> Job:
        while self._pipe.poll():
            self._jobs.extend(self._pipe.recv())
        if not self._jobs:
            raise StopIteration
        return self._jobs.popleft()

    def wait(self) -> None:
        """Waits until there are jobs.

        Raises:
            EOFError: there will be none any more.
        """
        self._jobs.extend(self._pipe.recv())


def _work(how: Playing, pipe: Connection) -> None:
    """A player's process: plays what comes through the pipe, until its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which closes the pipe
    inbox = _Inbox(pipe)
    try:
        with Player(how) as player:
            while True:
                inbox.wait()
                for played in player.play(inbox):
                    pipe.send(played)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except WebAgentsError as failure:
        pipe.send(failure)
