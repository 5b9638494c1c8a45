"""Composed tasks: their sentences, their pages, and what counts as done, by hand."""

import json
import re
from pathlib import Path

import gymnasium
import pytest
from lxml import html as lxml_html

from tests.envs.composed import Hand
from webagents import html
from webagents.envs import catalogue
from webagents.envs.launch import launch
from webagents.envs.registration import register_envs
from webagents.envs.web_env import WebEnv
from webagents.errors import UnknownTask, UserError

LIST = Path(__file__).parents[3] / "shared" / "data" / "compwob_tasks.json"
FORWARD, REVERSE = (catalogue.named_sets()[name] for name in ("@compwob", "@compwob-reverse"))


@pytest.fixture(scope="module")
def browser():
    browser = launch("chromium", None)
    yield browser
    browser.close()


@pytest.fixture
def play(browser):
    envs = []

    def playing(task: str, **options) -> Hand:
        env = WebEnv(task, browser=browser, **{"screenshots": False, **options})
        envs.append(env)
        return Hand(env)

    yield playing
    for env in envs:
        env.close()


def listed() -> list[dict]:
    if not LIST.exists():
        pytest.skip(f"{LIST} is not here: the comparison with the benchmark's list was not made")
    return json.loads(LIST.read_text())


# ---------------------------------------------------------------------- the list
def test_the_fifty_tasks_and_their_reverses_are_the_benchmarks():
    assert [f"compwob.{each['task']}" for each in listed()] == list(FORWARD)
    assert [f"compwob.{each['reverse']}" for each in listed()] == list(REVERSE)


def test_parts_heights_and_categories_are_the_benchmarks():
    ours = [catalogue.load()[id_] for id_ in FORWARD]
    assert [(spec.parts, spec.height) for spec in ours] == [
        (tuple(f"miniwob.{base}" for base in each["base"]), each["wrap_h"]) for each in listed()
    ]
    categories = {"two-way", "three-way", "n-way", "transition", "easy-medium"}
    assert [spec.tags & categories for spec in ours] == [
        {each["category"].replace(" two-way", "")} for each in listed()
    ]


def matches(templates: list[str], sentence: str) -> bool:
    def expression(template: str) -> str:
        return re.sub(r"\\\{.*?\\\}", ".+", re.escape(template))

    return any(re.fullmatch(expression(template), sentence) for template in templates)


def compare_orders(play, each: dict, seeds: range) -> None:
    forward, reverse = (
        play(f"compwob.{each[name]}", view="visual") for name in ("task", "reverse")
    )
    for seed in seeds:
        assert forward.begin(seed) == reverse.begin(seed)
        pages = []
        for hand, templates in ((forward, "forward"), (reverse, "reverse_template")):
            assert matches(each[templates], hand.observation["instruction"])
            page = html.parse(hand.observation["html"])
            html.find(page, id="query").text = ""
            pages.append(lxml_html.tostring(page))
        assert pages[0] == pages[1]


@pytest.mark.parametrize("number", [0, 11, 30, 35, 41])
def test_sentences_follow_their_templates_and_both_orders_have_the_same_page(play, number):
    compare_orders(play, listed()[number], range(3))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_all_sentences_follow_their_templates_and_both_orders_have_the_same_page(play):
    for each in listed():
        compare_orders(play, each, range(50))


def test_the_picture_shows_the_whole_page_the_same_for_both_orders_but_for_the_sentence(browser):
    name = "compwob.click-widget_click-link_click-button_click-checkboxes_click-option_click-dialog"
    pictures = []
    for id_ in (name, f"{name}-reverse"):
        env = WebEnv(id_, browser=browser)
        pictures.append(env.reset(seed=5)[0]["screenshot"])
        env.close()
    forward, reverse = pictures
    assert forward.shape == (770, 160, 3)
    assert (forward[140:] == reverse[140:]).all()
    assert (forward[:140] != reverse[:140]).any()


