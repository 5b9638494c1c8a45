"""One visit as an episode: it ends when the visitor says so, and is judged by what holds then."""

from __future__ import annotations

from webagents.actions import Action, parse
from webagents.browsers.base import View
from webagents.envs.task import Verdict
from webagents.envs.websites.keeping import left_in
from webagents.envs.websites.website import Address, Request


class WebsiteRound:
    """What holds for one visit."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self._said = False

    def read(self, text: str, view: View) -> Action:
        """The action of a text; `send_msg_to_user` ends the visit."""
        action = parse(text)
        self._said = self._said or action.name == "send_msg_to_user"
        return action

    def judge(self, view: View) -> Verdict:
        """The reward is the share of the required attributes that hold.

        Source: Gur et al. 2024, WebAgent, section 4.1: "score", and success where all of them do.
        """
        met = self.request.goal.met(Address.of(view.url), left_in(str(view.state or "")))
        share = sum(met.values()) / len(met)
        return Verdict(
            ready=True,
            done=self._said,
            raw=share,
            original=share,
            instruction=self.request.instruction,
            fields=dict(self.request.fields),
            subtasks=met,
            info={"kind": self.request.kind},
        )
