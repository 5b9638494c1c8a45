"""Experts that type: what is typed is worked out from the page and the instruction."""

import pytest

from webagents.policies.expert import ExpertPolicy
from webagents.types import Episode, Observation, Step


def answer(task, instruction, html, done=()):
    observation = Observation(instruction=instruction, html=html)
    steps = tuple(Step(observation=observation, action=action) for action in done)
    name = f"miniwob.{task}"
    episode = Episode(task=name, seed=0, observation=observation, steps=steps)
    (decision,) = ExpertPolicy().act([episode])
    return decision.action


@pytest.mark.parametrize(
    ("said", "typed"), [("12:05 AM", "00:05"), ("12:30 PM", "12:30"), ("9:37 PM", "21:37")]
)
def test_a_time_is_entered_by_the_24_hour_clock(said, typed):
    page = (
        '<body ref="1"><input ref="2" type="time" value=""><button ref="3">Submit</button></body>'
    )
    instruction = f"Enter {said} as the time and press submit."
    assert answer("enter-time", instruction, page) == f"fill('2', '{typed}')"


@pytest.mark.parametrize(
    ("problem", "x"),
    [("x - 3 = 21", 24), ("x + 3 = 21", 18), ("3 - x = 21", -18), ("3 + x = 21", 18)],
)
def test_an_equation_is_solved_for_x(problem, x):
    page = f'<body ref="1"><div id="math-problem">{problem}</div><input ref="2" value=""></body>'
    assert answer("simple-algebra", "Solve for x", page) == f"fill('2', '{x}')"


def test_the_field_of_a_search_is_told_by_the_nearest_text_before_it_or_after():
    text = "Search for crime movies directed by Bell from year 1999."
    page = (
        '<body ref="1"><div ref="2"><input ref="3" type="text" value="1999"><b>Year</b></div>'
        '<div ref="4"><input ref="5" type="text" value="crime"><b>Movie Genre</b></div>'
        '<p ref="6"><span>Director:</span><input ref="7" type="text" value=""></p>'
        '<div ref="8"><div ref="9">Search</div></div></body>'
    )
    assert answer("multi-layouts", text, page) == "fill('7', 'Bell')"
    done = page.replace('ref="7" type="text" value=""', 'ref="7" type="text" value="Bell"')
    assert answer("multi-layouts", text, done) == "click('9')"


MENU = '<body ref="1"><input ref="2" value="{value}"><button ref="3">Submit</button>{items}</body>'
ITEM = '<div ref="{}" class="ui-menu-item-wrapper">{}</div>'


def test_a_suggestion_is_picked_for_its_beginning_and_its_end():
    text = 'Enter an item that starts with "Mal" and ends with "ta".'
    items = ITEM.format(4, "Malawi") + ITEM.format(5, "Malta")
    assert answer("use-autocomplete", text, MENU.format(value="", items="")) == "fill('2', 'Mal')"
    shown = MENU.format(value="Mal", items=items)
    assert answer("use-autocomplete", text, shown) == "click('5')"
    assert answer("use-autocomplete", text, MENU.format(value="Malta", items="")) == "click('3')"


TERMINAL = (
    '<body ref="1"><div class="terminal-line"><span class="command">ls</span></div>'
    '<div class="terminal-output"><span class="output">bash.sh code.sh sega</span></div>'
    '<div class="terminal-line"><span id="active-input" class="command">{typed}</span></div>'
    '<input ref="2" id="terminal-target" value=""></body>'
)


@pytest.mark.parametrize(
    ("typed", "action"),
    [
        ("", "fill('2', 'rm code.sh\\n')"),
        ("rm co", "fill('2', 'de.sh\\n')"),
        ("rm sega", "press('2', 'Backspace')"),
        ("foo", "press('2', 'Enter')"),
    ],
)
def test_a_listed_file_is_removed_and_no_other(typed, action):
    text = "Use the terminal below to delete a file ending with the extension .sh"
    assert answer("terminal", text, TERMINAL.format(typed=typed)) == action
