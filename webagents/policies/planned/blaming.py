"""What was at fault where a visit of a website failed: the plan, the snippets, or the program.

Source of the classes: Gur et al. 2024, WebAgent, section 4.1. There people judged; here the first
program is looked for that parts from what the site's expert would have done on the same page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from webagents.actions import Action, parse
from webagents.errors import ActionError
from webagents.planners.plan import SNIPPETS, SUB_INSTRUCTED, Row
from webagents.planners.repair import Blame
from webagents.planners.statements import Statement
from webagents.policies.expert import STEADY
from webagents.policies.expert.websites.moves import Move
from webagents.policies.planned.scripted import move_of, statements_of
from webagents.prompt import before
from webagents.types import Episode

VARIANTS = (STEADY, 0, 1, 2, 3)
"""The experts that a plan may agree with: orders differ in which any will do."""

_UNDOING = ("Remove ", "Take back ")
"""What an expert says who has to put something right."""

_Deed = tuple[str, str, str]


def blame(episode: Episode, row: Row) -> Blame | None:
    """What was at fault first; None of a success.

    Planning: the sub-instruction is none that an expert would give there, or nothing was wrong but
    that the visit did not end. Summarisation: an element is missing that the sub-instruction is
    about. Programming: it was not done by the program. Who is not told a sub-instruction plans
    within the program, and who is shown the page can miss nothing.

    row: what the writer was shown.
    """
    if episode.success:
        return None
    begun = {"program", "faults"}  # the latter alone: nothing that was written did anything
    starts = [place for place, step in enumerate(episode.steps) if begun & step.notes.keys()]
    for start, end in pairwise([*starts, len(episode.steps)]):
        if (fault := _fault(episode, start, end, row)) is not None:
            return fault
    return "planning"


def _fault(episode: Episode, start: int, end: int, row: Row) -> Blame | None:
    there, notes = before(episode, start), episode.steps[start].notes
    moves = [move_of(there, variant) for variant in VARIANTS]
    if row in SUB_INSTRUCTED:
        moves = [move for move in moves if move.says == notes.get("plan")]
        if not moves:
            return "planning"
    shown = set(map(str, notes.get("refs", ())))
    if row in SNIPPETS and shown and not any(set(move.refs) <= shown for move in moves):
        return "summarisation"
    done = list(_deeds(step.action for step in episode.steps[start:end]))
    wanted = [list(_deeds_of(statements_of(move))) for move in moves]
    if done in wanted or _went_on(episode, end, moves):
        return None
    return "programming" if row in SUB_INSTRUCTED or notes.get("faults") else "planning"


def _went_on(episode: Episode, end: int, moves: Sequence[Move]) -> bool:
    """Whether an expert would say something else after the program, and nothing to undo it."""
    if end == len(episode.steps):
        return False
    says = move_of(before(episode, end)).says
    return all(says != move.says for move in moves) and not says.startswith(_UNDOING)


def _deeds(actions: Iterator[str]) -> Iterator[_Deed]:
    """What actions did, in the experts' words; emptying a field before it is filled is nothing."""
    for text in actions:
        try:
            action = parse(text)
        except ActionError:
            yield "nothing", "", ""
            continue
        ref, name = str(action.arguments.get("ref", "")), action.name
        if name in ("fill", "type"):
            yield "fill", ref, str(action.arguments["text"])
        elif name == "select_option":
            yield "select", ref, _options(action)
        elif name == "send_msg_to_user":
            yield "say", "", ""
        elif name != "clear":
            yield name, ref, ""


def _deeds_of(statements: Sequence[Statement]) -> Iterator[_Deed]:
    names = {"check": "click", "uncheck": "click", "enter": "press"}
    for verb, ref, text in statements:
        yield names.get(verb, verb), ref, "" if verb == "say" else text


def _options(action: Action) -> str:
    options = action.arguments["options"]
    return "\n".join(options) if isinstance(options, tuple) else str(options)
