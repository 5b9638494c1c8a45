"""Who writes programs, and what they are told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from webagents.planners.language import Answer, LanguageModel, Question, account, answers, refused
from webagents.planners.plan import SNIPPETS, SUB_INSTRUCTED, Plan, Row, snippet
from webagents.planners.prompts import prompt
from webagents.planners.sandbox import Outcome
from webagents.planners.writing import (
    Choice,
    choice,
    fault_of,
    history_of,
    page_of,
    programmed,
    tried,
)
from webagents.types import NOTHING, Episode


@dataclass(slots=True, kw_only=True)
class Commission:
    """A program that an episode needs.

    plan: what it is to do, and with which elements.
    program, outcome: the one before, and how it ended; "" and None without one.
    before: how the one before it that acted ended, in words.
    faults: what was wrong with those written for this step.
    said: what a language model answered for this step.
    """

    episode: Episode
    plan: Plan
    program: str = ""
    outcome: Outcome | None = None
    before: str = ""
    faults: list[str] = field(default_factory=list)
    said: list[Answer] = field(default_factory=list)


class Written(NamedTuple):
    """A program, and what its writer notes beside it."""

    program: str
    notes: Mapping[str, Any] = NOTHING


class Writer(Protocol):
    """Writes programs. Batch first, as policies are; it keeps no state of an episode."""

    def write(self, commissions: Sequence[Commission]) -> list[Written]:
        """A program for each, in the same order."""
        ...


class LanguageWriter:
    """A language model that is asked for programs; one that failed it is told of, and goes on from.

    Attributes:
        model: who is asked.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        form: str = "program",
        row: Row = "whole",
        max_tokens: int = 512,
    ) -> None:
        """A writer that is a model.

        form: the prompt by which programs are asked for: "program", or "adaplanner".
        row: what of a plan it is shown.
        max_tokens: of an answer.
        """
        self.model = model
        self._form = form
        self._row = row
        self._max_tokens = max_tokens

    def write(self, commissions: Sequence[Commission]) -> list[Written]:
        """See `Writer.write`. The notes say what the answers for the step took.

        Raises:
            LanguageModelFailed, UserError: the model does not answer.
        """
        asked = [self._question(each) for each in commissions]
        written = []
        for each, answer in zip(commissions, answers(self.model, asked), strict=True):
            each.said.append(answer)
            notes = {"asked": account(each.said), **refused(each.said)}
            written.append(Written(programmed(answer), notes))
        return written

    def _question(self, commission: Commission) -> Question:
        episode, plan = commission.episode, commission.plan
        outcome = commission.outcome
        failed = outcome is not None and not outcome.ok
        seen = episode.observation
        values = {
            "instruction": plan.instruction if self._row in SUB_INSTRUCTED else seen.instruction,
            "history": history_of(episode),
            "page": self._page(seen.html, plan.refs, failed=failed),
        }
        name, drawn = self._form, _drawn(commission)
        if outcome is not None and failed and not drawn:
            name = "refine"
            values |= {"program": commission.program, "fault": fault_of(outcome)}
        return prompt(name).question(values, max_tokens=self._max_tokens, **drawn)

    def _page(self, page: str, refs: Collection[str] | None, *, failed: bool) -> str:
        """The page, or its snippets; nothing of it for a plan about none, until that fails."""
        if refs is None or self._row not in SNIPPETS or (failed and not refs):
            return page_of(page)
        return page_of(snippet(page, refs)) if refs else "(nothing of it is needed)"


def _drawn(commission: Commission) -> Choice:
    """How a step's next answer is chosen: see `choice`, of the programs for this very page.

    A model that repeats what failed is asked as if for the first time: its own program before its
    eyes is what it repeats.
    """
    begun = [step.notes.get("program") for step in tried(commission.episode)]
    programs = [str(each) for each in begun if each] + [programmed(a) for a in commission.said]
    return choice(programs)
