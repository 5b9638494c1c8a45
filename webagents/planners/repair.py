"""The repair loop: a program is written, run, explained and written again, at most three times.

One model writes (the learner), one says in words what was wrong (the teacher); both see how the
program ended and whether the goal was reached, and nothing else of how it is judged. That a program
which ran through did not reach the goal is feedback too, so success at the first turn is reported
apart.

Source: Wang et al. 2023, INTERVENOR (arXiv 2311.09868); the loop for web pages is ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from webagents.planners.driver.nearest import words
from webagents.planners.language import LanguageModel
from webagents.planners.prompts import prompt
from webagents.planners.sandbox import Outcome
from webagents.planners.writing import fault_of, page_of, programmed

MOST_TURNS = 3
Blame = Literal["planning", "summarisation", "programming"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a program is to do.

    instruction: the goal, in words.
    page: what the page shows at the beginning, or the part of it that matters.
    """

    instruction: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a program's run ended, and whether the goal was reached by it."""

    outcome: Outcome
    success: bool

    @property
    def fault(self) -> str:
        """What its writer is told, "" where there is nothing to tell."""
        return "" if self.success else fault_of(self.outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One program, what came of it, and what was said about it ("" where nothing was)."""

    program: str
    verdict: Verdict
    correction: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """All turns of one piece of work, the first of which had no feedback."""

    turns: tuple[Turn, ...]

    @property
    def program(self) -> str:
        """The last program."""
        return self.turns[-1].program

    @property
    def success(self) -> bool:
        """Whether the last program reached the goal."""
        return self.turns[-1].verdict.success

    @property
    def at_first(self) -> bool:
        """Whether the first program did."""
        return self.turns[0].verdict.success


class Author(Protocol):
    """Who writes programs, explains faults and writes again."""

    def write(self, work: Work) -> str:
        """A program for the work."""
        ...

    def explain(self, work: Work, program: str, fault: str) -> str:
        """How to change the program, in words."""
        ...

    def rewrite(self, work: Work, program: str, fault: str, correction: str) -> str:
        """The program changed so."""
        ...


class LanguageAuthor:
    """A learner and a teacher that are language models, by the bundled prompts."""

    def __init__(self, learner: LanguageModel, teacher: LanguageModel | None = None) -> None:
        """teacher: who explains; None: the learner itself."""
        self._learner = learner
        self._teacher = teacher or learner

    def write(self, work: Work) -> str:
        """See `Author.write`; prompt ``program``."""
        asked = prompt("program").question({**_told(work), "history": "(nothing yet)"})
        return programmed(self._learner.answer(asked))

    def explain(self, work: Work, program: str, fault: str) -> str:
        """See `Author.explain`; prompt ``explain``."""
        asked = prompt("explain").question({**_told(work), "program": program, "fault": fault})
        return self._teacher.answer(asked).text.strip()

    def rewrite(self, work: Work, program: str, fault: str, correction: str) -> str:
        """See `Author.rewrite`; prompt ``rewrite``."""
        asked = prompt("rewrite").question(
            {**_told(work), "program": program, "fault": fault, "correction": correction}
        )
        return programmed(self._learner.answer(asked))


def _told(work: Work) -> dict[str, str]:
    return {"instruction": work.instruction, "page": page_of(work.page)}


def repair(
    work: Work, author: Author, run: Callable[[str], Verdict], *, turns: int = MOST_TURNS
) -> Repair:
    """Programs for the work until one reaches the goal, at most `turns` after the first.

    run: runs a program from a fresh start, always the same (see `trying.attempt`).
    """
    program = author.write(work)
    done: list[Turn] = []
    for turn in range(turns + 1):
        verdict = run(program)
        if verdict.success or turn == turns:
            done.append(Turn(program=program, verdict=verdict))
            break
        correction = author.explain(work, program, verdict.fault)
        done.append(Turn(program=program, verdict=verdict, correction=correction))
        program = author.rewrite(work, program, verdict.fault, correction)
    return Repair(tuple(done))


def blame(work: Work, turn: Turn) -> Blame | None:
    """What of plan, page and program was at fault; None of a success.

    Programming: the program failed. Summarisation: it looked for what the part of the page that its
    writer was shown has nothing of. Planning: it did what it was told, and that was not the goal.

    Source of the classes: Gur et al. 2024, WebAgent, section 4.1; how they are told apart is ours.
    """
    outcome = turn.verdict.outcome
    if turn.verdict.success:
        return None
    if outcome.ok or outcome.kind == "halted":
        return "planning"
    if outcome.message.startswith("NoSuchElementException: no element by "):
        looked = outcome.message.partition("; the nearest: ")[0].partition("no element by ")[2]
        way, _, value = looked.partition(" '" if " '" in looked else ' "')
        shown = set(words(work.page))
        lacking = [word for word in words(value) if word not in shown]
        return "summarisation" if way and lacking else "programming"
    return "programming"


def tally(repairs: Sequence[tuple[Work, Repair]]) -> dict[str, Any]:
    """What came of many: success at the first turn and with repair, runs, and what was at fault.

    Each of ``success_at`` is the share of work done by that turn, the first being 0.
    """
    number = len(repairs)
    longest = max((len(each.turns) for _, each in repairs), default=0)
    done = [
        sum(each.success and len(each.turns) <= turn + 1 for _, each in repairs)
        for turn in range(longest)
    ]
    faults = Counter(blame(work, each.turns[-1]) for work, each in repairs if not each.success)
    return {
        "work": number,
        "success_at": [count / number for count in done],
        "runs": sum(len(each.turns) for _, each in repairs),
        "blame": {str(kind): count for kind, count in sorted(faults.items(), key=str)},
    }
