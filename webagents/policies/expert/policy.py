"""The expert policy: the right expert for each episode's task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from webagents.errors import UnknownPolicy, clipped
from webagents.policies.expert import (
    clicking,
    dates,
    dragging,
    searching,
    selecting,
    typing,
    unfolding,
)
from webagents.policies.expert.sight import Sight
from webagents.types import Decision, Episode

Expert = Callable[[Sight], str]
"""The next action's text for what is seen."""

EXPERTS: Mapping[str, Expert] = {
    "miniwob.choose-date": dates.picked,
    "miniwob.choose-list": selecting.listed,
    "miniwob.click-button": clicking.button_quoted,
    "miniwob.click-checkboxes": selecting.boxes,
    "miniwob.click-collapsible-2": unfolding.link_in_sections,
    "miniwob.click-dialog": clicking.dialog,
    "miniwob.click-dialog-2": clicking.dialog,
    "miniwob.click-link": clicking.link_quoted,
    "miniwob.click-option": selecting.boxes,
    "miniwob.click-tab": unfolding.tab_named,
    "miniwob.click-tab-2": unfolding.link_in_tabs,
    "miniwob.click-test": clicking.the_button,
    "miniwob.click-test-2": clicking.button_named,
    "miniwob.drag-items": dragging.list_item,
    "miniwob.enter-password": typing.quoted_into_fields,
    "miniwob.enter-text": typing.quoted_into_fields,
    "miniwob.focus-text-2": typing.focus_ranked,
    "miniwob.login-user": typing.quoted_into_fields,
    "miniwob.search-engine": searching.ranked_result,
    "miniwob.use-autocomplete": typing.completed,
}
"""Each task's expert, by the task's id."""


class ExpertPolicy:
    """Solves tasks by rules, from the observation alone."""

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The experts' next actions.

        Raises:
            UnknownPolicy: a task without an expert.
        """
        return [Decision(action=self._expert(each.task)(Sight(each))) for each in episodes]

    @staticmethod
    def knows(task: str) -> bool:
        """Whether there is an expert for a task's id."""
        return task in EXPERTS

    @staticmethod
    def _expert(task: str) -> Expert:
        expert = EXPERTS.get(task)
        if expert is None:
            known = ", ".join(sorted(name.partition(".")[2] for name in EXPERTS))
            raise UnknownPolicy(f"no expert for the task {clipped(task)}; there is one for {known}")
        return expert
