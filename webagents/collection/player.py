"""What plays episodes for a collection: one process, its pages and its browsers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import pyarrow as pa

from webagents.data.columns import SCHEMA, batch_of
from webagents.data.demonstration import Demonstration
from webagents.planners.settings import LanguageSettings
from webagents.policies import load_policy
from webagents.rollout import Job, Rollout
from webagents.types import Episode


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """How episodes are played and which are worth keeping; small, and sent to every player.

    policy: see `load_policy`.
    source: what the episodes are marked with.
    keep: ``"successes"``, or ``"all"``.
    pages: how many are played side by side by one player.
    play: see `PlayOptions`.
    language: the language model that the policy asks, if it does.
    """

    policy: str
    source: str
    keep: Literal["successes", "all"] = "successes"
    pages: int = 4
    play: dict[str, Any] = field(default_factory=dict)
    language: LanguageSettings = field(default_factory=LanguageSettings)


class Played(NamedTuple):
    """What came of one episode.

    void: why the machinery broke, "" when it did not.
    rows: the episode as an Arrow stream; None where it is not worth keeping.
    """

    job: Job
    success: bool
    reward: float
    steps: int
    void: str
    rows: bytes | None

    @property
    def batch(self) -> pa.RecordBatch:
        """The rows of an episode worth keeping."""
        with pa.ipc.open_stream(self.rows) as stream:
            return stream.read_next_batch()


class Player:
    """Plays jobs; a context manager, for its browsers have to end."""

    def __init__(self, how: Playing) -> None:
        """A player; its browsers start with the first job.

        Raises:
            UserError: a policy or an option that there is not.
        """
        self._how = how
        one = 1 if how.pages < 4 else None  # a browser of its own for each page or two is a waste
        policy = load_policy(how.policy, how.language)
        self._rollout = Rollout(policy, workers=how.pages, browsers=one, **how.play)

    def __enter__(self) -> Player:
        return self

    def __exit__(self, *_: object) -> None:
        self._rollout.close()

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        """Plays every job, in any order; see `Rollout.play`."""
        for episode in self._rollout.play(jobs):
            yield self._played(episode)

    def _played(self, episode: Episode) -> Played:
        worth = bool(episode.steps) and (episode.success or self._how.keep == "all")
        rows = None
        if worth and not episode.void:
            rows = streamed(batch_of(Demonstration.of(episode, self._how.source)))
        return Played(
            Job(episode.task, episode.seed),
            episode.success,
            episode.reward,
            len(episode.steps),
            episode.void,
            rows,
        )


def streamed(batch: pa.RecordBatch) -> bytes:
    """An episode's rows as the bytes that `Played` carries."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, SCHEMA) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())
