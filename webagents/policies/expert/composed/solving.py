"""A composed task's expert: its parts' experts in turn, each shown its part of the page.

What a part's expert would do next tells whether the part is done: it would do the last thing once
more, or has nothing left to do. Parts are done in their order. One that was done wrongly is put
right, and one that was done before its turn is done again.
"""

from __future__ import annotations

from functools import lru_cache

from webagents.phrases import clauses
from webagents.policies.expert.composed.following import followed
from webagents.policies.expert.composed.moves import next_move
from webagents.policies.expert.composed.progress import Part, Person, Progress, Role
from webagents.policies.expert.sight import Expert, wait
from webagents.types import Episode

Cast = tuple[tuple[str, Expert], ...]
"""The names of a task's parts and their experts, in the order in which the parts are to be done."""


def solve(episode: Episode, cast: Cast, variant: int = 0) -> str:
    """The next action's text; a short wait where the sentence does not ask for these parts."""
    person = Person(episode.task, episode.seed, variant)
    progress = _begun(cast, person, episode.observation.instruction)
    if progress is None:
        return wait()
    pages = [*(step.observation.html for step in episode.steps), episode.observation.html]
    for step, page, then in zip(episode.steps, pages, pages[1:], strict=False):
        progress = followed(progress, page, step.action, step.error, then)
    return next_move(progress, pages[-1]).way.text


@lru_cache(maxsize=256)
def _begun(cast: Cast, person: Person, instruction: str) -> Progress | None:
    told = clauses(instruction, [task for task, _ in cast])
    if told is None:
        return None
    roles = [Role(clause, expert) for clause, (_, expert) in zip(told, cast, strict=True)]
    return Progress(person=person, parts=tuple(Part(role=role) for role in roles))