# ---------------------------------------------------------------------- what counts
def test_flags_tell_what_is_done_and_all_parts_done_is_a_success(play):
    hand = play("compwob.click-link_click-button")
    fields = hand.begin(4)
    assert hand.info["subtasks"] == {"click-link": False, "click-button": False}
    hand.click(hand.element(1, "span", class_="alink", text=fields["link"]))
    assert (hand.done, hand.over) == ([True, False], False)
    hand.press(2, fields["button"])
    assert (hand.done, hand.over, hand.reward, hand.info["success"]) == (
        [True, True],
        True,
        1,
        True,
    )


def test_the_closing_part_done_early_ends_the_episode_without_success(play):
    hand = play("compwob.click-link_click-button")
    fields = hand.begin(4)
    hand.press(2, fields["button"])
    assert (hand.done, hand.over, hand.reward) == ([False, True], True, -1)


def test_the_last_use_of_a_link_counts_so_that_a_wrong_click_can_be_put_right(play):
    hand = play("compwob.click-link_click-button")
    fields = hand.begin(4)
    wrong = hand.others(1, "span", fields["link"], class_="alink")[0]
    right = hand.element(1, "span", class_="alink", text=fields["link"])
    for link, done in ((wrong, False), (right, True), (wrong, False), (right, True)):
        hand.click(link)
        assert hand.done == [done, False]
    hand.press(2, fields["button"])
    assert hand.reward == 1


def test_options_without_a_button_are_read_when_the_last_button_is_pressed(play):
    hand = play("compwob.click-option_login-user")
    fields = hand.begin(6)
    assert hand.element(1, "button", text="Submit") is None
    hand.choose(1, fields["option"])
    assert hand.done == [True, False]
    hand.click(hand.others(1, "label", fields["option"])[0])
    assert hand.done == [False, False]
    hand.log_in(2, fields)
    hand.press(2, "Login")
    assert (hand.over, hand.reward) == (True, -1)


def test_a_submitted_option_stays_done_whatever_is_chosen_later(play):
    hand = play("compwob.click-button_click-option_click-link")
    fields = hand.begin(6)
    hand.choose(2, fields["option"])
    hand.press(2, "Submit")
    hand.click(hand.others(2, "label", fields["option"])[0])
    assert hand.done == [False, True, False]


GATED = "compwob.click-link_click-button_click-checkboxes_click-dialog"


@pytest.mark.parametrize("early", [True, False])
def test_in_n_way_tasks_submit_counts_only_after_link_and_button(play, early):
    hand = play(GATED)
    fields = hand.begin(1)

    def submitted() -> None:
        hand.choose(3, fields["checkboxes"])
        hand.press(3, "Submit")

    if early:
        submitted()
    hand.press(2, fields["button"])
    hand.click(hand.element(1, "span", class_="alink", text=fields["link"]))
    if not early:
        submitted()
    assert hand.done == [True, True, not early, False]
    hand.click(hand.element(4, "button", title="Close"))
    assert (hand.over, hand.reward) == (True, -1 if early else 1)


@pytest.mark.parametrize(
    ("presses", "done"),
    [
        ("ONE", False),
        ("TWO", False),
        ("ONE TWO", True),
        ("TWO ONE TWO", False),
        ("ONE ONE TWO", False),
        ("ONE TWO ONE", False),
    ],
)
def test_a_button_pressed_out_of_sequence_spoils_it_for_good(play, presses, done):
    hand = play("compwob.click-button-sequence_click-option")
    hand.begin(2)
    for label in presses.split():
        hand.press(1, label)
    assert hand.done == [done, False]


@pytest.mark.parametrize(("presses", "done"), [("TWO ONE TWO", True), ("ONE TWO ONE", True)])
def test_before_an_autocomplete_the_sequence_can_be_put_right(play, presses, done):
    hand = play("compwob.click-button-sequence_use-autocomplete")
    hand.begin(2)
    for label in presses.split():
        hand.press(1, label)
    assert hand.done == [done, False]


def test_one_before_its_turn_spoils_the_sequence_where_the_first_part_gates_it(play):
    hand = play("compwob.click-checkboxes-transfer_click-button-sequence_enter-password")
    fields = hand.begin(3)
    hand.press(2, "ONE")
    hand.choose(1, fields["checkboxes"])
    hand.press(1, "Submit")
    hand.press(2, "TWO")
    assert hand.done == [True, False, False]


