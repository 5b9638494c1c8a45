"""Policies whose language model says the next action: zero-shot, RCI, and Synapse's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from webagents.actions import describe, parse
from webagents.errors import ActionError
from webagents.planners.language import (
    Answer,
    LanguageModel,
    Message,
    Question,
    account,
    answers,
    refused,
)
from webagents.planners.prompts import prompt
from webagents.planners.writing import (
    Choice,
    choice,
    history_of,
    line_of,
    page_of,
    spoken,
    told_of,
    tried,
)
from webagents.policies.planned.exemplars import Exemplar, Exemplars
from webagents.types import Decision, Episode

ACTIONS = (
    *("click", "dblclick", "hover", "fill", "type", "select_option", "press", "check", "uncheck"),
    *("drag_and_drop", "scroll", "mouse_click", "keyboard_press", "keyboard_type"),
    *("go_back", "noop", "report_infeasible"),
)
"""The actions that a model is told of, BrowserGym's ordinary ones; in their shortest form."""
_DESCRIBED = describe(ACTIONS, optional=False)
_PAGE_OF_EXEMPLAR = 2_000
"""Characters of a page that is shown as an example."""


class ZeroShotPolicy:
    """Asks for the next action, given the actions there are, the latest ones and the page."""

    def __init__(self, model: LanguageModel, *, max_tokens: int = 128) -> None:
        self.model = model
        self._max_tokens = max_tokens

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The action that the model says of each episode.

        Raises:
            LanguageModelFailed, UserError: the model does not answer.
        """
        asked = [
            prompt("action").question(
                _told(episode), max_tokens=self._max_tokens, **_choice(episode)
            )
            for episode in episodes
        ]
        return [
            Decision(
                action=_action(answer),
                notes={"said": answer.text, "asked": account([answer]), **refused([answer])},
            )
            for answer in answers(self.model, asked)
        ]


class RciPolicy:
    """Plans, criticises and improves the plan; then says each action, and checks it.

    The plan is in the notes of the step it was made at.

    Source: Kim et al. 2023, RCI (arXiv 2303.17491): recursive criticism and improvement of the
    plan, and of each action for the page and its grammar. Prompts are ours.
    """

    def __init__(self, model: LanguageModel, *, rounds: int = 1, max_tokens: int = 256) -> None:
        """rounds: how often a plan is criticised and improved."""
        self.model = model
        self._rounds = rounds
        self._max_tokens = max_tokens

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The checked action of each episode.

        Raises:
            LanguageModelFailed, UserError: the model does not answer.
        """
        talks = [
            _Talk({**_told(episode), "plan": _plan_of(episode)}, _choice(episode))
            for episode in episodes
        ]
        new = [not talk.values["plan"] for talk in talks]
        self._plan([talk for talk, lacks in zip(talks, new, strict=True) if lacks])
        self._ask("rci-action", talks, "action")
        for talk in talks:
            talk.values["action"] = _action(talk.said[-1])
        self._ask("rci-check", talks, "checked")
        return [
            Decision(
                action=_action(talk.said[-1]),
                notes={
                    "first": talk.values["action"],
                    "asked": account(talk.said),
                    **({"plan": talk.values["plan"]} if planned and talk.values["plan"] else {}),
                    **refused(talk.said),
                },
            )
            for talk, planned in zip(talks, new, strict=True)
        ]

    def _plan(self, talks: Sequence[_Talk]) -> None:
        """Makes new plans, criticised and improved."""
        self._ask("rci-plan", talks, "plan")
        for _ in range(self._rounds):
            self._ask("rci-criticise", talks, "criticism")
            self._ask("rci-improve", talks, "plan")

    def _ask(self, name: str, talks: Sequence[_Talk], keep: str) -> None:
        """Asks by a prompt, of what was said so far; keeps the answers under a name."""
        form = prompt(name)
        asked = [
            form.question(
                {place: talk.values[place] for place in form.places},
                max_tokens=self._max_tokens,
                **talk.choice,
            )
            for talk in talks
        ]
        for talk, answer in zip(talks, answers(self.model, asked), strict=True):
            talk.said.append(answer)
            talk.values[keep] = answer.text.strip()


@dataclass(slots=True)
class _Talk:
    """What was asked and said about one episode's next action, and how answers are chosen."""

    values: dict[str, str]
    choice: Choice
    said: list[Answer] = field(default_factory=list)


class SynapsePolicy:
    """Shows how the tasks most like this one were done, whole, and asks for the next action.

    Source: Zheng et al. 2024, Synapse (arXiv 2306.07863): trajectories as prompts, and a memory of
    exemplars that are found by likeness. Likeness here is that of the instructions' words; pages
    are cut, not filtered by a model.
    """

    def __init__(
        self,
        model: LanguageModel,
        exemplars: Exemplars,
        *,
        number: int = 3,
        latest: int = 4,
        max_tokens: int = 128,
    ) -> None:
        """A policy of a model and a memory.

        number: how many exemplars are shown.
        latest: how many of the episode's own steps are shown, the present one apart.
        """
        self.model = model
        self._exemplars = exemplars
        self._number = number
        self._latest = latest
        self._max_tokens = max_tokens

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The action that the model says of each episode.

        Raises:
            LanguageModelFailed, UserError: the model does not answer.
        """
        found = [
            self._exemplars.nearest(
                episode.observation.instruction,
                self._number,
                but=(episode.task, episode.seed),
            )
            for episode in episodes
        ]
        asked = [
            self._question(episode, like) for episode, like in zip(episodes, found, strict=True)
        ]
        return [
            Decision(
                action=_action(answer),
                notes={
                    "said": answer.text,
                    "exemplars": [f"{each.task}/{each.seed}" for each in like],
                    "asked": account([answer]),
                    **refused([answer]),
                },
            )
            for answer, like in zip(answers(self.model, asked), found, strict=True)
        ]

    def _question(self, episode: Episode, like: Sequence[Exemplar]) -> Question:
        turns: list[Message] = []
        for each in like:
            for page, action in each.steps:
                turns += _turn(each.instruction, page_of(page, _PAGE_OF_EXEMPLAR), action)
        instruction = episode.observation.instruction
        for step in episode.steps[max(0, len(episode.steps) - self._latest) :]:
            page = page_of(step.observation.html, _PAGE_OF_EXEMPLAR)
            turns += _turn(instruction, page, step.action)
        now = _turn(instruction, page_of(episode.observation.html), "")[0]
        system = prompt("synapse").question({"actions": _DESCRIBED}).messages
        return Question(
            messages=(*system, *turns, now), max_tokens=self._max_tokens, **_choice(episode)
        )


def _turn(instruction: str, page: str, action: str) -> list[Message]:
    return [
        Message(role="user", content=f"Task: {instruction}\nPage:\n{page}\nNext action:"),
        Message(role="assistant", content=action),
    ]


def _task(episode: Episode) -> dict[str, str]:
    seen = episode.observation
    return {"instruction": seen.instruction, "page": page_of(seen.html)}


def _told(episode: Episode) -> dict[str, str]:
    return {**_task(episode), "history": history_of(episode), "actions": _DESCRIBED}


def _choice(episode: Episode) -> Choice:
    return choice([step.action for step in tried(episode)])


def _plan_of(episode: Episode) -> str:
    plans = [str(step.notes["plan"]) for step in episode.steps if "plan" in step.notes]
    return plans[-1] if plans else ""


def _action(answer: Answer) -> str:
    """The one action in an answer, as it is written; of another, its last line as it is."""
    if answer.refused:
        return told_of(answer)
    try:
        return parse(spoken(answer.text)).text
    except ActionError:
        return line_of(answer.text)
