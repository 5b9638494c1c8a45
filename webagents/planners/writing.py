"""Programs in what a language model says, and pages in what it is asked."""

from __future__ import annotations

import re

from webagents import actions
from webagents.errors import ActionError, clipped
from webagents.html import find_all, parse, text_view
from webagents.planners.driver.nearest import written
from webagents.planners.language import Answer
from webagents.planners.sandbox import Outcome
from webagents.types import Episode, Step

MOST_CHARACTERS = 12_000
"""Of a page in a question, a few thousand tokens."""
_THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_CALLING = re.compile(r"[()\[\]{}]")
_FENCED = re.compile(r"```[ \t]*\w*[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL)


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
    """What was done so far, a line each, with the element it was done to, or why it failed."""
    return "\n".join(map(_done, episode.steps[-latest:])) or "(nothing yet)"


def _done(step: Step) -> str:
    if step.error:
        return f"{step.action}  # failed: {step.error}"
    try:
        ref = str(actions.parse(step.action).arguments.get("ref", ""))
    except ActionError:  # search[...], which names no element
        ref = ""
    element = next(find_all(parse(step.observation.html), ref=ref), None) if ref else None
    return step.action if element is None else f"{step.action}  # {written(element)}"


def fault_of(outcome: Outcome) -> str:
    """What a program's writer is told of how it ended: the line, and what was wrong there."""
    if outcome.ok or outcome.kind == "halted":
        return "It ran to its end, and the goal was not reached."
    where = f"Line {outcome.line}: {outcome.source.strip()}\n" if outcome.line else ""
    return f"{where}{outcome.message}" + (
        f"\nIt had printed: {clipped(outcome.printed, 300)}" if outcome.printed else ""
    )
