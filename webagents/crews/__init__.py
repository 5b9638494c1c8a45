"""Players that play side by side, and what hands the episodes out to them.

A crew is processes of this machine (`collection.crew`) or actors of a Ray cluster (`RayCrew`);
`dispatch` gives its players jobs, and gives those again that were lost with a player.
"""

from webagents.crews.crew import Crew, News, Played, Plays
from webagents.crews.dispatch import Plan, dispatch

__all__ = ["Crew", "News", "Plan", "Played", "Plays", "dispatch"]
