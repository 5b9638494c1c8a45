"""Raw events of people become the few actions that say what they did."""

import re
from collections import Counter
from pathlib import Path

import orjson
import pytest

from tests.data.recordings import Recorder, node, text, write
from webagents.actions import parse
from webagents.data import Dataset
from webagents.data.importing import import_dataset
from webagents.data.importing.miniwob_human import demonstration
from webagents.html import find, find_all, text_of
from webagents.html import parse as parse_html

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "miniwob-human"


def _episode(recorder, instruction="Do it.", **more):
    data = orjson.dumps(recorder.recorded(instruction, **more))
    return demonstration(data, "a/click-test/x.json", Path("a/click-test/x.json"), "all").episode


def _actions(recorder, instruction="Do it."):
    return [step.action for step in _episode(recorder, instruction).steps]


def _field(ref=4, kind="text", **known):
    return node(f"INPUT_{kind}", ref, box=(0, 60, 100, 20), text="", **{"value": "", **known})


def _button(ref=5, words="Submit", **known):
    return node("BUTTON", ref, box=(0, 100, 90, 30), text=words, **known)


def test_the_events_of_one_press_are_one_click_and_the_page_is_what_was_seen_before_it():
    recorder = Recorder(_button(id="subbtn", classes="secondary ui-state-hover"))
    recorder.click(5)
    recorder.end()
    episode = _episode(recorder, "Press  Submit.")
    (step,) = episode.steps
    assert step.action == "click('4')"
    assert step.observation.instruction == "Press Submit."
    assert step.observation.html == (
        '<body ref="1"><div ref="2" id="wrap"><div ref="3" id="area">'
        '<button ref="4" id="subbtn" class="secondary">Submit</button></div></div></body>'
    )
    assert (episode.task, episode.seed, episode.success) == ("miniwob.click-test", -1, True)
    assert (step.reward, step.terminated, step.time_ms) == (1.0, True, 120)
    assert episode.info["reward"] == 0.5


def test_typing_is_one_fill_with_the_final_text_and_its_focus_click_is_folded_away():
    recorder = Recorder(_field(), _button())
    recorder.click(4)
    recorder.type(4, "Bobx")
    recorder.key(4, 8, value="Bob")
    recorder.click(4)
    recorder.type(4, "by")
    recorder.click(5)
    assert _actions(recorder) == ["fill('4', 'Bobby')", "click('5')"]


def test_tab_between_fields_is_no_action_and_space_on_a_button_is():
    recorder = Recorder(_field(), _field(6, "password"), _button())
    recorder.type(4, "ann")
    recorder.key(4, 9)
    recorder.type(6, "pw")
    recorder.key(6, 9)
    recorder.key(5, 32, " ")
    assert _actions(recorder) == ["fill('4', 'ann')", "fill('5', 'pw')", "press('6', 'Space')"]


def test_enter_in_a_field_is_told_where_it_did_something():
    recorder = Recorder(_field(), _button(words="Guess"))
    recorder.type(4, "5")
    recorder.key(4, 13)
    recorder[5]["text"] = "Again"
    recorder.click(5)
    assert _actions(recorder) == ["fill('4', '5')", "press('4', 'Enter')", "click('5')"]


def test_a_text_copied_from_the_instruction_is_filled_in():
    recorder = Recorder(_field(), _button())
    recorder.press(None, 30, 10)
    recorder.key(1, 67, held=(17,))
    recorder.click(4)
    recorder.key(4, 86, held=(17,), value="pasted")
    recorder.click(5)
    assert _actions(recorder) == ["fill('4', 'pasted')", "click('5')"]


def test_a_text_copied_from_the_page_is_marked_copied_and_pasted():
    source = node("TEXTAREA", 7, box=(0, 130, 100, 60), value="some words")
    recorder = Recorder(_field(), source, _button())
    recorder.click(7, 5, 135, to=(80, 150))
    recorder.key(7, 67, held=(17,))
    recorder.click(4)
    recorder.key(4, 86, held=(17,), value="some words")
    recorder.click(5)
    assert _actions(recorder) == [
        "mouse_drag_and_drop(5, 135, 80, 150)",
        "press('5', 'ControlOrMeta+c')",
        "press('4', 'ControlOrMeta+v')",
        "click('6')",
    ]


def test_the_browsers_own_arrows_in_a_field_fill_it():
    recorder = Recorder(_field(kind="number"), _button())
    recorder.event("mousedown", 4, x=90, y=62)
    recorder[4]["value"] = "1"
    recorder.event("mouseup", 4, x=90, y=62)
    recorder.click(5)
    assert _actions(recorder) == ["fill('4', '1')", "click('5')"]


def test_a_click_on_a_label_is_one_on_its_control():
    box = node("INPUT_checkbox", 5, value=False)
    recorder = Recorder(node("LABEL", 4, box, text("first")), _button(6))
    recorder.click(4)
    recorder.event("click", 5, milliseconds=3, x=5, y=5)
    recorder[5]["value"] = True
    recorder.click(6)
    episode = _episode(recorder)
    assert [step.action for step in episode.steps] == ["click('5')", "click('6')"]
    assert '<input ref="5" type="checkbox" checked>first' in episode.steps[1].observation.html


