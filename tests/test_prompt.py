"""An episode as a model's input."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from webagents.data import Dataset, Demonstration
from webagents.data.columns import batch_of
from webagents.data.summary import About
from webagents.data.writer import DatasetWriter
from webagents.errors import UserError
from webagents.prompt import PromptForm, action_ids, action_text, before, prompt, prompt_ids
from webagents.types import Episode, Observation, Step

FORM = PromptForm(inputs_length=1000)
DEEDS = ["click('4')", "fill('9', 'é')", "press('9', 'Enter')"]


class Letters:
    """A tokenizer with a token for each letter, and 0 for the end."""

    eos_token_id = 0

    def __call__(self, text, *, add_special_tokens):
        assert not add_special_tokens
        return SimpleNamespace(input_ids=[ord(letter) for letter in text])


def plays(*, wrong="no element 9") -> list[Episode]:
    """An episode after 0, 1, 2 and 3 steps, the second of which fails."""
    seen = [Observation(instruction="Do it.", html=f"<p>{n}</p>") for n in range(4)]
    seen[2] = Observation(instruction="Do it.", html="<p>2</p>", error=wrong)
    found = [Episode(task="t.t", seed=1, observation=seen[0])]
    for n, action in enumerate(DEEDS):
        now, following = seen[n], seen[n + 1]
        step = Step(observation=now, action=action, error=following.error, terminated=n == 2)
        found.append(found[-1].extended(step, following, {"success": n == 2}))
    return found


def text_of(ids: list[int]) -> str:
    return "".join(map(chr, ids[:-1])) + "<end>" * (ids[-1] == 0)


def test_it_is_the_instruction_the_actions_the_error_and_the_page() -> None:
    assert prompt(plays()[2], FORM).text == (
        "Do it.\n> click('4')\n> fill('9', 'é')\n! no element 9\n<p>2</p>"
    )


def seen_as(page: str, view: str) -> str:
    seen = Observation(instruction="Do it.", html=page)
    episode = Episode(task="t.t", seed=1, observation=seen)
    return prompt(episode, PromptForm(view=view)).html


def test_a_model_of_texts_reads_no_looks_whatever_was_collected() -> None:
    looks = '<p ref="1" id="a" box="0 0 9 9" color="#000000" shown="no">x</p>'
    assert seen_as(looks, "text") == '<p ref="1" id="a">x</p>'
    assert seen_as(looks, "visual") == looks


def test_a_model_that_sees_can_be_told_boxes_alone() -> None:
    looks = '<p ref="1" id="a" box="0 0 9 9" color="#000000" d="M0,0" shown="no">x</p>'
    assert seen_as(looks, "boxes") == '<p ref="1" id="a" box="0 0 9 9" shown="no">x</p>'
    assert [PromptForm(view=view).recorded for view in ("text", "visual", "boxes")] == [
        "text",
        "visual",
        "visual",
    ]


def test_a_model_of_looks_is_not_taught_without_them() -> None:
    with pytest.raises(
        UserError, match=r't\.t with seed 1 has the text view; collect with view "v'
    ):
        seen_as('<p ref="1">x</p>', "visual")
    assert seen_as("nothing", "visual") == "nothing"


def test_a_fresh_episode_has_neither_actions_nor_an_error() -> None:
    assert prompt(plays()[0], FORM).text == "Do it.\n<p>0</p>"


@pytest.mark.parametrize(("actions", "told"), [(0, []), (1, DEEDS[2:]), (2, DEEDS[1:]), (9, DEEDS)])
def test_only_the_latest_actions_are_told(actions: int, told: list[str]) -> None:
    assert list(prompt(plays()[3], PromptForm(actions=actions)).actions) == told


def test_a_demonstration_is_asked_about_as_the_episode_was_in_play(tmp_path: Path) -> None:
    states = plays(wrong="half a pair: \ud83d")
    with DatasetWriter(tmp_path / "demos", About(title="One")) as writer:
        writer.keep(batch_of(Demonstration(id="one", source="expert", episode=states[-1])))
        writer.place("one")
    (read,) = Dataset(tmp_path / "demos")
    assert [prompt(before(read.episode, n), FORM) for n in range(3)] == [
        prompt(state, FORM) for state in states[:3]
    ]


def test_an_episode_before_a_step_is_what_it_was() -> None:
    states = plays()
    assert [before(states[-1], n) for n in range(3)] == [
        # the info of earlier moments is not kept
        Episode(task=s.task, seed=s.seed, observation=s.observation, steps=s.steps)
        for s in states[:3]
    ]


def seen(*numbers: int | None) -> Episode:
    """An episode whose screenshots are filled with these numbers; None: without one."""
    pages = [
        Observation(
            instruction="Do it.",
            html="",
            screenshot=None if number is None else np.full((2, 3, 3), number, np.uint8),
        )
        for number in numbers
    ]
    steps = tuple(Step(observation=page, action="noop()") for page in pages[:-1])
    return Episode(task="t.t", seed=1, observation=pages[-1], steps=steps)


@pytest.mark.parametrize(
    ("number", "shown"), [(0, []), (1, [6]), (2, [5, 6]), (4, [None, 4, 5, 6])]
)
def test_the_latest_screenshots_are_shown_oldest_first(
    number: int, shown: list[int | None]
) -> None:
    asked = prompt(seen(4, 5, 6), PromptForm(screenshots=number))
    assert [None if one is None else int(one[0, 0, 0]) for one in asked.screenshots] == shown


def test_a_model_that_sees_is_not_asked_about_an_episode_without_screenshots() -> None:
    form = PromptForm(screenshots=2)
    for episode in (seen(1, None), seen(None, 1)):
        with pytest.raises(UserError, match=r"t\.t with seed 1 has none at step 1; collect and"):
            prompt(episode, form)
    assert prompt(seen(None, 1), PromptForm(screenshots=1)).screenshots[0] is not None


@pytest.mark.parametrize(
    ("action", "page", "written"),
    [
        ("click('4')", "", "{'action': 'click', 'ref': '4'}"),
        ("click('4', 'right')", "", None),
        ("press('4', 'Enter')", "", None),
        ("type('4', 'x')", "", "{'action': 'type', 'ref': '4', 'typed_text': 'x'}"),
        (
            "fill('4', \"it's\")",
            '<p><input ref="4" value=""></p>',
            "{'action': 'type', 'ref': '4', 'typed_text': \"it's\"}",
        ),
        ("fill('4', 'x')", '<p><input ref="4" value="y"></p>', None),
        ("fill('4', 'x')", '<p><textarea ref="4">y</textarea></p>', None),
        ("fill('4', 'x')", "", None),
        ("{'action': 'click', 'ref': '4'}", "", "{'action': 'click', 'ref': '4'}"),
        ("clik('4')", "", None),
    ],
)
def test_actions_are_written_as_webgum_does_where_it_has_words(
    action: str, page: str, written: str | None
) -> None:
    form, now = PromptForm(actions_form="webgum"), Observation(instruction="", html=page)
    assert action_text(action, now, form) == written
    assert action_text(action, now, PromptForm()) == action


def test_earlier_actions_are_told_in_the_same_form() -> None:
    form = PromptForm(actions_form="webgum")
    assert prompt(plays()[2], form).actions == (
        "{'action': 'click', 'ref': '4'}",
        "fill('9', 'é')",  # no such field on the page
    )


@pytest.mark.parametrize(
    ("length", "read"),
    [
        (61, "Do it.\n> click('4')\n> fill('9', 'é')\n! no element 9\n<p>2</p><end>"),
        (56, "Do it.\n> click('4')\n> fill('9', 'é')\n! no element 9\n<p><end>"),
        (53, "Do it.\n> click('4')\n> fill('9', 'é')\n! no element 9\n<end>"),
        (52, "Do it.\n> fill('9', 'é')\n! no element 9\n<p>2</p><end>"),
        (39, "Do it.\n! no element 9\n<p>2</p><end>"),
        (12, "Do it.\n<p>2<end>"),
        (8, "Do it.\n<end>"),
    ],
)
def test_where_it_is_too_long_the_page_gives_way_first(length: int, read: str) -> None:
    form = PromptForm(inputs_length=length)
    ids = prompt_ids(prompt(plays()[2], form), form, Letters())
    assert (text_of(ids), len(ids) <= length) == (read, True)


def test_an_instruction_that_is_too_long_is_told() -> None:
    form = PromptForm(inputs_length=7)
    with pytest.raises(UserError, match=r"'Do it\.' has 7 tokens, .* input of 7"):
        prompt_ids(prompt(plays()[2], form), form, Letters())


def test_an_action_is_closed_by_the_end_token_or_too_long() -> None:
    ids = action_ids("go\ud83d", PromptForm(targets_length=4), Letters())
    assert text_of(ids) == "go?<end>"
    with pytest.raises(UserError, match="'go_back' has 8 tokens, more than the model's 4"):
        action_ids("go_back", PromptForm(targets_length=4), Letters())


def test_the_form_is_read_as_it_was_saved(tmp_path: Path) -> None:
    form = PromptForm(
        inputs_length=512,
        targets_length=32,
        actions=2,
        view="visual",
        screenshots=2,
        actions_form="webgum",
    )
    form.save(tmp_path)
    assert PromptForm.read(tmp_path) == form


def test_a_form_of_before_there_were_screenshots_is_read_as_one_without(tmp_path: Path) -> None:
    fields = {"inputs_length": 512, "targets_length": 32, "actions": 2, "view": "text"}
    (tmp_path / "prompt.json").write_text(json.dumps(fields))
    assert PromptForm.read(tmp_path) == PromptForm(**fields, screenshots=0, actions_form="calls")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        ("{", "Expecting property name"),
        (json.dumps({"length": 3}), "unexpected keyword argument"),
        (json.dumps({"view": "aural"}), '"visual" or "boxes", not \'aural\''),
        (json.dumps({"inputs_length": 1}), "at least 2, not 1"),
        (json.dumps({"actions": "4"}), "at least 0, not '4'"),
        (json.dumps({"screenshots": -1}), "screenshots is a whole number of at least 0, not -1"),
        (json.dumps({"actions_form": "json"}), 'actions_form is "calls" or "webgum", not \'json\''),
        (json.dumps([3]), "must be a mapping"),
    ],
)
def test_a_broken_form_is_told(tmp_path: Path, content: str | None, told: str) -> None:
    if content is not None:
        (tmp_path / "prompt.json").write_text(content)
    with pytest.raises(UserError, match=told):
        PromptForm.read(tmp_path)