def test_two_is_the_last_word_where_the_sequence_comes_last(play):
    hand = play("compwob.click-checkboxes_click-widget_click-button-sequence")
    hand.begin(3)
    hand.press(3, "ONE")
    assert not hand.over
    hand.press(3, "TWO")
    assert (hand.over, hand.reward) == (True, -1)


def test_a_widget_that_waits_for_submit_does_not_react_before_it(play):
    hand = play("compwob.click-dialog_click-checkboxes-transfer_click-widget")
    fields = hand.begin(0)
    kind = fields["widget"]
    tag, wanted = (kind, {}) if kind in ("textarea", "button") else ("input", {"type": kind})
    if kind == "text":
        wanted = {"type": "input"}  # as the page has it

    def widget():
        return hand.element(3, tag, **wanted)

    hand.click(hand.element(1, "button", title="Close"))
    hand.click(widget())
    assert (hand.done, hand.over) == ([True, False, False], False)
    hand.choose(2, fields["checkboxes"])
    hand.press(2, "Submit")
    hand.click(widget())
    assert (hand.over, hand.reward) == (True, 1)


def test_the_second_screen_comes_with_the_first_ones_button(play):
    hand = play("compwob.click-option_login-user-transition")
    fields = hand.begin(7)
    assert (hand.part(1) is None, hand.part(2) is None) == (False, True)
    hand.choose(1, fields["option"])
    hand.press(1, "Submit")
    assert (hand.part(1) is None, hand.part(2) is None) == (True, False)
    hand.log_in(2, fields)
    hand.press(2, "Login")
    assert (hand.done, hand.reward) == ([True, True], 1)


def test_a_wrong_first_screen_goes_on_or_ends_as_the_benchmark_has_it(play):
    hand = play("compwob.click-option_login-user-transition")
    hand.begin(7)
    hand.press(1, "Submit")
    assert not hand.over
    strict = play(
        "compwob.click-checkboxes-transfer_multi-layouts_email-inbox-forward-nl-transition"
    )
    strict.begin(7)
    strict.search(2)
    assert (strict.over, strict.reward) == (True, -1)


def test_leaving_by_the_login_popup_ends_the_episode(play):
    hand = play("compwob.click-option_login-user-popup_click-link")
    for seed in range(20):
        fields = hand.begin(seed)
        name, password = (hand.element(2, "input", id=id_) for id_ in ("username", "password"))
        hand.fill(name, fields["user"])
        if hand.element(2, "div", id="popup") is None:
            hand.act(f"click('{html.ref_of(password)}')")
        if hand.element(2, "div", id="popup") is not None:
            break
    hand.click(hand.element(2, "button", id="popup-ok"))
    assert (hand.over, hand.reward) == (True, -1)


def test_unchecked_boxes_fail_where_the_public_page_forgets_to_look(play):
    hand = play("compwob.click-checkboxes-transfer_multi-layouts_email-inbox-forward-nl-transition")
    seed = next(s for s in range(20) if hand.begin(s)["checkboxes"] != "nothing")
    fields = hand.begin(seed)
    hand.search(2, fields)
    assert (hand.over, hand.reward) == (True, -1)


def test_radio_buttons_of_two_parts_are_no_group(play):
    hand = play("compwob.click-option_click-option_click-link")
    fields = hand.begin(8)
    hand.choose(1, fields["option1"])
    hand.choose(2, fields["option2"])
    checked = [e for n in (1, 2) for e in hand.part(n).iter("input") if "checked" in e.attrib]
    assert len(checked) == 2


# ---------------------------------------------------------------------- new compositions
def test_any_list_of_parts_is_an_environment():
    env = gymnasium.make(
        "webagents/compwob-v1",
        parts=["click-link", "enter-text", "click-link"],
        order="strict",
        reverse=True,
        screenshots=False,
    )
    observation, info = env.reset(seed=0)
    env.close()
    assert list(info["subtasks"]) == ["click-link", "enter-text", "click-link 2"]
    fields = info["fields"]
    assert observation["instruction"] == (
        f'Enter "{fields["text"]}" into the text field and press Submit, and click on the link '
        f'"{fields["link2"]}", after clicking on the link "{fields["link1"]}".'
    )


