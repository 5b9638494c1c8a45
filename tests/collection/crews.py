"""A crew without browsers: what it plays depends on the job alone, the order in which on chance."""

import random

from webagents.collection.player import Played, streamed
from webagents.crews import News
from webagents.data.columns import batch_of
from webagents.data.demonstration import Demonstration
from webagents.types import Episode, Observation, Step


def succeeds(job):
    return (job.seed * 7 + len(job.task)) % 5 != 0


def episode_of(job):
    """Two steps whose texts tell the job."""
    seen = Observation(instruction=f"do {job.task}", html=f"<body>{job.seed}</body>")
    steps = tuple(
        Step(observation=seen, action=f"click('{n}')", reward=float(n), terminated=n == 1)
        for n in range(2)
    )
    return Episode(
        task=job.task, seed=job.seed, observation=seen, steps=steps, success=succeeds(job)
    )


class ScriptedCrew:
    """Players that finish in random order, break now and then, and are lost now and then."""

    def __init__(self, how, size, *, seed=0, void=0.0, lost=0.0, stop_after=None):
        self.how, self.size = how, size
        self.rng = random.Random(seed)
        self.jobs = [[] for _ in range(size)]
        self.void, self.lost = void, lost
        self.left = stop_after
        self.played = []

    def give(self, player, jobs):
        self.jobs[player].extend(jobs)

    def hear(self):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
        player = self.rng.choice([n for n in range(self.size) if self.jobs[n]])
        if self.rng.random() < self.lost:
            self.jobs[player].clear()
            return [News(player, None)]
        mine = self.jobs[player]
        job = mine.pop(self.rng.randrange(len(mine)))
        if self.rng.random() < self.void:
            return [News(player, Played(job, False, 0.0, 0, "BrowserDied: gone", None))]
        self.played.append(job)
        episode = episode_of(job)
        rows = None
        if episode.success or self.how.keep == "all":
            rows = streamed(batch_of(Demonstration.of(episode, self.how.source)))
        return [
            News(player, Played(job, episode.success, episode.reward, 2, "", rows)),
        ]

    def close(self):
        self.jobs = None