def test_clicks_on_nothing_are_no_actions():
    empty = node("DIV", 4, node("SPAN", 6), box=(0, 60, 50, 50))
    recorder = Recorder(empty, _button())
    recorder.click(3)
    recorder.click(4)
    recorder.click(None, 500, 500)
    recorder.click(5)
    assert _actions(recorder) == ["click('6')"]


def test_a_click_in_a_drawing_is_one_at_its_point():
    recorder = Recorder(node("svg", 4, node("circle", 6), box=(0, 60, 150, 150)))
    recorder.click(4, 33, 99)
    assert _actions(recorder) == ["mouse_click(33, 99)"]


def test_two_clicks_are_a_double_click_only_where_the_first_did_nothing():
    still, lively = Recorder(node("DIV", 4, text="word")), Recorder(node("DIV", 4, text="0"))
    for recorder in (still, lively):
        recorder.click(4)
        if recorder is lively:
            recorder[4]["text"] = "1"
        recorder.click(4)
        recorder.event("dblclick", 4, x=5, y=5)
    assert (_actions(still), _actions(lively)) == (["dblclick('4')"], ["click('4')", "click('4')"])


def test_options_marked_in_a_list_are_selected_in_one_action():
    options = [node("OPTION", 5 + n, text=word) for n, word in enumerate(("one", "two", "six"))]
    recorder = Recorder(node("SELECT", 4, *options), _button(9))
    recorder.click(6)
    recorder.event("keydown", 4, keyCode=17, charCode=0)
    recorder.click(7)
    recorder.event("keyup", 4, keyCode=17, charCode=0)
    recorder.click(9)
    assert _actions(recorder) == ["select_option('4', ['two', 'six'])", "click('8')"]


def test_the_choice_in_a_list_that_pops_up_is_the_one_asked_for_and_noted_as_a_guess():
    recorder = Recorder(node("SELECT", 4), _button())
    recorder.click(4)
    recorder.event("mouseup", 4, milliseconds=900, x=-20, y=-300)
    recorder.event("click", 4, x=-20, y=-300)
    recorder.click(5)
    episode = _episode(recorder, "Select Mali from the list and click Submit.")
    assert [step.action for step in episode.steps] == ["select_option('4', 'Mali')", "click('5')"]
    assert episode.steps[0].notes == {"guessed": "from the instruction"}


def test_menus_that_opened_under_the_mouse_are_hovered_first():
    leaf = node("DIV", 9, text="Leaf", classes="ui-menu-item-wrapper ui-state-active")
    opened = node("UL", 7, node("LI", 8, leaf), classes="ui-menu")
    item = node("DIV", 6, text="Top", classes="ui-menu-item-wrapper")
    recorder = Recorder(node("UL", 4, node("LI", 5, item), classes="ui-menu"))
    recorder[5]["children"].append(opened)
    recorder[6]["classes"] += " ui-state-active"
    recorder.click(9)
    episode = _episode(recorder, "Select Top>Leaf")
    assert [step.action for step in episode.steps] == ["hover('6')", "click('9')"]
    before, after = (step.observation.html for step in episode.steps)
    assert "Leaf" not in before
    assert "ui-state-active" not in before
    assert after.count("ui-state-active") == 1


def test_dragging_onto_a_place_is_told_by_the_elements_and_dragging_to_a_point_by_points():
    item = node("SPAN", 5, text="thing", box=(10, 60, 20, 20))
    place = node("DIV", 6, text="here", box=(100, 60, 50, 50))
    onto = Recorder(node("DIV", 4, item, box=(0, 55, 50, 50)), place, _button(7))
    onto.press(5, 20, 70, to=(120, 80))
    onto[5]["left"] = 110
    onto.click(7)
    point = Recorder(node("DIV", 4, text="handle", box=(0, 60, 20, 20)), _button(7))
    point.press(4, 10, 70, to=(60, 70))
    point[4]["left"] = 50
    point.click(7)
    assert _actions(onto) == ["drag_and_drop('5', '6')", "click('7')"]
    assert _actions(point) == ["mouse_drag_and_drop(10, 70, 60, 70)", "click('5')"]


def test_an_element_keeps_its_ref_when_others_appear_before_it():
    recorder = Recorder(_button(words="More"))
    recorder.click(5)
    recorder[3]["children"].insert(0, node("DIV", 8, text="new"))
    recorder.click(5)
    episode = _episode(recorder)
    assert [step.action for step in episode.steps] == ["click('4')", "click('4')"]
    assert '<div ref="5">new</div><button ref="4">' in episode.steps[1].observation.html


