"""A hidden spot found by asking how near it is."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from webagents.actions import parse
from webagents.errors import ActionError
from webagents.policies.expert.mouse import click_at, move
from webagents.policies.expert.sight import Box, Experts, Sight, box_of, visual, wait

Points = NDArray[np.float64]
"""float64 (points, 2): across and down, pixels of the page."""

_SIGNAL = re.compile(r'id="signal"[^>]*>([A-Z ]+)<')
_SIGNALS = ("HOT", "WARM", "COLD", "ICE COLD")
_REACH = np.array([5.0, 10.0, 40.0])  # pixels within which the first three are shown
_EDGE = 3  # pixels that the spot keeps from the area's edges
_APART = 4  # pixels between the points that are thought of as the next to try
_SAMPLE = 400  # possible spots that a point is tried against


def hot_spot(sight: Sight) -> str:
    """Moves to where the answer tells most, until the spot is found, and clicks there."""
    area = sight.find("div", id="touch-area")
    box = None if area is None else box_of(area)
    if box is None:
        return wait()
    spots = _grid(box, _EDGE, 1)
    probe, signal = None, -1
    for probe, signal in _answers(sight):
        left = spots[signals(spots, np.array(probe)) == signal]
        spots = left if len(left) else spots
    if probe is not None and signal == 0:
        return click_at(probe)
    points = np.array(sight.shuffled(_grid(box, _APART, _APART).tolist(), key=str))
    sample = spots[:: max(1, len(spots) // _SAMPLE)]
    answers = signals(sample, points[:, np.newaxis])
    shares = np.stack([(answers == n).mean(axis=1) for n in range(len(_SIGNALS))], axis=1)
    surest = int(shares[:, 0].argmax())
    if (signals(spots, points[surest]) == 0).all():
        return click_at(tuple(points[surest]))
    told = -(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=1)
    return move(tuple(points[int(told.argmax())]))


def _grid(box: Box, edge: int, step: int) -> Points:
    x = np.arange(box.x + edge, box.x + box.width - edge, step)
    y = np.arange(box.y + edge, box.y + box.height - edge, step)
    return np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)


def signals(spots: Points, point: Points) -> NDArray[np.int64]:
    """What is shown at a point if the spot is each of these: places in _SIGNALS."""
    far = np.linalg.norm(spots - point, axis=-1)
    return np.asarray(np.searchsorted(_REACH, far, side="right"), dtype=np.int64)


def _answers(sight: Sight) -> list[tuple[tuple[float, float], int]]:
    """The points the mouse was moved to, and what was shown there."""
    steps = sight.episode.steps
    seen = [step.observation for step in steps[1:]] + [sight.episode.observation]
    found = []
    for step, after in zip(steps, seen, strict=False):
        try:
            action = parse(step.action)
        except ActionError:
            continue
        shown = _SIGNAL.search(after.html)
        if action.name != "mouse_move" or step.error or not shown:
            continue
        x, y = float(str(action.arguments["x"])), float(str(action.arguments["y"]))
        if shown.group(1) in _SIGNALS:
            found.append(((x, y), _SIGNALS.index(shown.group(1))))
    return found


EXPERTS: Experts = {
    "miniwob.hot-cold": visual(hot_spot),
}
