"""Programs in what a language model says, and pages in what it is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypedDict

from webagents import actions
from webagents.errors import ActionError, clipped
from webagents.html import find_all, parse, text_view
from webagents.planners.driver.nearest import written
from webagents.planners.language import Answer
from webagents.planners.sandbox import Outcome
from webagents.types import Episode, Step

MOST_CHARACTERS = 12_000
"""Of a page in a question, a few thousand tokens."""
DRAWN = 0.7
"""The temperature of an answer where the likeliest was given before and did nothing."""
_THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_CALLING = re.compile(r"[()\[\]{}]")
_FENCED = re.compile(r"```[ \t]*\w*[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL)


class Choice(TypedDict, total=False):
    """How an answer is chosen: fields of a `Question`, as it has them where they are left out."""

    temperature: float
    seed: int


def spoken(said: str) -> str:
    """An answer without what its model thought aloud before it."""
    return _THOUGHTS.sub("", said).strip("\n")


def program_of(said: str) -> str:
    """The program in an answer: its longest fenced block, or all of it where it has none."""
    blocks = _FENCED.findall(spoken(said))
    return (max(blocks, key=len) if blocks else spoken(said)).strip("\n")


def programmed(answer: Answer) -> str:
    """The program of an answer; for a question that was refused one that says so as it is run."""
    if answer.refused:
        return f"raise RuntimeError({told_of(answer)!r})"
    return program_of(answer.text)


def told_of(answer: Answer) -> str:
    """Why there is no answer, as an agent is told: no part of it reads as an action or program."""
    return f"the language model refused the question: {_CALLING.sub(' ', answer.refused)}"


def line_of(said: str) -> str:
    """The one line that an answer is about: the last that is not empty, without its fence."""
    lines = [line.strip().strip("`") for line in spoken(said).splitlines()]
    return next((line for line in reversed(lines) if line), "")


def page_of(html: str, limit: int = MOST_CHARACTERS) -> str:
    """A page as a question shows it: its text view, cut off behind the last whole tag."""
    seen = text_view(html)
    if len(seen) <= limit:
        return seen
    return seen[: max(seen.rfind("<", 0, limit), 0) or limit] + "…"


def history_of(episode: Episode, latest: int = 8) -> str:
    """What was done so far, a line each: to which element, and that it failed or did nothing."""
    pages = [step.observation.html for step in episode.steps] + [episode.observation.html]
    done = [_done(step, after) for step, after in zip(episode.steps, pages[1:], strict=True)]
    return "\n".join(done[-latest:]) or "(nothing yet)"


def _done(step: Step, after: str) -> str:
    if step.error:
        return f"{step.action}  # failed: {step.error}"
    page = step.observation.html
    try:
        ref = str(actions.parse(step.action).arguments.get("ref", ""))
    except ActionError:  # search[...], which names no element
        ref = ""
    element = next(find_all(parse(page), ref=ref), None) if ref else None
    told = [] if element is None else [written(element)]
    if page == after:
        told.append("the page stayed as it was")
    return step.action + ("  # " + "; ".join(told) if told else "")


def tried(episode: Episode) -> list[Step]:
    """The steps that were begun with the page as it is now: they led nowhere, or back."""
    return [step for step in episode.steps if step.observation.html == episode.observation.html]


def choice(said: Sequence[str]) -> Choice:
    """How the next answer is chosen: the likeliest; drawn where the same was said twice in a row.

    said: what was said before, to no effect.
    """
    if len(said) < 2 or said[-1] != said[-2]:
        return Choice()
    return Choice(temperature=DRAWN, seed=len(said))


def fault_of(outcome: Outcome) -> str:
    """What a program's writer is told of how it ended: the line, and what was wrong there."""
    if outcome.ok or outcome.kind == "halted":
        return "It ran to its end, and the goal was not reached."
    where = f"Line {outcome.line}: {outcome.source.strip()}\n" if outcome.line else ""
    return f"{where}{outcome.message}" + (
        f"\nIt had printed: {clipped(outcome.printed, 300)}" if outcome.printed else ""
    )
