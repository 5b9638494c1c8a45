"""The experts of composed tasks: each part's expert in turn, on its own piece of the page."""

import pytest

from webagents.errors import UnknownPolicy
from webagents.html import find_all, parse, ref_of
from webagents.phrases import clauses
from webagents.policies.expert import ExpertPolicy
from webagents.policies.expert.composed import parts_of
from webagents.policies.expert.composed.carving import carve
from webagents.types import Episode, Needs, Observation, Step


@pytest.mark.parametrize(
    ("task", "parts"),
    [
        ("compwob.click-link_click-button", ("click-link", "click-button")),
        ("compwob.click-link_click-button-reverse", ("click-link", "click-button")),
        ("compwob.click-option_login-user-transition-reverse", ("click-option", "login-user")),
        ("compwob.click-link_click-link.1a2b3c4d-reverse", ("click-link", "click-link")),
        ("compwob.click-link_guess-number", ()),
        ("miniwob.click-link", ()),
    ],
)
def test_a_composed_tasks_name_tells_its_parts(task, parts):
    assert parts_of(task) == parts


def test_the_expert_knows_a_composed_task_by_its_parts_and_looks_at_where_things_lie():
    policy = ExpertPolicy()
    assert policy.knows("compwob.click-link_click-button-reverse")
    assert policy.needs("compwob.click-link_click-button") == Needs(view="visual")
    assert not policy.knows("compwob.click-link_guess-number")
    with pytest.raises(UnknownPolicy, match=r"no expert for the task 'compwob\.click-link_guess"):
        policy.needs("compwob.click-link_guess-number")


def pieces(page, instruction, *parts):
    """The refs of each part's piece."""
    carved = carve(page, tuple(clauses(instruction, parts)))
    return [{ref_of(e) for e in find_all(parse(piece))} - {""} for piece in carved.pages]


MARKED = (
    '<body ref="1"><div id="query" ref="2">...</div><div id="area" ref="3">'
    '<div id="form1" class="part" ref="4"><span class="alink" ref="5">a</span></div>'
    '<div id="form3" class="part" ref="6"><span class="alink" ref="7">a</span></div></div></body>'
)


def test_marked_parts_are_their_pieces_and_one_on_another_screen_has_none():
    sentence = 'Click on the link "a", click on the "x" button, and then click on the link "b".'
    parts = ("click-link", "click-button", "click-link")
    assert pieces(MARKED, sentence, *parts) == [{"4", "5"}, set(), {"6", "7"}]


# A button-clicking part has a decoy "Submit"; options, boxes and the login share one container.
PUBLIC = (
    '<body ref="1"><div id="query" ref="2">...</div><div id="area" ref="3">'
    '<div class="widget" ref="4"><label ref="5"><input type="radio" ref="6">w</label></div>'
    '<div class="widget" ref="7"><button ref="8">w</button></div>'
    '<span class="alink" ref="9">a</span><button id="subbtn1" ref="10">ONE</button>'
    '<button id="subbtn2" ref="11">TWO</button><input type="text" ref="12">'
    '<button ref="13">Submit</button><div id="boxes" ref="14">'
    '<label ref="15"><input type="checkbox" ref="16">b</label>'
    '<label ref="17"><input type="radio" ref="18">o</label></div>'
    '<button class="secondary-action" ref="19">Submit</button>'
    '<div id="form" ref="20"><input id="username" type="text" ref="21">'
    '<input id="password" type="password" ref="22">'
    '<button class="secondary-action" ref="23">Login</button></div></div>'
    '<div role="dialog" ref="24"><button title="Close" ref="25">Close</button></div></body>'
)


def test_on_public_pages_elements_belong_to_parts_by_their_kind():
    sentence = (
        'Click button ONE, then click button TWO, click on a "radio" widget, click on the link '
        '"a", click on the "Submit" button, select b, select o and click Submit, close the dialog '
        'box by clicking the "x", and then enter the username "u" and the password "p" into the '
        "text fields and press login."
    )
    parts = (
        *("click-button-sequence", "click-widget", "click-link", "click-button"),
        *("click-checkboxes", "click-option", "click-dialog", "login-user"),
    )
    assert pieces(PUBLIC, sentence, *parts) == [
        {"10", "11"},
        {"4", "5", "6", "7", "8"},
        {"9"},
        {"13"},
        {"15", "16"},  # no button of its own: it is submitted with the options
        {"17", "18", "19"},
        {"24", "25"},
        {"21", "22", "23"},
    ]


