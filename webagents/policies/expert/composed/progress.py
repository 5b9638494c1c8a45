"""What has been done so far of each part of a composed task, read from the episode's steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from webagents.phrases import Clause
from webagents.policies.expert.sight import Expert, Sight, wait
from webagents.types import Episode, Observation, Step


class Person(NamedTuple):
    """Whose episode it is, which decides where any choice will do: see `Sight`."""

    task: str
    seed: int
    variant: int


class Role(NamedTuple):
    """A part: what is asked of it, and who knows how to do it."""

    clause: Clause
    expert: Expert


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """A part so far.

    steps: the steps that were about it, as an episode of its own would have them.
    seen: whether the page has shown it yet.
    closed: whether what was done last to it was all that is to be done, in its turn.

    Compared by identity, as `Progress` is, so that what follows from it is worked out once.
    """

    role: Role
    steps: tuple[Step, ...] = ()
    seen: bool = False
    closed: bool = False

    def after(self, piece: str, action: str) -> Part:
        """The part after one more step that was about it."""
        step = Step(observation=self.sees(piece), action=action)
        return replace(self, steps=(*self.steps, step), closed=False)

    def sees(self, piece: str) -> Observation:
        """What an episode of its own sees."""
        return Observation(instruction=self.role.clause.instruction, html=piece)


@lru_cache(maxsize=1024)
def proposal(part: Part, piece: str, person: Person) -> str:
    """What a part's expert would do now, shown its piece of the page; a wait where it has none."""
    if not piece:
        return wait()
    episode = Episode(
        task=person.task, seed=person.seed, observation=part.sees(piece), steps=part.steps
    )
    return part.role.expert(Sight(episode, person.variant))


class Refusal(NamedTuple):
    """A click that did not get through.

    meant: what was to be done.
    cover: the ref of what was in the way; "" where another way had been taken, in vain.
    """

    meant: str
    cover: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Progress:
    """A composed episode so far.

    refused: the clicks that did not get through, in their order.
    pushes: how often dialogs have been moved aside since the last step that got on.
    """

    person: Person
    parts: tuple[Part, ...]
    refused: tuple[Refusal, ...] = ()
    pushes: int = 0

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """What is asked, part by part."""
        return tuple(part.role.clause for part in self.parts)

    def shown(self, pieces: Sequence[str]) -> Progress:
        """The progress after a look at the parts' pieces of a page."""
        looks = zip(self.parts, pieces, strict=True)
        new = [replace(p, seen=True) if piece and not p.seen else p for p, piece in looks]
        return replace(self, parts=tuple(new))

    def changed(self, number: int, part: Part) -> Progress:
        """The progress with another state of the part of that number."""
        return replace(self, parts=(*self.parts[:number], part, *self.parts[number + 1 :]))
