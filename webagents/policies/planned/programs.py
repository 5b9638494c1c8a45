"""The policy that has programs written: WebAgent's loop, and AdaPlanner's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from webagents.actions import Action
from webagents.planners.commissions import Commission, Writer, Written
from webagents.planners.plan import Plan, Planner
from webagents.planners.replaying import advance
from webagents.planners.sandbox import DONE, Outcome
from webagents.types import Decision, Episode

_NOTHING = Outcome(
    kind="raised",
    message="It ran to its end and did nothing on the page; find what is there by its ref.",
)


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
        writer: Writer,
        *,
        planner: Planner | None = None,
        repairs: int = 3,
        programs: int = 10,
        refined: int = 3,
    ) -> None:
        """A policy of a writer.

        planner: says what each program is to do, and with which elements; None: the task itself,
            with the whole page.
        repairs: how often a program that fails before it did anything is written again.
        programs: how many an episode has at most; then it is given up.
        refined: how many programs in a row may go on from one that stopped before its end; when the
            last of them does too, the episode is given up.
        """
        self.writer = writer
        self._planner = planner
        self._repairs = repairs
        self._programs = programs
        self._refined = refined

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The next action of each episode's program.

        Raises:
            LanguageModelFailed, UserError: the writer's language model does not answer.
        """
        decided: dict[int, Decision] = {}
        pending: dict[int, Commission] = {}
        for place, episode in enumerate(episodes):
            going = self._going_on(episode)
            if isinstance(going, Decision):
                decided[place] = going
            else:
                pending[place] = going
        noted: dict[int, Mapping[str, Any]] = {}
        self._plan(list(pending.values()))
        for turn in range(self._repairs + 1):
            written = self.writer.write(list(pending.values()))
            for place, one in zip(list(pending), written, strict=True):
                noted[place] = one.notes
                begun = self._begun(pending[place], one, turn)
                if begun is not None:
                    decided[place] = begun
                    del pending[place]
        for place, each in pending.items():
            decided[place] = _given_up(
                "no program that does anything",
                faults=each.faults,
                **noted.get(place, {}),
                **self._planned(each),
            )
        return [decided[place] for place in range(len(episodes))]

    def _going_on(self, episode: Episode) -> Decision | Commission:
        """What the program in hand does next; or what the next one is to follow."""
        starts = [n for n, step in enumerate(episode.steps) if "program" in step.notes]
        if not starts:
            return Commission(episode=episode, plan=_whole(episode))
        began = starts[-1]
        program = str(episode.steps[began].notes["program"])
        progress = advance(program, episode.steps[began:], episode.observation)
        if progress.action is not None:
            return Decision(action=progress.action, notes={"running": began})
        if len(starts) >= self._programs:
            return _given_up(f"{len(starts)} programs", ended=str(progress.outcome))
        if not progress.outcome.ok and _refinements(episode, starts) >= self._refined:
            return _given_up(
                f"{self._refined + 1} programs in a row that stopped before their end",
                ended=str(progress.outcome),
            )
        return Commission(
            episode=episode,
            plan=_whole(episode),
            program=program,
            outcome=progress.outcome,
            before=str(progress.outcome),
        )

    def _plan(self, commissions: Sequence[Commission]) -> None:
        if self._planner is not None and commissions:
            plans = self._planner.plan([each.episode for each in commissions])
            for each, plan in zip(commissions, plans, strict=True):
                each.plan = plan
                if plan.instruction != _latest_plan(each.episode):
                    each.program, each.outcome = "", None  # what failed was for something else

    def _begun(self, commission: Commission, written: Written, turn: int) -> Decision | None:
        """A new program's first action; None where it has none, which is noted."""
        program = written.program
        progress = advance(program, (), commission.episode.observation)
        if progress.action is None:
            outcome = _NOTHING if progress.outcome.ok else progress.outcome
            commission.program, commission.outcome = program, outcome
            commission.faults.append(str(outcome))
            return None
        notes: dict[str, Any] = {"program": program, "turn": turn, **written.notes}
        notes |= self._planned(commission)
        if commission.before:
            notes["before"] = commission.before
        if commission.faults:
            notes["faults"] = list(commission.faults)
        return Decision(action=progress.action, notes=notes)

    def _planned(self, commission: Commission) -> dict[str, Any]:
        if self._planner is None:
            return {}
        return {"plan": commission.plan.instruction, "refs": list(commission.plan.refs or ())}


def _refinements(episode: Episode, starts: Sequence[int]) -> int:
    """How many programs in a row, to the latest, went on from one that had stopped."""
    before = [str(episode.steps[start].notes.get("before", DONE)) for start in starts]
    return len(list(takewhile(lambda how: how != DONE, reversed(before))))


def _latest_plan(episode: Episode) -> str:
    """What the latest program was to do."""
    return next((str(s.notes["plan"]) for s in reversed(episode.steps) if "plan" in s.notes), "")


def _whole(episode: Episode) -> Plan:
    return Plan(instruction=episode.observation.instruction)


def _given_up(why: str, **notes: Any) -> Decision:
    action = Action(name="report_infeasible", arguments={"reason": f"given up after {why}"})
    return Decision(action=action.text, notes={"given_up": why, **notes})
