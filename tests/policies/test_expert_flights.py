"""Experts that book flights: what is asked for is told from what is like it."""

import pytest

from webagents.policies.expert import ExpertPolicy
from webagents.types import Episode, Observation

FLIGHTS = (
    '<body ref="1"><button ref="2">Back</button><span class="flight-date">{date}</span>'
    '<div class="flight"><div class="depart-city">Bend, OR (RDM)</div>'
    '<div class="arrive-city">Ely, MN (LYU)</div>3h 5m'
    '<button ref="3" class="flight-price">Book flight for $90</button></div>'
    '<div class="flight">1h 50m'
    '<button ref="4" class="flight-price">Book flight for $800</button></div></body>'
)


def answer(task, instruction, html):
    observation = Observation(instruction=instruction, html=html)
    episode = Episode(task=f"miniwob.{task}", seed=0, observation=observation)
    (decision,) = ExpertPolicy().act([episode])
    return decision.action


@pytest.mark.parametrize(
    ("wish", "date", "action"),
    [
        ("cheapest", "10/16/2016", "click('3')"),
        ("shortest", "10/16/2016", "click('4')"),
        ("shortest", "10/17/2016", "click('2')"),
    ],
)
def test_the_wished_flight_is_booked_where_the_search_was_right(wish, date, action):
    text = f"Book the {wish} one-way flight from: RDM to: Ely, MN on 10/16/2016."
    assert answer("book-flight", text, FLIGHTS.format(date=date)) == action


def test_the_form_in_a_frame_is_seen():
    text = (
        '{"Departure City":"Boston","Destination City":"Portland","Ticket Type":"One-way",'
        '"Departure Day":9,"Passengers":2,"Seat type":"Coach"}'
    )
    page = (
        '<body ref="1"><iframe ref="2"><body ref="3"><input ref="4" id="geo-from"'
        ' value="Boston, MA (BOS-Logan Intl.)"><input ref="5" id="geo-to"'
        ' value="Portland, OR (PDX-Portland Intl.)"><input ref="6" id="departure-date"'
        ' value="3/9/2017"><div ref="7" id="tnum-display">{number}</div>'
        '<div ref="8" class="tnum-button">+</div><input ref="9" type="submit"></body>'
        "</iframe></body>"
    )
    assert answer("flight.Alaska-auto", text, page.format(number=1)) == "click('8')"
    assert answer("flight.Alaska-auto", text, page.format(number=2)) == "click('9')"
