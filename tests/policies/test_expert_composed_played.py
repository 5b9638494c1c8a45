"""The experts of composed tasks succeed in a real browser, on listed tasks and on new ones."""

import random

import pytest

from webagents.envs.catalogue import select
from webagents.phrases import part_tables
from webagents.policies import load_policy
from webagents.rollout import Job, rollout

A_FEW = [
    "click-button_click-dialog-reverse",  # the dialog lies over the button
    "click-button-sequence_click-option_login-user",  # read at a shared button
    "click-checkboxes_click-widget_click-button-sequence",  # each waits for the one before
    "click-option_multi-layouts_click-widget_login-user-popup-transition",  # two screens
    "use-autocomplete_click-dialog",
]


def failed(tasks, seeds, policy="expert", **options):
    jobs = [Job(task, seed) for task in tasks for seed in seeds]
    episodes = rollout(jobs, load_policy(policy), screenshots=False, **options)
    return sorted((e.task, e.seed, e.void) for e in episodes if not e.success)


@pytest.mark.parametrize("clicks", ["element", "pointer"])
def test_composed_tasks_are_solved_in_a_real_browser(clicks):
    tasks = [f"compwob.{name}" for name in A_FEW]
    assert failed(tasks, [7], clicks=clicks) == []


def test_a_box_called_ok_is_no_button():
    name = "compwob.click-dialog_click-checkboxes-transfer_click-widget-reverse"
    assert failed([name], [7039]) == []


def test_mistakes_are_put_right_in_a_real_browser():
    tasks = [f"compwob.{name}" for name in A_FEW]
    assert failed(tasks, [8, 9], policy="perturbed:0.3:expert") == []


@pytest.mark.slow
@pytest.mark.parametrize("clicks", ["element", "pointer"])
def test_all_listed_tasks_are_solved_on_several_seeds(clicks):
    tasks = [spec.id for set_ in ("@compwob", "@compwob-reverse") for spec in select(set_)]
    assert len(tasks) == 100
    assert failed(tasks, range(3), clicks=clicks) == []


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["", "-transition"])
def test_new_compositions_of_any_length_are_solved(ending):
    chance = random.Random(0)
    known = [name for name, table in sorted(part_tables().items()) if not table.get("single")]
    names = ["_".join(chance.choices(known, k=length)) for length in range(2, 11)]
    assert failed([f"compwob.{name}{ending}" for name in names], [0]) == []
