"""What a collection has played so far, on disk: a line an episode, also for those not kept."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from webagents.collection.plan import Plan
from webagents.collection.player import Played
from webagents.data.writer import DatasetWriter
from webagents.errors import UserError, clipped
from webagents.rollout import Job

LINES = "collection.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is known of an episode that was played; `kept` is whether it is worth keeping."""

    task: str
    seed: int
    success: bool
    reward: float
    steps: int
    kept: bool

    @property
    def void(self) -> bool:
        """False: an episode that is void has no line."""
        return False


class Ledger:
    """Brings together the plan, the dataset and the lines; what it finds on disk is taken up.

    void: how many episodes stayed void in this session.
    """

    def __init__(self, folder: Path, source: str, plan: Plan, writer: DatasetWriter) -> None:
        """Takes up what was played.

        Raises:
            UserError: the lines are not a collection's.
        """
        self.plan, self._writer, self._source = plan, writer, source
        self.void = 0
        path = folder / LINES
        # An episode whose rows did not reach the journal was in flight: it is played again.
        self.lines = [
            line
            for line in _read(path)
            if not line.kept or self._id(Job(line.task, line.seed)) in writer
        ]
        known = {self._id(Job(line.task, line.seed)) for line in self.lines if line.kept}
        for id_ in [id_ for id_ in writer.waiting if id_ not in known]:
            writer.drop(id_)  # its line was not written: the episode is played again
        for line in self.lines:
            plan.heard(Job(line.task, line.seed), line.kept)
        self._file = path.open("ab")

    def close(self) -> None:
        """Closes the file of lines."""
        self._file.close()

    def hear(self, played: Played) -> Line | None:
        """Keeps an episode, and places what can be placed now; None for a void one."""
        if played.void:
            self.void += 1
            return None
        if played.rows is not None:
            self._writer.keep(played.batch)
        line = Line(
            task=played.job.task,
            seed=played.job.seed,
            success=played.success,
            reward=played.reward,
            steps=played.steps,
            kept=played.rows is not None,
        )
        self._file.write(orjson.dumps(line) + b"\n")
        self._file.flush()
        self.lines.append(line)
        self.plan.heard(played.job, line.kept)
        self.place()
        return line

    def place(self) -> None:
        """Places the episodes whose turn it is."""
        for job in self.plan.settled():
            if (id_ := self._id(job)) in self._writer.waiting:
                self._writer.place(id_)

    def finish(self) -> None:
        """Forgets what was kept and is not wanted, and writes the last shard."""
        for id_ in list(self._writer.waiting):
            self._writer.drop(id_)
        self._writer.close()

    def tried(self) -> dict[str, Counter[str]]:
        """Each task's episodes ``tried``, ``kept`` and ``failed``."""
        counts: dict[str, Counter[str]] = {}
        for line in self.lines:
            of_task = counts.setdefault(line.task, Counter(tried=0, kept=0, failed=0))
            of_task.update(tried=1, kept=line.kept, failed=not line.success)
        return counts

    def _id(self, job: Job) -> str:
        return f"{job.task}/{job.seed}/{self._source}"


def _read(path: Path) -> Sequence[Line]:
    """The lines of a file; a last one torn by a kill is cut off it."""
    if not path.exists():
        return []
    found = path.read_bytes().splitlines(keepends=True)
    lines = []
    for number, text in enumerate(found, start=1):
        try:
            if not text.endswith(b"\n"):
                raise ValueError("the line has no end")
            lines.append(Line(**orjson.loads(text)))
        except (ValueError, TypeError) as error:
            if number < len(found):
                raise UserError(f"{path}, line {number}, is no episode: {clipped(text)}") from error
            os.truncate(path, sum(map(len, found[:-1])))
    return lines