def test_a_public_search_form_is_what_the_other_parts_leave():
    page = (
        '<body ref="1"><div id="area" ref="2"><p ref="3">Genre: <input type="text" ref="4"></p>'
        '<button ref="5">Submit</button><p ref="6"><input id="username2" type="text" ref="7"></p>'
        '<input id="password2" type="password" ref="8"><input id="verify1" type="text" ref="9">'
        '<button class="secondary-action" ref="10">Login</button></div></body>'
    )
    sentence = (
        "Search for crime movies directed by Lee from year 1990, and then enter the username "
        '"u" and the password "p" into the text fields and press login.'
    )
    searched, login = pieces(page, sentence, "multi-layouts", "login-user")
    assert searched == {"2", "3", "4", "5", "6", "9"}
    assert login == {"7", "8", "10"}


TASK = "compwob.click-link_click-option_click-button"
SENTENCE = 'Click on the link "a", select o and click Submit, and then click on the "no" button.'
LINK, OPTION, SUBMIT, BUTTON = (f"click('{ref}')" for ref in (5, 10, 13, 15))
WRONG_LINK, WRONG_OPTION = "click('6')", "click('12')"


def page_of(option=""):
    """A page of three parts, one of its options chosen."""
    marks = {name: " checked" if name == option else "" for name in "ox"}
    return (
        '<body ref="1"><div id="area" ref="2"><div id="form1" class="part" ref="4">'
        '<span class="alink" ref="5">a</span><span class="alink" ref="6">b</span></div>'
        '<div id="form2" class="part" ref="8">'
        f'<label><input type="radio" ref="10"{marks["o"]}>o</label>'
        f'<label><input type="radio" ref="12"{marks["x"]}>x</label>'
        '<button ref="13">Submit</button></div><div id="form3" class="part" ref="14">'
        '<button ref="15">no</button><button ref="16">Submit</button></div></div></body>'
    )


def played(*actions, task=TASK, sentence=SENTENCE, page=page_of, errors=()):
    """What the expert does after these actions, of which the clicks on options show."""
    steps, option = [], ""
    for number, action in enumerate(actions):
        seen = Observation(instruction=sentence, html=page(option))
        error = dict(errors).get(number, "")
        steps.append(Step(observation=seen, action=action, error=error))
        option = {OPTION: "o", WRONG_OPTION: "x"}.get(action, option)
    seen = Observation(instruction=sentence, html=page(option))
    episode = Episode(task=task, seed=0, observation=seen, steps=tuple(steps))
    (decision,) = ExpertPolicy().act([episode])
    return decision.action


@pytest.mark.parametrize(
    ("done", "then"),
    [
        ([], LINK),
        ([LINK], OPTION),
        ([LINK, OPTION], SUBMIT),
        ([LINK, OPTION, SUBMIT], BUTTON),
        ([LINK, "hover('6')", "noop(200)", OPTION, "focus('12')", SUBMIT], BUTTON),
    ],
)
def test_the_parts_are_done_in_their_order(done, then):
    assert played(*done) == then


@pytest.mark.parametrize(
    ("done", "then"),
    [
        ([WRONG_LINK], LINK),  # put right
        ([LINK, WRONG_LINK], LINK),
        ([LINK, OPTION, SUBMIT, WRONG_LINK], LINK),
        ([LINK, OPTION, SUBMIT, WRONG_LINK, LINK], BUTTON),
        ([LINK, OPTION, WRONG_OPTION], OPTION),
        ([LINK, OPTION, SUBMIT, WRONG_OPTION], OPTION),
        ([LINK, OPTION, SUBMIT, WRONG_OPTION, OPTION], SUBMIT),
        ([OPTION, SUBMIT, LINK], SUBMIT),  # what came before its turn, once more
        ([LINK, SUBMIT], OPTION),
        ([LINK, SUBMIT, OPTION], SUBMIT),
    ],
)
def test_what_was_done_wrongly_or_too_early_is_done_again(done, then):
    assert played(*done) == then


def test_a_step_that_failed_is_no_step():
    assert played(LINK, errors={0: "ref 5 is stale"}) == LINK


NUMBERED = (
    '<body ref="1"><div id="form1" class="part" ref="2"><button ref="3">ONE</button>'
    '<button ref="4">TWO</button></div><div id="form2" class="part" ref="5">'
    '<button ref="6">no</button></div></body>'
)


