"""Who plays what: deals tasks and seeds so that no two people get the same, and keeps count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from webagents.types import TaskSpec

AWAY_SECONDS = 900.0


class Assignment(NamedTuple):
    """One episode to play: a task's id and a seed."""

    task: str
    seed: int


class Held(NamedTuple):
    """What a session has in hand, and since when, seconds."""

    assignment: Assignment
    person: str
    since: float


class Desk:
    """The tasks of a recording, what of them is done, and what is in people's hands."""

    def __init__(
        self,
        specs: Sequence[TaskSpec],
        episodes: int,
        seed_start: int,
        now: Callable[[], float],
    ) -> None:
        """`episodes`: how many are wanted of each task; `now`: a clock, seconds."""
        self.specs = {spec.id: spec for spec in specs}
        self._episodes = episodes
        self._seed_start = seed_start
        self._now = now
        self._done: dict[Assignment, str] = {}
        self._dealt: dict[Assignment, str] = {}
        self._skipped: set[Assignment] = set()
        self._held: dict[str, Held] = {}

    def begin(self, done: Iterable[tuple[Assignment, str]]) -> None:
        """Takes in what earlier recordings have kept, and who played it."""
        for assignment, person in done:
            self._done[assignment] = self._dealt[assignment] = person

    def held(self, session: str) -> Assignment | None:
        """What a session has in hand."""
        held = self._held.get(session)
        return held.assignment if held else None

    def deal(self, session: str, person: str, task: str | None = None) -> Assignment | None:
        """Something to play: of that task, or of the one that is furthest behind (None).

        None where all that is wanted is done or in other people's hands. What the session had in
        hand and did not play stays its person's, and is dealt to them again.
        """
        self._held.pop(session, None)
        chosen = task if task is not None else self._furthest_behind()
        if chosen is None:
            return None
        assignment = Assignment(chosen, self._seed(chosen, person))
        self._dealt[assignment] = person
        self._held[session] = Held(assignment, person, self._now())
        return assignment

    def touch(self, session: str) -> None:
        """Notes that a session is at work."""
        held = self._held.get(session)
        if held:
            self._held[session] = held._replace(since=self._now())

    def skip(self, session: str) -> None:
        """Puts away what a session has in hand: nobody gets it again."""
        held = self._held.pop(session, None)
        if held:
            self._skipped.add(held.assignment)

    def finish(self, assignment: Assignment, person: str) -> None:
        """Counts an episode that is kept."""
        self._done[assignment] = person
        for session, held in list(self._held.items()):
            if held.assignment == assignment:
                del self._held[session]

    def belongs(self, assignment: Assignment, person: str) -> bool:
        """Whether it was dealt to that person."""
        return self._dealt.get(assignment) == person

    def done(self, assignment: Assignment) -> bool:
        """Whether it has been played and kept."""
        return assignment in self._done

    def progress(self) -> list[dict[str, Any]]:
        """Each task: its ``id``, ``done`` and ``wanted`` episodes, and ``people``'s shares."""
        shares: dict[str, Counter[str]] = {task: Counter() for task in self.specs}
        for assignment, person in self._done.items():
            if assignment.task in shares:
                shares[assignment.task][person] += 1
        return [
            {
                "id": task,
                "name": task.partition(".")[2],
                "done": share.total(),
                "wanted": self._episodes,
                "people": dict(share.most_common()),
            }
            for task, share in shares.items()
        ]

    def _furthest_behind(self) -> str | None:
        counts = Counter(each.task for each in self._done)
        counts.update(
            held.assignment.task
            for held in self._held.values()
            if self._now() - held.since < AWAY_SECONDS
        )
        task = min(self.specs, key=lambda each: counts[each])
        return task if counts[task] < self._episodes else None

    def _seed(self, task: str, person: str) -> int:
        """The lowest seed that is free for a person; one dealt to them and not played is."""
        in_hand = {held.assignment for held in self._held.values()}
        seed = self._seed_start
        while True:
            assignment = Assignment(task, seed)
            away = assignment in self._done or assignment in self._skipped or assignment in in_hand
            if not away and self._dealt.get(assignment, person) == person:
                return seed
            seed += 1
