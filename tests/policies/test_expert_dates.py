"""Experts for calendars: the month is found first, and what lies over the button is closed."""

from webagents.policies.expert import ExpertPolicy
from webagents.types import Episode, Observation, Step

TEXT = "Select 10/05/2016 as the date and hit submit."
PAGE = (
    '<body ref="1"><input ref="2" id="datepicker" value="{value}"><button ref="3">Submit</button>'
    "{calendar}</body>"
)
CALENDAR = (
    '<div ref="4" id="ui-datepicker-div"><a ref="5" class="ui-datepicker-prev">Prev</a>'
    '<span ref="6" class="ui-datepicker-month">{month}</span>'
    '<span ref="7" class="ui-datepicker-year">2016</span>'
    '<table><tr><td ref="8"><a ref="9">5</a></td><td ref="10"><a ref="11">15</a></td></tr></table>'
    "</div>"
)


def answer(value="", month="", done=()):
    calendar = CALENDAR.format(month=month) if month else ""
    observation = Observation(instruction=TEXT, html=PAGE.format(value=value, calendar=calendar))
    steps = tuple(Step(observation=observation, action=action) for action in done)
    task = "miniwob.choose-date"
    episode = Episode(task=task, seed=0, observation=observation, steps=steps)
    (decision,) = ExpertPolicy().act([episode])
    return decision.action


def test_a_day_is_picked_once_its_month_shows():
    assert answer() in ("click('2')", "focus('2')")
    assert answer(month="December") == "click('5')"
    assert answer(month="October") in ("click('8')", "click('9')")


def test_a_calendar_that_stays_over_the_button_is_closed():
    assert answer(value="10/05/2016", month="October") == "click('3')"
    twice = ("click('3')", "click('3')")
    assert answer(value="10/05/2016", month="October", done=twice) == "press('2', 'Escape')"
