"""The server's own page, on which recordings are played again."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any, cast

from webagents.envs.task import PlayOptions
from webagents.errors import MachineError
from webagents.rollout import Job, rollout
from webagents.types import Decision, Episode, Policy

ACTION_MS = PlayOptions().action_ms


class Stage:
    """Plays one episode after the other in one browser, which starts with the first.

    It belongs to the thread that plays on it.
    """

    def __init__(self, **options: Any) -> None:
        """`options`: see `rollout`."""
        self._options = options
        self._job: Job | None = None
        self._policy: Policy | None = None
        self._episodes: Generator[Episode] | None = None

    def play(self, job: Job, policy: Policy) -> Episode:
        """Plays an episode to its end.

        Raises:
            BrowserMissing, BrowserStartError: no browser to play in.
        """
        self._job, self._policy = job, policy
        if self._episodes is None:
            episodes = rollout(self._jobs(), self, workers=1, **self._options)
            self._episodes = cast("Generator[Episode]", episodes)
        try:
            episode = next(self._episodes)
        except BaseException:
            self.close()
            raise
        if episode.void:
            self.close()  # a page that broke may have ended the rollout
        return episode

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """What the episode's own policy decides."""
        if self._policy is None:
            raise MachineError("the stage has nothing to play")
        return self._policy.act(episodes)

    def close(self) -> None:
        """Ends the browser; playing starts another."""
        episodes, self._episodes = self._episodes, None
        if episodes is not None:
            episodes.close()

    def _jobs(self) -> Iterator[Job]:
        while self._job is not None:
            job, self._job = self._job, None
            yield job
