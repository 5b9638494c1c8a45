"""Visits into examples: what was to be planned, and to be written, where a program began."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from torch import nn
from transformers import PreTrainedModel

from webagents.errors import UserError
from webagents.html import parse, ref_of
from webagents.models.pointer import PointerT5
from webagents.planners.compact import Clause, Kind, Tongue, planner_prompt, writer_prompt
from webagents.planners.compact.asking import LIMITS
from webagents.planners.compact.saying import lesson_of, utter
from webagents.planners.compact.tongue import ABOUT, PLAN, SHAPES
from webagents.planners.plan import SNIPPETS, TAUGHT, Plan, Row
from webagents.prompt import Prompt, PromptForm, before
from webagents.slots import Pieces, read
from webagents.slots.batching import Lesson, lessons_of
from webagents.slots.words import words_of
from webagents.training.denoising.batches import Arrays
from webagents.training.imitation import Taught, Teacher
from webagents.training.imitation.pointing import forced_symbols
from webagents.training.imitation.teaching import Forced
from webagents.types import Episode, Step

SHARES: dict[Row, float] = {"whole": 0.7, "planned": 0.1, "summarised": 0.1, "alone": 0.1}
"""How often a writer learns by which row's question: by all, for all four are played. Pages make
long questions, so most are of snippets."""

DISTRACTED, DISTRACTIONS = 0.2, 3
"""How often a writer's snippets hold elements that the plan is not about, and how many at most."""


class Lore(NamedTuple):
    """What is to be said at a program's start.

    plan, refs: the sub-instruction, and the elements that it is about.
    clauses: the program's statements.
    """

    plan: str
    refs: tuple[str, ...]
    clauses: tuple[Clause, ...]


def lore_of(step: Step, *, success: bool) -> Lore | None:
    """What a step has to teach; None for one at which no program began, or not a good one.

    A step that says what it would have taken teaches that. Others are of visits that succeeded, not
    a mistake that was made on purpose, and of a program that was the first to be tried.
    """
    notes = step.notes
    if TAUGHT not in notes:
        fair = success and "perturbed" not in notes and "faults" not in notes
        if not fair or not {"plan", "refs", "statements"} <= set(notes):
            return None
    told = notes.get(TAUGHT, notes)
    clauses = tuple(Clause(*map(str, each)) for each in told["statements"])
    if not clauses or not told["plan"]:
        return None
    return Lore(str(told["plan"]), tuple(map(str, told["refs"])), clauses)


class PartTeacher(Teacher):
    """Teaches a planner what was planned, or a writer what was written.

    A writer's questions are of one of the four rows, drawn anew for each epoch, and some of its
    snippets hold more than is needed.
    """

    beyond = "no slot for it, or too long"

    def __init__(self, pieces: Pieces, tongue: Tongue, *, kept: int = 0) -> None:
        """kept: how many examples stay in memory."""
        super().__init__(PromptForm())
        self.pieces, self.tongue = pieces, tongue
        self._room = kept
        self._kept: dict[tuple[Any, ...], Lesson | None] = {}

    def of(self, episode: Episode, *, augment: str = "") -> Iterator[Taught]:
        """The examples of one episode; see `Teacher.of`.

        augment: what the rows follow from; "" for the last row, of plan and snippets.
        """
        for number, step in enumerate(episode.steps):
            lore = lore_of(step, success=episode.success)
            if lore is None:
                self.left_out["no good program began"] += 1
                continue
            clauses = _plan(lore) if self.tongue.kind == "planner" else lore.clauses
            dice = random.Random(f"{augment}/{episode.task}/{episode.seed}/{number}")
            row, more = self._way(dice) if augment else ("whole", False)
            key = (episode.task, episode.seed, number, hash(lore), row, more)
            if key not in self._kept:
                prompt = self._prompt(before(episode, number), lore, row, dice if more else None)
                lesson = self._lesson(prompt, clauses)
                if len(self._kept) < self._room:
                    self._kept[key] = lesson
            else:
                lesson = self._kept[key]
            if lesson is None:
                self.left_out[self.beyond] += 1
                continue
            yield Taught(episode.task, episode.seed, number, in_words(clauses), lesson)

    def example(self, asked: Prompt, action: str) -> None:
        """None: a plan is no action."""

    def collated(self, steps: Sequence[Taught]) -> Arrays:
        """The arrays of `slots.lessons_of`."""
        return lessons_of([step.example for step in steps], self.tongue)

    def said(self, model: PreTrainedModel, steps: Sequence[Taught]) -> list[str]:
        """See `Teacher.said`."""
        assert isinstance(model, PointerT5)
        asked = [step.example.slots for step in steps]
        return [in_words(clauses) for clauses in utter(model, asked, self.tongue)]

    def forced(self, model: nn.Module, arrays: Arrays) -> Forced:
        """See `Teacher.forced`."""
        return forced_symbols(model, arrays)

    def _way(self, dice: random.Random) -> tuple[Row, bool]:
        if self.tongue.kind == "planner":
            return "whole", False
        (row,) = dice.choices(list(SHARES), list(SHARES.values()))
        return row, row in SNIPPETS and dice.random() < DISTRACTED

    def _prompt(
        self, episode: Episode, lore: Lore, row: Row, distracting: random.Random | None
    ) -> Prompt:
        if self.tongue.kind == "planner":
            return planner_prompt(episode)
        refs = list(lore.refs)
        if distracting is not None and refs:
            page = [ref_of(each) for each in parse(episode.observation.html).iter() if each.text]
            refs += distracting.sample(page, min(len(page), distracting.randint(1, DISTRACTIONS)))
        return writer_prompt(episode, Plan(instruction=lore.plan, refs=tuple(refs)), row)

    def _lesson(self, asked: Prompt, clauses: Sequence[Clause]) -> Lesson | None:
        limits = LIMITS[self.tongue.kind]
        slots = read(asked, self.pieces, limits)
        copies = len(words_of(asked.instruction, limits.words))
        try:
            symbols = self.tongue.symbols_of(clauses, slots, copies)
        except UserError:
            return None
        return lesson_of(slots, symbols, self.tongue)


def in_words(clauses: Iterable[Clause]) -> str:
    """Clauses as one text, for people and to compare."""
    return " · ".join(" ".join(filter(None, each)) for each in clauses)


def common_words(lore: Iterable[tuple[str, Lore]], kind: Kind, least: int) -> tuple[str, ...]:
    """The words that plans, or programs, have and their questions have not, often first.

    lore: each with the task in words.
    least: how often one has to be said.
    """
    counts: Counter[str] = Counter()
    for task, one in lore:
        clauses = _plan(one) if kind == "planner" else one.clauses
        asked = {word.text for word in words_of(task if kind == "planner" else one.plan)}
        for clause in clauses:
            if "t" in SHAPES[clause.verb]:
                words = words_of(clause.text)
                counts.update(w.before + w.text for w in words if w.text not in asked)
    return tuple(word for word, count in sorted(counts.items(), key=_often) if count >= least)


def _often(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _plan(lore: Lore) -> tuple[Clause, ...]:
    return (Clause(PLAN, text=lore.plan), *(Clause(ABOUT, ref) for ref in lore.refs))
