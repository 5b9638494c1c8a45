"""What was shown for a while is remembered from the episode's own pages."""

from webagents.policies.expert import ExpertPolicy
from webagents.types import Episode, Observation, Step


def answer(task, pages, actions=(), times=()):
    """The answer to the last page, after the actions that led from page to page."""
    seen = [Observation(instruction="Go.", html=page) for page in pages]
    times = times or [200.0] * len(actions)
    steps = tuple(
        Step(observation=observation, action=action, time_ms=time)
        for observation, action, time in zip(seen, actions, times, strict=False)
    )
    episode = Episode(task=task, seed=0, observation=seen[-1], steps=steps)
    (decision,) = ExpertPolicy().act([episode])
    return decision.action


def cards(up):
    shown = [
        f'<div ref="{ref}" class="card{"" if ref == up else " hidden"}">{number}</div>'
        for ref, number in ((1, 5), (2, 9), (3, 1))
    ]
    return f'<body>{"".join(shown)}<button ref="4">Submit</button></body>'


def test_numbers_of_hidden_cards_are_not_known_before_they_were_turned():
    turned = [cards(0), cards(2)]
    assert answer("miniwob.find-greatest", turned, ["x"]) in {"click('1')", "click('3')"}
    everything = [cards(0), cards(2), cards(1), cards(3)]
    assert answer("miniwob.find-greatest", everything, "xxx") == "click('2')"
    assert answer("miniwob.find-greatest", [*everything, cards(2)], "xxxx") == "click('4')"


def test_numbers_that_vanished_are_clicked_where_they_were():
    numbers = '<text ref="1" box="0 0 10 20">1</text><text ref="2" box="50 0 10 20">2</text>'
    hidden = '<rect ref="4" box="80 0 20 20"></rect><rect ref="5" box="45 0 20 20"></rect>'
    pages = [f"<body><svg>{shown}</svg></body>" for shown in (numbers, hidden)]
    assert answer("miniwob.ascending-numbers", pages[:1]) == "click('1')"
    assert answer("miniwob.ascending-numbers", pages, ["click('1')"]) == "click('5')"


def test_buttons_are_pressed_in_the_order_they_lit_up_once_none_lights_up_any_more():
    def page(lit=0):
        names = ["", "push"]
        buttons = [f'<button ref="{n}" class="{names[n == lit]}"></button>' for n in (1, 2)]
        return f"<body>{''.join(buttons)}</body>"

    seen, times = [page()], []
    assert answer("miniwob.simon-says", seen) == "noop(700)"
    seen, times = [page(), page(2), page(1)], [700.0, 1300.0]
    assert answer("miniwob.simon-says", seen, "xx", times) == "noop(600)"
    seen, times = [*seen, page()], [*times, 1900.0]
    assert answer("miniwob.simon-says", seen, "xxx", times) == "click('2')"
    pushed = ["x", "x", "x", "click('2')"]
    times = [*times, 2100.0]
    assert answer("miniwob.simon-says", [*seen, page()], pushed, times) == "click('1')"
