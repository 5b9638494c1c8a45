"""People at real browsers, whose mouse and keyboard the recorder turns into episodes."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.serving.person import Brain, Person
from tests.serving.servers import served
from webagents import html
from webagents.data.dataset import Dataset
from webagents.policies import load_policy
from webagents.serving.recorder.run import RecordConfig
from webagents.types import Episode

TASKS = (
    "click-button",
    "enter-text",
    "choose-list",
    "click-checkboxes",
    "drag-box",
    "choose-date-easy",
    "use-autocomplete",
    "click-tab-2",
    "click-scroll-list",
    "email-inbox-delete",
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def expert(episode: Episode) -> str:
    return load_policy("expert").act([episode])[0].action


def dragging(episode: Episode) -> str:
    page = html.parse(episode.observation.html)
    small, large, submit = (
        html.ref_of(html.find(page, id=name))
        for name in ("draggableSmall", "draggableLarge", "subbtn")
    )
    return f"click('{submit}')" if episode.steps else f"drag_and_drop('{small}', '{large}')"


def other_button(episode: Episode) -> str:
    """Clicks the button that the instruction does not name."""
    page = html.parse(episode.observation.html)
    buttons = html.find_all(page, "button")
    wrong = next(b for b in buttons if html.text_of(b) not in episode.observation.instruction)
    return f"click('{html.ref_of(wrong)}')"


BRAINS: dict[str, Brain] = {"drag-box": dragging}


def config(out: Path, tasks: str, episodes: int = 2) -> RecordConfig:
    return RecordConfig(tasks=tasks, out=out, port=0, episodes=episodes)


def test_composed_tasks_are_recorded_as_others(tmp_path):
    tasks = ("click-link_click-button", "login-user_navigate-tree-transition-reverse")
    with served(config(tmp_path / "d", ",".join(f"compwob.{task}" for task in tasks))) as serving:
        person = Person("anna", serving.url)
        try:
            for task in tasks:
                person.choose(task)
                assert "kept" in person.play(expert).lower()
        finally:
            person.leave()
    assert [each.episode.task for each in Dataset(tmp_path / "d")] == [
        f"compwob.{t}" for t in tasks
    ]


def test_two_people_at_once_record_ten_kinds_of_tasks(tmp_path):
    out = tmp_path / "dataset"
    answers: dict[tuple[str, str], str] = {}

    def play_all(name: str, url: str) -> None:
        person = Person(name, url)
        try:
            for task in TASKS:
                person.choose(task)
                answers[name, task] = person.play(BRAINS.get(task, expert))
        finally:
            person.leave()

    with served(config(out, ",".join(TASKS))) as serving:
        people = [
            threading.Thread(target=play_all, args=(name, serving.url)) for name in ("anna", "ben")
        ]
        for each in people:
            each.start()
        for each in people:
            each.join()

    assert answers == {(name, task): "Kept" for name in ("anna", "ben") for task in TASKS}
    kept = list(Dataset(out))
    assert all(demonstration.episode.success for demonstration in kept)
    assert sorted((d.episode.task, d.source) for d in kept) == sorted(
        (f"miniwob.{task}", f"person:{name}") for task in TASKS for name in ("anna", "ben")
    )
    assert len({(d.episode.task, d.episode.seed) for d in kept}) == 20
    names = {step.action.partition("(")[0] for d in kept for step in d.episode.steps}
    assert {"click", "fill", "select_option"} <= names
    assert names & {"drag_and_drop", "mouse_drag_and_drop"}


def test_a_wrong_action_a_reload_and_a_closed_tab_lose_nothing_that_was_finished(tmp_path):
    out = tmp_path / "dataset"
    with served(config(out, "click-test-2,enter-text")) as serving:
        anna = Person("anna", serving.url)
        try:
            anna.choose("click-test-2")
            played = anna.task
            told = anna.play(other_button)
            anna.again()
            redone = (anna.task, anna.play(expert))

            anna.choose("enter-text")
            begun = anna.task
            anna.do(expert(Episode(task="miniwob.enter-text", seed=0, observation=anna.begin())))
            anna.open(serving.url)
            fresh = html.find(html.parse(anna.begin().html), "input").get("value")
            reloaded = (anna.task, fresh, anna.play(expert))

            anna.choose("click-test-2")
            anna.do(expert(Episode(task="miniwob.click-test-2", seed=1, observation=anna.begin())))
            anna.until(lambda: anna.shown("result"))
        finally:
            anna.leave()

    assert told == "Not kept The page gave the reward -1; a success gives 1."
    assert redone == (played, "Kept")
    assert reloaded == (begun, "", "Kept")
    assert [d.id for d in Dataset(out)] == [
        "miniwob.click-test-2/0/person:anna",
        "miniwob.enter-text/0/person:anna",
        "miniwob.click-test-2/1/person:anna",
    ]