def test_many_pages_of_a_new_composition_are_a_vector_environment():
    envs = gymnasium.make_vec("webagents/compwob-v1", 2, parts=["click-link", "click-button"])
    observation, info = envs.reset(seed=0)
    envs.close()
    assert observation["screenshot"].shape[0] == 2
    assert list(info["subtasks"]["click-link"]) == [False, False]


def test_a_name_of_parts_is_a_task_wherever_tasks_are_named():
    (spec,) = catalogue.select("compwob.click-link_click-button_click-link-reverse")
    assert spec.parts == ("miniwob.click-link", "miniwob.click-button", "miniwob.click-link")
    with pytest.raises(UnknownTask):
        catalogue.select("compwob.click-link_click-clink")


@pytest.mark.parametrize(
    ("parts", "options", "told"),
    [
        (["click-lnk"], {}, "'click-lnk' cannot be part of a composition; did you mean click-link"),
        ([], {}, "parts must be a list of names"),
        ("click-link", {}, "parts must be a list of names"),
        (["click-link"], {"order": "any"}, "order='any' is not 'free' or 'strict'"),
        (["click-link"], {"reverse": True}, "there is no reverse order"),
        ([{"task": "click-link", "shared": True}, "click-option"], {}, "has no button"),
        ([{"task": "click-option", "shared": True}], {}, "cannot be shared: none follows"),
        ([{"task": "click-link", "screen": 2}, "click-option"], {}, "must not go back"),
        ([{"task": "click-link", "colour": 2}], {}, "unknown key 'colour'"),
    ],
)
def test_a_composition_that_cannot_be_is_told(parts, options, told):
    with pytest.raises(UserError, match=re.escape(told)):
        gymnasium.make("webagents/compwob-v1", parts=parts, **options)


def test_a_users_own_folder_of_compositions_is_read(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "compositions.toml").write_text(
        'prefix = "compwob."\nsource = "me"\n'
        '[tasks."click-link_enter-text.tall"]\n'
        'parts = ["click-link", { task = "enter-text", gated = true }]\nheight = 500\n'
    )
    monkeypatch.setenv("WEBAGENTS_ENVS", str(tmp_path / "mine"))
    catalogue.everything.cache_clear()
    try:
        specs = catalogue.select("@mine,@mine-reverse")
    finally:
        monkeypatch.undo()
        catalogue.everything.cache_clear()
    assert [(spec.id, spec.height, spec.source) for spec in specs] == [
        ("compwob.click-link_enter-text.tall", 500, "me"),
        ("compwob.click-link_enter-text.tall-reverse", 500, "me"),
    ]


def own_folder(folder, monkeypatch, name: str, parts: str) -> None:
    table = f"[tasks.'{name}']\nparts = {parts}\n"
    (folder / "compositions.toml").write_text(f'prefix = "compwob."\nsource = "me"\n{table}')
    monkeypatch.setenv("WEBAGENTS_ENVS", str(folder))
    catalogue.everything.cache_clear()


@pytest.mark.parametrize(
    ("name", "parts", "told"),
    [
        (
            "mine",
            '["click-link", "enter-text"]',
            r"\[tasks\.mine\] must be named click-link_enter-text",
        ),
        ("click-link_x", '["click-link", "x"]', "'x' cannot be part of a composition"),
        ("click-link", '["click-link"]\nheigth = 3', "unknown key 'heigth'"),
    ],
)
def test_a_users_entry_that_cannot_be_is_told_and_does_not_break_the_import(
    tmp_path, monkeypatch, name, parts, told
):
    own_folder(tmp_path, monkeypatch, name, parts)
    try:
        with pytest.raises(UserError, match=told):
            catalogue.load()
        with pytest.warns(UserWarning, match=told):
            register_envs()
    finally:
        monkeypatch.undo()
        catalogue.everything.cache_clear()
