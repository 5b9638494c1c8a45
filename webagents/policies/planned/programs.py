"""Policies whose language model writes programs: WebAgent's code writer, and AdaPlanner's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from webagents.actions import Action
from webagents.planners.language import Answer, LanguageModel, Question, account, answers
from webagents.planners.plan import Plan, Planner, snippet
from webagents.planners.prompts import prompt
from webagents.planners.replaying import advance
from webagents.planners.sandbox import Outcome
from webagents.planners.writing import fault_of, history_of, page_of, program_of
from webagents.types import Decision, Episode

_NOTHING = Outcome(kind="raised", message="It ran to its end and did nothing on the page.")


@dataclass(slots=True, kw_only=True)
class _Pending:
    """An episode that needs a program.

    program, outcome: the one before, and how it ended; None without one.
    faults: what was wrong with those written for this step.
    said: what the model answered for this step.
    """

    episode: Episode
    plan: Plan
    program: str = ""
    outcome: Outcome | None = None
    faults: list[str] = field(default_factory=list)
    said: list[Answer] = field(default_factory=list)


class ProgramPolicy:
    """Has a program written, does what it does one action a step, and has the next one written.

    Where a program fails, its writer is told the line and what was wrong, and goes on from the page
    as it is. The program of a step is in the notes of the step that it began at: from there it is
    run anew at each step (see `planners.replaying`).

    Source: Gur et al. 2024, WebAgent (programs for sub-instructions and snippets); Sun et al. 2023,
    AdaPlanner (a program with assertions, refined where one fails). Prompts and loop are ours.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        form: str = "program",
        planner: Planner | None = None,
        repairs: int = 3,
        programs: int = 10,
        max_tokens: int = 512,
    ) -> None:
        """A policy of a model.

        form: the prompt by which programs are asked for: "program", or "adaplanner".
        planner: says what each program is to do, and with which elements; None: the task itself,
            with the whole page.
        repairs: how often a program that fails before it did anything is written again.
        programs: how many an episode has at most; then it is given up.
        max_tokens: of an answer.
        """
        self.model = model
        self._form = form
        self._planner = planner
        self._repairs = repairs
        self._programs = programs
        self._max_tokens = max_tokens

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The next action of each episode's program.

        Raises:
            LanguageModelFailed, UserError: the model does not answer.
        """
        decided: dict[int, Decision] = {}
        pending: dict[int, _Pending] = {}
        for place, episode in enumerate(episodes):
            going = self._going_on(episode)
            if isinstance(going, Decision):
                decided[place] = going
            else:
                pending[place] = going
        self._plan(list(pending.values()))
        for turn in range(self._repairs + 1):
            asked = [self._question(each) for each in pending.values()]
            said = answers(self.model, asked)
            for place, answer in zip(list(pending), said, strict=True):
                pending[place].said.append(answer)
                begun = self._begun(pending[place], program_of(answer.text), turn)
                if begun is not None:
                    decided[place] = begun
                    del pending[place]
        for place, each in pending.items():
            decided[place] = _given_up(
                "no program that does anything", faults=each.faults, asked=account(each.said)
            )
        return [decided[place] for place in range(len(episodes))]

    def _going_on(self, episode: Episode) -> Decision | _Pending:
        """What the program in hand does next; or what the next one is to follow."""
        starts = [n for n, step in enumerate(episode.steps) if "program" in step.notes]
        if not starts:
            return _Pending(episode=episode, plan=_whole(episode))
        began = starts[-1]
        program = str(episode.steps[began].notes["program"])
        progress = advance(program, episode.steps[began:], episode.observation)
        if progress.action is not None:
            return Decision(action=progress.action, notes={"running": began})
        if len(starts) >= self._programs:
            return _given_up(f"{len(starts)} programs", ended=str(progress.outcome))
        return _Pending(
            episode=episode,
            plan=_whole(episode),
            program=program,
            outcome=progress.outcome,
        )

    def _plan(self, pending: Sequence[_Pending]) -> None:
        if self._planner is not None and pending:
            plans = self._planner.plan([each.episode for each in pending])
            for each, plan in zip(pending, plans, strict=True):
                each.plan = plan

    def _question(self, pending: _Pending) -> Question:
        """What is asked: for a program; after one that failed, how it goes on."""
        episode, plan = pending.episode, pending.plan
        page = episode.observation.html
        values = {
            "instruction": plan.instruction,
            "history": history_of(episode),
            "page": page_of(snippet(page, plan.refs) if plan.refs else page),
        }
        name = self._form
        if pending.outcome is not None and not pending.outcome.ok:
            name = "refine"
            values |= {"program": pending.program, "fault": fault_of(pending.outcome)}
        return prompt(name).question(values, max_tokens=self._max_tokens)

    def _begun(self, pending: _Pending, program: str, turn: int) -> Decision | None:
        """A new program's first action; None where it has none, which is noted."""
        progress = advance(program, (), pending.episode.observation)
        if progress.action is None:
            outcome = _NOTHING if progress.outcome.ok else progress.outcome
            pending.program, pending.outcome = program, outcome
            pending.faults.append(str(outcome))
            return None
        notes: dict[str, Any] = {"program": program, "turn": turn, "asked": account(pending.said)}
        if self._planner is not None:
            notes |= {"plan": pending.plan.instruction, "refs": list(pending.plan.refs)}
        if pending.outcome is not None and not pending.faults:
            notes["before"] = str(pending.outcome)
        if pending.faults:
            notes["faults"] = list(pending.faults)
        return Decision(action=progress.action, notes=notes)


def _whole(episode: Episode) -> Plan:
    return Plan(instruction=episode.observation.instruction)


def _given_up(why: str, **notes: Any) -> Decision:
    action = Action(name="report_infeasible", arguments={"reason": f"given up after {why}"})
    return Decision(action=action.text, notes={"given_up": why, **notes})
