"""A demonstration: an episode that is kept, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from webagents.types import Episode


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """One episode of a dataset.

    id: what tells it from every other of its dataset, such as ``miniwob.click-test/7/expert``.
    source: who or what played it: ``expert``, ``person:anna``, ``miniwob-human``.
    episode: what was seen and done, to the last page.
    """

    id: str
    source: str
    episode: Episode

    @classmethod
    def of(cls, episode: Episode, source: str) -> Demonstration:
        """An episode with the id it has in a dataset where a source plays each seed once."""
        return cls(id=f"{episode.task}/{episode.seed}/{source}", source=source, episode=episode)
