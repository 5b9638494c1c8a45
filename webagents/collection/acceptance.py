"""Taking in what people recorded: an episode counts once the environment plays it to the same end.

What is kept is the environment's own episode, with its observations and screenshots.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from webagents.actions import Action
from webagents.collection.matching import renamed
from webagents.collection.plans import Plan, Planned, plans, waits
from webagents.collection.recordings import Recording
from webagents.rollout import Job
from webagents.types import Decision, Episode, Policy

TOLERANCE = 0.005
"""By how much raw rewards may differ: pages are laid out with the machine's own fonts."""

MISSING = "missing"

Play = Callable[[Job, Policy], Episode]
"""Plays one episode to its end."""


class Verdict(NamedTuple):
    """What became of a recording.

    episode: the environment's replay; None where the recording is not accepted.
    reason: why it is not, for the person; "" where it is.
    """

    episode: Episode | None
    reason: str = ""


class PlanPolicy:
    """Plays one plan; where an element it names is missing, or the plan is at its end, it stops."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The next action of each episode."""
        return [self._next(episode) for episode in episodes]

    def _next(self, episode: Episode) -> Decision:
        notes = episode.steps[-1].notes if episode.steps else {"next": 0, "waited": 0}
        at, waited = notes["next"], notes["waited"]
        if at == len(self._plan):
            return _stop("the recording ends here")
        planned = self._plan[at]
        text = renamed(planned.text, planned.html, episode.observation.html)
        if planned.wait_ms and (text is None or not planned.needed):
            wait = waits(planned.wait_ms)
            if waited < len(wait):
                return Decision(action=wait[waited], notes=_notes(planned, at, waited + 1))
        if text is None:
            return _stop(MISSING, planned.move)
        return Decision(action=text, notes=_notes(planned, at + 1, 0))


def _notes(planned: Planned, following: int, waited: int) -> dict[str, float]:
    return {
        "move": planned.move,
        "person_ms": round(planned.person_ms, 1),
        "next": following,
        "waited": waited,
    }


def _stop(reason: str, move: int = 0) -> Decision:
    text = Action(name="report_infeasible", arguments={"reason": reason}).text
    return Decision(action=text, notes={"move": move})


def judge(recording: Recording, play: Play, *, success_at: float, action_ms: float) -> Verdict:
    """Plays a recording again, in one plan after the other until one comes to the person's reward.

    success_at: the raw reward from which the task counts as a success.
    action_ms: the page time that passes with each action.
    """
    if not recording.moves:
        return Verdict(None, "nothing was done on the page")
    job = Job(recording.task, recording.seed)
    reasons: list[str] = []
    with_errors: Episode | None = None
    for plan in plans(recording, action_ms):
        episode = play(job, PlanPolicy(plan))
        reason = disagreement(recording, episode, success_at)
        if reason:
            reasons.append(reason)
        elif any(step.error for step in episode.steps):
            with_errors = with_errors or episode
        else:
            return Verdict(_own(episode))
    if with_errors is not None:
        return Verdict(_own(with_errors))
    return Verdict(None, reasons[0])


def disagreement(recording: Recording, episode: Episode, success_at: float) -> str:
    """Why a replay does not agree with its recording; "" where it does."""
    if episode.void:
        return f"the replay broke off ({episode.void}); send it again"
    last = episode.steps[-1]
    did = f"action {len(episode.steps)}"
    if last.action.startswith("report_infeasible"):
        if MISSING in last.action:
            move = recording.moves[last.notes["move"]]
            return f"in the replay, what {move.ways[0][0]} ({did}) was done to was not on the page"
        return "the replay did the same, and the task was not finished"
    if last.truncated:
        return f"it took more than the {len(episode.steps)} actions that the task allows"
    raw = float(episode.info["raw_reward"])
    same = math.isclose(raw, recording.raw, abs_tol=TOLERANCE)
    if not same or episode.success != (recording.raw >= success_at):
        return f"your page gave the reward {recording.raw:g}, the replay {raw:g}"
    return ""


def _own(episode: Episode) -> Episode:
    """The episode with what its notes are for: when the person did each thing."""
    steps = tuple(
        replace(step, notes={name: step.notes[name] for name in ("move", "person_ms")})
        for step in episode.steps
    )
    return replace(episode, steps=steps)
