"""What a planner and a writer are shown of an episode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from webagents.actions import Action
from webagents.planners.compact.tongue import Kind
from webagents.planners.plan import SNIPPETS, SUB_INSTRUCTED, Plan, Row, cut
from webagents.prompt import Prompt
from webagents.slots import Limits
from webagents.types import Episode

_PAGE = Limits(words=96, elements=192, copies=96, text=12, attribute=6)

LIMITS: Mapping[Kind, Limits] = {"planner": replace(_PAGE, ordinals=True), "writer": _PAGE}
"""How much of a page is read: of the largest ones a third, the most relevant elements. A planner is
told which is the third of a list; a writer sees snippets, in which that one stands alone."""

_PAST = 6
"""Of the latest sub-instructions, or actions, that are told."""


def planner_prompt(episode: Episode) -> Prompt:
    """The task, the sub-instructions so far, why the last action failed, and the page."""
    seen = episode.observation
    past = [str(step.notes["plan"]) for step in episode.steps if step.notes.get("plan")]
    return Prompt(
        instruction=seen.instruction,
        actions=tuple(_as_action(each) for each in past[-_PAST:]),
        error=seen.error,
        html=seen.html,
    )


def writer_prompt(episode: Episode, plan: Plan, row: Row) -> Prompt:
    """What is to be done, and the page or its snippets; without a plan, the actions so far too."""
    seen = episode.observation
    page = cut(seen.html, plan.refs) if row in SNIPPETS and plan.refs else seen.html
    if row in SUB_INSTRUCTED:
        return Prompt(instruction=plan.instruction, actions=(), error="", html=page)
    done = tuple(step.action for step in episode.steps[-_PAST:])
    return Prompt(instruction=seen.instruction, actions=done, error=seen.error, html=page)


def _as_action(told: str) -> str:
    """A sub-instruction where `slots.read` expects an action: as something said."""
    return Action(name="send_msg_to_user", arguments={"text": told}).text
