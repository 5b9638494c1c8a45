"""Sliders are moved in large steps while it is far, in small ones when it is near."""

import pytest

from webagents.policies.expert import ExpertPolicy
from webagents.types import Episode, Observation, Step


def page(value):
    html = (
        '<body ref="1"><div class="ui-slider ui-slider-horizontal" ref="2">'
        f'<span ref="3" class="ui-slider-handle"></span></div><div ref="4" id="val">{value}</div>'
        '<button ref="5">Submit</button></body>'
    )
    return Observation(instruction="Select 40 with the slider and hit Submit.", html=html)


@pytest.mark.parametrize(
    ("values", "done", "action"),
    [
        ([40], [], "click('5')"),
        ([43], [], "press('3', 'ArrowLeft')"),
        ([20], [], "press('3', 'PageUp')"),
        ([10, 30], ["press('3', 'PageUp')"], "press('3', 'ArrowRight')"),
        ([10, 20], ["press('3', 'PageUp')"], "press('3', 'PageUp')"),
        ([20, 20], ["mouse_down(15, 65)"], "mouse_up()"),
    ],
)
def test_a_page_key_is_pressed_while_it_comes_nearer(values, done, action):
    seen = [page(value) for value in values]
    steps = tuple(Step(observation=o, action=a) for o, a in zip(seen, done, strict=False))
    episode = Episode(task="miniwob.use-slider", seed=0, observation=seen[-1], steps=steps)
    (decision,) = ExpertPolicy().act([episode])
    assert decision.action == action
