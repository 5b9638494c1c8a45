"""Episodes as those of one clause of their instruction: how a policy is asked clause by clause.

The steps' notes tell where clauses ended: the policy that played them wrote `CLOSED` there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from lxml import html as lxml_html

from webagents import html
from webagents.slots.clauses import Wording
from webagents.types import Episode, Step

CLOSED = "closed"
"""The note of an action that was the last one of its clause."""


class Turn(NamedTuple):
    """An episode as that of the clause whose turn it is.

    more: whether another clause follows.
    """

    episode: Episode
    more: bool


def in_turn(episode: Episode, wording: Wording) -> Turn:
    """The clause whose turn it is, with its own steps.

    Its steps are those after the last one that closed a clause. Where there is but one clause the
    episode stays as it is.
    """
    clauses = wording.clauses(episode.observation.instruction)
    if len(clauses) == 1:
        return Turn(episode, more=False)
    number, begin = 0, 0
    for place, step in enumerate(episode.steps, 1):
        if step.notes.get(CLOSED) and not step.error and number + 1 < len(clauses):
            number, begin = number + 1, place
    asked = narrowed(episode, clauses[number], episode.steps[begin:])
    return Turn(asked, more=number + 1 < len(clauses))


def narrowed(episode: Episode, clause: str, steps: Sequence[Step]) -> Episode:
    """An episode as if it had been asked for no more than a clause, and had only these steps."""
    seen = episode.observation
    page = _saying(seen.html, seen.instruction, clause)
    error = seen.error if steps else ""
    observation = replace(seen, instruction=clause, html=page, error=error)
    return replace(episode, observation=observation, steps=tuple(steps))


def _saying(page: str, instruction: str, clause: str) -> str:
    """The page with the clause where it says the instruction, if it does."""
    wanted = _bare(instruction)
    root = html.parse(page)
    found = [
        one
        for one in root.iter()
        if isinstance(one.tag, str) and _bare("".join(one.itertext())) == wanted
    ]
    if not found:
        return page
    innermost = found[-1]
    for child in list(innermost):
        innermost.remove(child)
    innermost.text = clause
    return str(lxml_html.tostring(root, encoding="unicode"))


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