@pytest.mark.parametrize(
    ("done", "ref"),
    [([], 3), (["click('3')"], 4), (["click('3')", "click('4')"], 6), (["click('4')"], 3)],
)
def test_numbered_buttons_are_pressed_only_once(done, ref):
    action = played(
        *done,
        task="compwob.click-button-sequence_click-button",
        sentence='Click on the "no" button, after clicking button ONE, then clicking button TWO.',
        page=lambda option: NUMBERED,
    )
    assert action == f"click('{ref}')"


# A dialog of 100 by 80 pixels lies over the upper one of two buttons, in an area of 160 by 300.
COVERED = (
    '<body ref="1"><div id="wrap" ref="2" box="0 0 160 300"><div id="area" ref="3">'
    '<div id="form1" class="part" ref="4"><button ref="5" box="20 120 50 20"{hidden}>no</button>'
    '<button ref="6" box="20 250 50 20">Yes</button></div><div id="form2" class="part" ref="7">'
    '<div role="dialog" ref="8" box="10 {top} 100 80"><div class="ui-dialog-titlebar" ref="9" '
    'box="12 {bar} 96 20"><button title="Close" ref="10" box="90 {bar} 16 16">Close</button></div>'
    "</div></div></div></div></body>"
)
COVERED_TASK = {
    "task": "compwob.click-button_click-dialog",
    "sentence": 'Click on the "no" button, and then close the dialog box by clicking the "x".',
}
REFUSED = '<button ref="5"> is covered by <div ref="9">'


def test_a_dialog_is_left_where_it_is_until_it_is_in_the_way():
    before = COVERED.format(top=100, bar=102, hidden=' shown="no"')
    assert played(page=lambda option: before, **COVERED_TASK) == "click('5')"


def test_a_dialog_in_the_way_is_moved_off_by_its_title_and_stays_in_the_tasks_area():
    before = COVERED.format(top=100, bar=102, hidden=' shown="no"')
    action = played("click('5')", page=lambda o: before, errors={0: REFUSED}, **COVERED_TASK)
    name, _, numbers = action.rstrip(")").partition("(")
    x, y, to_x, to_y = (float(number) for number in numbers.split(", "))
    top = 100 + to_y - y
    assert (name, to_x - x) == ("mouse_drag_and_drop", 0)
    assert 12 <= x < 90  # at the title, not at its x
    assert 102 <= y <= 122
    assert 0 <= top <= 40 or 140 <= top <= 170  # inside the area, over neither button


def test_once_the_dialog_is_off_the_click_is_made():
    under = COVERED.format(top=100, bar=102, hidden=' shown="no"')
    off = COVERED.format(top=30, bar=32, hidden="")
    drag = played("click('5')", page=lambda o: under, errors={0: REFUSED}, **COVERED_TASK)
    pages = iter([under, under, off])
    done = ["click('5')", drag]
    action = played(*done, page=lambda o: next(pages), errors={0: REFUSED}, **COVERED_TASK)
    assert action == "click('5')"


BOX = (
    '<body ref="1"><div id="wrap" ref="2" box="0 0 160 300"><div id="form1" class="part" ref="3">'
    '<label ref="4" box="0 60 60 12"{label}><input type="checkbox" ref="5" box="0 60 12 12" '
    'shown="no">A</label><button ref="6" box="0 80 60 20">Submit</button></div>'
    '<div id="form2" class="part" ref="7"><button ref="8" box="0 50 40 40">ONE</button>'
    '<button ref="9" box="90 50 40 40">TWO</button></div></div></body>'
)


@pytest.mark.parametrize(
    ("label", "refusals", "way"),
    [
        ("", 1, "click('4')"),
        ("", 2, "press('5', 'Space')"),
        (' shown="no"', 1, "press('5', 'Space')"),
    ],
)
def test_past_what_cannot_be_moved_leads_the_label_or_the_keyboard(label, refusals, way):
    told = {
        "task": "compwob.click-checkboxes_click-button-sequence",
        "sentence": "Select A and click Submit, and then click button ONE, then click button TWO.",
        "page": lambda option: BOX.format(label=label),
    }
    actions = []
    for number in range(refusals):
        errors = dict.fromkeys(range(number), ' is covered by <button ref="8">')
        actions.append(played(*actions, errors=errors, **told))
    errors = dict.fromkeys(range(refusals), 'it is covered by <button ref="8">')
    assert actions[0] in ("click('4')", "click('5')")
    assert played(*actions, errors=errors, **told) == way
