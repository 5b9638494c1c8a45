"""The policy that is shown disturbed pages, and the disturbances by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from webagents import html
from webagents.errors import UnknownPolicy, UserError, clipped
from webagents.policies.disturbed import inserting, markup
from webagents.policies.disturbed.setting import Setting
from webagents.types import Decision, Demanding, Episode, Needs, Observation, Policy

DISTURBANCES: Mapping[str, Callable[[str, Setting], str]] = {
    "top": inserting.top,
    "bottom": inserting.bottom,
    "coordinates": markup.coordinates,
    "unclosed": markup.unclosed,
    "missing": markup.missing,
    "renamed": markup.renamed,
}
"""What is done to a page's html, by name.

Source: Furuta et al. 2024, WebGUM, section 5 (top, bottom, coordinates); Gur et al. 2022,
"Understanding HTML with large language models" (unclosed).
"""


class DisturbedPolicy:
    """Another policy, for which every page is disturbed; refs and all else are as they are.

    A disturbance is the same for all steps of an episode. An action on a ref that only the
    disturbance shows is an ordinary mistake: the page has no such element.
    """

    def __init__(self, policy: Policy, disturbance: str) -> None:
        """A policy that is shown disturbed pages.

        disturbance: one of `DISTURBANCES`.

        Raises:
            UnknownPolicy: there is no such disturbance.
        """
        if disturbance not in DISTURBANCES:
            raise UnknownPolicy(
                f"no disturbance {clipped(disturbance)}; there is {', '.join(DISTURBANCES)}"
            )
        self.policy, self.disturbance = policy, disturbance

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The other policy's decisions.

        Raises:
            UserError: coordinates are to be told of a page that was seen without them.
        """
        return self.policy.act([self._disturbed(episode) for episode in episodes])

    def needs(self, task: str) -> Needs:
        """What the other policy needs, and boxes where coordinates are made of them."""
        needs = self._needs(task)
        return replace(needs, view="visual") if self.disturbance == "coordinates" else needs

    def _needs(self, task: str) -> Needs:
        return self.policy.needs(task) if isinstance(self.policy, Demanding) else Needs()

    def _disturbed(self, episode: Episode) -> Episode:
        first = episode.steps[0].observation if episode.steps else episode.observation
        setting = Setting(
            key=f"{self.disturbance}/{episode.task}/{episode.seed}",
            instruction=first.instruction,
        )
        plain = self._needs(episode.task).view == "text"

        def shown(seen: Observation) -> Observation:
            page = DISTURBANCES[self.disturbance](seen.html, setting)
            if self.disturbance == "coordinates":
                if " ref=" in page and " box=" not in page:
                    raise UserError(f"{episode.task} was seen without boxes: no coordinates to add")
                page = html.text_view(page) if plain else page
            return replace(seen, html=page)

        steps = tuple(replace(s, observation=shown(s.observation)) for s in episode.steps)
        return replace(episode, observation=shown(episode.observation), steps=steps)
