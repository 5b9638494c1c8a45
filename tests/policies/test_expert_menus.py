"""Menus are opened step by step, and again where something closed them."""

from webagents.policies.expert import ExpertPolicy
from webagents.types import Episode, Observation, Step


def answer(task, instruction, page, done=()):
    observation = Observation(instruction=instruction, html=page)
    steps = tuple(Step(observation=observation, action=action) for action in done)
    episode = Episode(task=task, seed=0, observation=observation, steps=steps)
    (decision,) = ExpertPolicy().act([episode])
    return decision.action


def menu(active="", inner=""):
    return (
        '<body><div ref="1" id="query"></div><ul ref="2" role="menu">'
        '<li><div ref="3" role="menuitem">Ann</div></li>'
        f'<li><div ref="4" role="menuitem" class="{active}">Bo</div>{inner}</li></ul></body>'
    )


def test_the_mouse_rests_on_an_item_until_its_submenu_opens():
    def next_(page, *done):
        return answer("miniwob.click-menu", "Select Bo>Cy", page, done)

    inner = '<ul role="menu"><li><div ref="6" role="menuitem">Cy</div></li></ul>'
    active = menu("ui-state-active")
    assert next_(menu()) == "hover('4')"
    assert next_(active, "hover('4')") == "noop(300)"
    assert next_(active, "hover('4')", "noop(300)") == "press('2', 'ArrowRight')"
    assert next_(menu(), "hover('4')") == "hover('1')"
    assert next_(menu("ui-state-active", inner), "noop(300)") == "click('6')"


def test_an_item_is_found_by_the_icon_in_the_instruction():
    page = (
        '<body><div ref="1" id="query">the <span class="ui-icon ui-icon-disk"></span> icon.</div>'
        '<div ref="2" role="menuitem"><span class="ui-icon ui-icon-stop"></span>Stop</div>'
        '<div ref="3" role="menuitem"><span class="ui-icon ui-icon-disk"></span>Save</div></body>'
    )
    text = 'Click the "Menu" button, and then find and click on the item with the icon.'
    assert answer("miniwob.click-menu-2", text, page) == "click('3')"


def test_a_slice_whose_click_came_to_nothing_is_clicked_folded_up():
    def pie(sign, shown=""):
        letter = f'<text ref="1"{shown}>k</text>'
        return f'<body><svg>{letter}<text ref="2">{sign}</text></svg></body>'

    def next_(page, *done):
        return answer("miniwob.click-pie-nodelay", 'Click "k".', page, done)

    assert next_(pie("+")) == "click('2')"
    assert next_(pie("-", ' shown="no"')).startswith("noop(")
    assert next_(pie("-")) == "click('1')"
    assert next_(pie("-"), "click('2')", "click('1')") == "click('2')"
    assert next_(pie("+"), "click('2')", "click('1')", "click('2')") == "click('1')"