def test_without_marked_targets_what_lies_under_the_mouse_is_meant():
    recorder = Recorder(_button(), _field(6))
    recorder.click(5, 30, 110)
    for state in recorder.states:
        for ref in (5, 6):
            _unmark(state["dom"], ref)
    assert _actions(recorder) == ["click('4')"]


def _unmark(dom, ref):
    dom.pop("recordingTarget", None)
    for child in dom["children"]:
        _unmark(child, ref)


def test_an_instruction_with_its_fields_inside_is_read(tmp_path):
    recorder = Recorder(_button())
    recorder.click(5)
    inside = {"utterance": "Do it.", "fields": {"by": "Ann"}}
    episode = _episode(recorder, inside)
    assert episode.steps[0].observation.instruction == "Do it."
    assert episode.info["fields"] == {"by": "Ann"}


@pytest.fixture(name="sample", scope="module")
def _sample(tmp_path_factory):
    if not SAMPLE.is_dir():
        pytest.skip(f"the sample of human demonstrations is not there ({SAMPLE})")
    out = tmp_path_factory.mktemp("imported") / "human"
    return import_dataset("miniwob-human", SAMPLE, out)


def test_the_public_sample_is_taken_whole(sample):
    assert (sample.kept, sample.dropped) == (sample.files, Counter())


def test_the_public_sample_says_what_its_instructions_ask_for(sample):
    agreed: Counter[bool] = Counter()
    for demonstration_ in Dataset(sample.out):
        episode = demonstration_.episode
        wanted = _WANTED.get(episode.task.removeprefix("miniwob."))
        if wanted is not None:
            instruction = episode.steps[0].observation.instruction
            agreed[wanted(instruction, *_done(episode))] += 1
    assert agreed.total() > 100
    assert agreed[True] / agreed.total() > 0.98


def _done(episode):
    """The texts filled in, and the elements clicked."""
    texts, clicked = [], []
    for step in episode.steps:
        action = parse(step.action)
        if action.name == "fill":
            texts.append(action.arguments["text"])
        elif action.name == "select_option":
            texts += action.arguments["options"]
        elif action.name in ("click", "press"):
            page = parse_html(step.observation.html)
            clicked.append(find(page, ref=action.arguments["ref"]))
    return texts, clicked


def _quoted(instruction):
    return re.findall(r'"([^"]*)"', instruction)


def _ticked(instruction, _texts, clicked):
    ticked = set()
    for element in clicked[:-1]:
        ticked ^= {text_of(element.getparent())}
    asked = instruction.removeprefix("Select ").removesuffix(" and click Submit.")
    return ticked == ({*re.split(", ?", asked)} - {"nothing"})


def _last(instruction, _texts, clicked):
    return text_of(clicked[-1]) == _quoted(instruction)[0]


def _listed(instruction, texts, _clicked):
    asked = instruction.removeprefix("Select ").partition(" from the")[0].split(", ")
    return sorted(texts) == sorted(asked)


def _dated(instruction, texts, _clicked):
    month, day, year = re.search(r"(\d+)/(\d+)/(\d+)", instruction).groups()
    return texts == [f"{year}-{month}-{day}"]


_FILLED = lambda instruction, texts, _: texts == _quoted(instruction)  # noqa: E731
_WANTED = {
    **dict.fromkeys(
        ("enter-text", "enter-text-dynamic", "login-user", "login-user-popup"), _FILLED
    ),
    "enter-password": lambda asked, texts, _: texts == _quoted(asked) * 2,
    "enter-date": _dated,
    **dict.fromkeys(("choose-list", "click-scroll-list"), _listed),
    **dict.fromkeys(("click-button", "click-link", "click-tab-2", "navigate-tree"), _last),
    **dict.fromkeys((f"click-checkboxes{kind}" for kind in ("", "-large", "-transfer")), _ticked),
}


def test_every_action_on_the_sample_names_an_element_of_its_page(sample):
    missing = [
        (demonstration_.id, step.action)
        for demonstration_ in Dataset(sample.out)
        for step in demonstration_.episode.steps
        if (ref := parse(step.action).arguments.get("ref")) is not None
        and ref not in {each.get("ref") for each in find_all(parse_html(step.observation.html))}
    ]
    assert missing == []


def test_a_task_is_named_by_its_folder_then_its_file_then_the_recording(tmp_path):
    recorder = Recorder(_button())
    recorder.click(5)
    named = {}
    for path, said in (
        ("email-inbox-nl-turk/a.json.gz", "email-inbox"),
        ("x/click-tab_1.json.gz", "email-inbox"),
        ("x/y.json.gz", "email-inbox"),
        ("odd Name/y.json.gz", None),
    ):
        file = write(tmp_path / path, recorder.recorded(taskName=said))
        named[path] = demonstration(
            orjson.dumps(recorder.recorded(taskName=said)), path, file
        ).episode.task
    assert list(named.values()) == [
        "miniwob.email-inbox-nl-turk",
        "miniwob.click-tab",
        "miniwob.email-inbox",
        "miniwob.odd-name",
    ]
