"""Moved layouts: the same pages with their parts at other places."""

import re

import pytest

from webagents.envs.web_env import WebEnv
from webagents.errors import UserError
from webagents.policies.expert import ExpertPolicy
from webagents.rollout import Job, rollout

TASKS = ["miniwob.click-checkboxes", "miniwob.click-pie", "compwob.click-button_click-link"]


def opened(layout: str, seed: int) -> tuple[str, bytes]:
    """The first page of a task and its picture."""
    env = WebEnv("miniwob.login-user", layout=layout, view="visual")
    try:
        seen, _ = env.reset(seed=seed)
        return seen["html"], seen["screenshot"].tobytes()
    finally:
        env.close()


def test_boxes_and_pictures_move_and_nothing_else_does() -> None:
    original, moved = opened("original", 1), opened("moved", 1)
    assert moved == opened("moved", 1)
    assert moved[1] != original[1]
    pages = [re.sub(r' box="[^"]*"', "", page) for page, _ in (original, moved)]
    assert pages[0] == pages[1]
    boxes = [re.findall(r' box="([^"]*)"', page) for page, _ in (original, moved)]
    assert sum(one != other for one, other in zip(*boxes, strict=True)) > len(boxes[0]) / 2


@pytest.mark.parametrize("seed", range(3))
def test_a_moved_page_can_be_solved(seed: int) -> None:
    jobs = [Job(task, seed) for task in TASKS]
    played = rollout(jobs, ExpertPolicy(), browsers=1, layout="moved", screenshots=False)
    assert {episode.task: episode.success for episode in played} == dict.fromkeys(TASKS, True)


def test_a_layout_there_is_not_is_told() -> None:
    with pytest.raises(UserError, match="layout='mvd' is not one of 'original', 'moved'"):
        WebEnv("miniwob.login-user", layout="mvd")
