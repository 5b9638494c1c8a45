"""One policy that many pages ask at once, as a network is best used."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Sequence

from webagents.types import Decision, Demanding, Episode, Needs, Policy


class Judge:
    """Decides for whoever asks; what comes while it decides is decided next, together."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._waiting: list[tuple[Sequence[Episode], Future[list[Decision]]]] = []
        self._deciding: asyncio.Task[None] | None = None

    async def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The policy's decisions; what it raises, to all who were answered together."""
        answer: Future[list[Decision]] = asyncio.get_running_loop().create_future()
        self._waiting.append((episodes, answer))
        if self._deciding is None:
            self._deciding = asyncio.create_task(self._decide())
        return await answer

    async def needs(self, task: str) -> Needs:
        """What the policy has to see of a task."""
        return self._policy.needs(task) if isinstance(self._policy, Demanding) else Needs()

    async def _decide(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, []
            together = [episode for episodes, _ in asked for episode in episodes]
            try:
                decisions = iter(await asyncio.to_thread(self._policy.act, together))
            except Exception as error:  # noqa: BLE001 (each who asked raises it)
                for _, answer in asked:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for episodes, answer in asked:
                own = [next(decisions) for _ in episodes]
                if not answer.done():
                    answer.set_result(own)
        self._deciding = None
