"""Demonstrations of every kind for tests, made without a browser."""

import numpy as np

from webagents.data import Demonstration
from webagents.data.columns import batch_of
from webagents.data.summary import About
from webagents.data.writer import DatasetWriter
from webagents.types import Episode, Observation, Step


def demonstration(
    task="miniwob.click-test",
    seed=0,
    source="expert",
    *,
    steps=2,
    success=True,
    shots=True,
    size=(21, 16),
    actions=None,
    instruction="Click “it” — 点击",
    html=None,
):
    """An episode whose texts and pictures follow from what it is."""
    actions = actions or tuple(f"click('{seed % 1000}{at}')" for at in range(steps))
    noise = np.random.default_rng([abs(seed), len(actions), len(task)])

    def seen(at, error=""):
        return Observation(
            instruction=instruction,
            html=html or f'<div ref="{at}">{task} {seed} é 😀 {"x" * (seed % 50)}</div>\n',
            url=f"http://miniwob.localhost/{task}.html",
            error=error,
            screenshot=noise.integers(0, 256, (*size, 3), np.uint8) if shots else None,
        )

    played = []
    error = ""
    for at, action in enumerate(actions):
        last = at == len(actions) - 1
        before, error = error, "" if last else f"no element {at}"
        played.append(
            Step(
                observation=seen(at, before),
                action=action,
                reward=float(success) - 0.1 if last else 0.0,
                terminated=last,
                error=error,
                time_ms=100 / 3 * (at + 1),
                notes={"why": ["it", {"is": at}], "p": 0.1} if at % 2 else {},
            )
        )
    episode = Episode(
        task=task,
        seed=seed,
        observation=seen(len(actions), error),
        steps=tuple(played),
        success=success,
        info={"raw_reward": 1 / 3, "reason": None, "nested": {"a": [1, "ü"]}},
    )
    return Demonstration.of(episode, source)


def dataset(folder, demonstrations, **settings):
    """The folder, with a dataset of these demonstrations; of pairs, the second is the split."""
    with DatasetWriter(folder, About(title="Demos", origin="Made up."), **settings) as writer:
        for demo in demonstrations:
            demo, split = demo if isinstance(demo, tuple) else (demo, None)
            writer.add(demo, split=split)
    return folder


def rows(demonstrations):
    """Their rows of the table, which are equal where the demonstrations are."""
    return [row for demo in demonstrations for row in batch_of(demo).to_pylist()]
