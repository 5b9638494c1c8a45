"""From a recording to an episode on disk, one at a time, away from the server's own thread."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

from webagents.collection.acceptance import judge
from webagents.collection.recordings import Recording
from webagents.data.demonstration import Demonstration
from webagents.data.writer import DatasetWriter
from webagents.errors import WebAgentsError
from webagents.serving.recorder.desk import Assignment
from webagents.serving.recorder.stage import ACTION_MS, Stage
from webagents.types import TaskSpec

log = logging.getLogger(__name__)

PERSON = "person:"


class Kept(NamedTuple):
    """What became of a recording: `reason` says why it was not kept, "" where it was."""

    reason: str = ""
    steps: int = 0


class Keeper:
    """Judges recordings and keeps those that are accepted."""

    def __init__(
        self, writer: DatasetWriter, specs: Mapping[str, TaskSpec], *, failures: bool
    ) -> None:
        """`failures`: whether episodes that did not succeed are kept too."""
        self._writer, self._specs, self._failures = writer, specs, failures
        self._stage = Stage(screenshots=True)
        self._pool = ThreadPoolExecutor(1, "replay")
        self.kept = 0

    def done(self) -> Iterator[tuple[Assignment, str]]:
        """What people have played already, and who."""
        for id_ in self._writer.ids:
            task, seed, source = id_.split("/", 2)
            if source.startswith(PERSON):
                yield Assignment(task, int(seed)), source.removeprefix(PERSON)

    def keep(self, recording: Recording, person: str) -> Future[Kept]:
        """Plays a recording again and keeps the replay where it agrees."""
        return self._pool.submit(self._keep, recording, person)

    def close(self) -> None:
        """Ends the work in hand and the browser; the writer stays open."""
        self._pool.submit(self._stage.close)
        self._pool.shutdown()

    def _keep(self, recording: Recording, person: str) -> Kept:
        spec = self._specs[recording.task]
        success = recording.raw >= spec.success_at
        if not success and not self._failures:
            return Kept(f"the page gave the reward {recording.raw:g}; {_wanted(spec)}")
        try:
            verdict = judge(
                recording, self._stage.play, success_at=spec.success_at, action_ms=ACTION_MS
            )
            if verdict.episode is None:
                return Kept(verdict.reason)
            episode = verdict.episode
            if recording.note:
                episode = replace(episode, info={**episode.info, "note": recording.note})
            self._writer.add(Demonstration.of(episode, PERSON + person))
        except WebAgentsError as failure:
            log.warning("%s, seed %d: %s", recording.task, recording.seed, failure)
            return Kept(str(failure))
        self.kept += 1
        return Kept(steps=len(episode.steps))


def _wanted(spec: TaskSpec) -> str:
    if spec.success_at >= 1:
        return "a success gives 1"
    return f"a success gives {spec.success_at:g} or more"
