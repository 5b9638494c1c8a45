"""A policy that is shown disturbed pages."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from lxml.html import tostring

from webagents import html
from webagents.errors import UnknownPolicy, UserError
from webagents.policies import load_policy
from webagents.policies.disturbed import DISTURBANCES, DisturbedPolicy
from webagents.rollout import Job, rollout
from webagents.types import Decision, Episode, Needs, Observation, Step

PAGE = (
    '<body ref="1" box="0 0 500 210"><div ref="2" id="area" class="wide task" box="0 50 160 160">'
    '<div ref="3" box="0 50 160 40"><label ref="4" for="who" box="2 52 40 11">Who &gt; me</label>'
    '<input ref="5" id="who" value="" box="50 52 80 20"></div>'
    '<a ref="6" href="#who" aria-controls="who area" box="2 100 40 11">Home</a></div></body>'
)


class Reading:
    """Tells what it was shown: the pages of all steps, the present one last."""

    def __init__(self, view: str = "visual") -> None:
        self.view = view

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        pages = [(*(s.observation.html for s in e.steps), e.observation.html) for e in episodes]
        return [Decision(action="noop()", notes={"pages": each}) for each in pages]

    def needs(self, task: str) -> Needs:
        return Needs(view="visual" if self.view == "visual" else "text", screenshots=True)


def episode(*pages: str, seed: int = 3) -> Episode:
    *past, now = [Observation(instruction="Go home, please.", html=page) for page in pages]
    steps = tuple(Step(observation=seen, action="noop()") for seen in past)
    return Episode(task="t.t", seed=seed, observation=now, steps=steps)


def shown(disturbance: str, *pages: str, view: str = "visual", seed: int = 3) -> tuple[str, ...]:
    (decision,) = DisturbedPolicy(Reading(view), disturbance).act([episode(*pages, seed=seed)])
    found: tuple[str, ...] = decision.notes["pages"]
    return found


def refs(page: str) -> list[str]:
    return re.findall(r' ref="(\d+)"', page)


def test_coordinates_are_told_of_every_element_in_either_view() -> None:
    page = '<body ref="1" box="0 -5 50 20"><br ref="2" box="3 4 0 11" shown="no"></body>'
    told = 'left="0" top="-5" right="50" bottom="15"'
    other = 'left="3" top="4" right="3" bottom="15"'
    (visual,) = shown("coordinates", page)
    assert visual == page.replace(' 20"', f' 20" {told}').replace(' 11"', f' 11" {other}')
    (text,) = shown("coordinates", page, view="text")
    assert text == f'<body ref="1" {told}><br ref="2" {other}></body>'


def test_of_a_page_without_boxes_no_coordinates_can_be_told() -> None:
    with pytest.raises(UserError, match=r"t\.t was seen without boxes"):
        shown("coordinates", html.text_view(PAGE))


def test_no_element_is_closed() -> None:
    assert shown("unclosed", PAGE) == (re.sub(r"</\w+>", "", PAGE),)


def test_names_change_and_still_refer_to_each_other() -> None:
    (page,) = shown("renamed", PAGE)
    ((area, wide, task),) = re.findall(r'id="(\w+)" class="(\w+) (\w+)" box="0 50 160 160"', page)
    (who,) = re.findall(r'<label ref="4" for="(\w+)"', page)
    assert {"area", "wide", "task", "who"}.isdisjoint({area, wide, task, who})
    assert len({area, wide, task, who}) == 4
    before = PAGE.replace('"wide task"', f'"{wide} {task}"').replace('id="area"', f'id="{area}"')
    before = before.replace('"who"', f'"{who}"').replace('"#who"', f'"#{who}"')
    assert page == before.replace('"who area"', f'"{who} {area}"')


def test_containers_go_missing_and_what_they_hold_does_not() -> None:
    pages = {shown("missing", PAGE, seed=seed)[0] for seed in range(30)}
    missing = {frozenset(refs(PAGE)) - frozenset(refs(page)) for page in pages}
    assert missing == {frozenset(found) for found in ((), ("2",), ("3",), ("2", "3"))}
    texts = [html.text_of(html.parse(page)) for page in pages]
    assert texts == ["Who > meHome"] * 4


@pytest.mark.parametrize(("disturbance", "place"), [("top", 0), ("bottom", -1)])
def test_what_is_added_stands_first_or_last_and_is_no_part_of_the_page(
    disturbance: str, place: int
) -> None:
    (page,) = shown(disturbance, PAGE)
    added = html.parse(page)[place]
    assert page.replace(tostring(added, encoding="unicode"), "") == PAGE
    elements = list(html.find_all(added))
    assert sorted({e.tag for e in elements}) == ["a", "button", "div", "input", "p"]
    assert [int(html.ref_of(e)) for e in elements] == [*range(100_001, 100_001 + len(elements))]
    assert all(int(e.get("box").split()[0]) == 170 for e in elements)
    assert "Home" not in html.text_of(added)
    (plain,) = shown(disturbance, html.text_view(PAGE), view="text")
    assert plain == html.text_view(page)


@pytest.mark.parametrize("disturbance", DISTURBANCES)
def test_a_disturbance_is_the_same_at_every_step_of_an_episode(disturbance: str) -> None:
    later = PAGE.replace('value=""', 'value="x"')
    past, now, again = shown(disturbance, PAGE, later, PAGE)
    assert past == again == shown(disturbance, PAGE)[0]
    assert now.replace('value="x"', 'value=""') == past != now
    assert shown(disturbance, "") == ("",)


def test_it_needs_what_the_other_policy_needs_and_boxes_for_coordinates() -> None:
    seeing = Needs(view="text", screenshots=True)
    assert DisturbedPolicy(Reading("text"), "top").needs("t.t") == seeing
    coordinates = DisturbedPolicy(Reading("text"), "coordinates")
    assert coordinates.needs("t.t") == replace(seeing, view="visual")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("disturbed:", "how, and whom"),
        ("disturbed:top", "how, and whom"),
        ("disturbed:tpo:random", "no disturbance 'tpo'; there is top, bottom"),
        ("disturbed:top:rndom", "no policy 'rndom'"),
    ],
)
def test_a_name_that_is_none_is_told(name: str, told: str) -> None:
    with pytest.raises(UnknownPolicy, match=told):
        load_policy(name)


SURVIVED = {
    "top": ["click-checkboxes", "click-tab-2", "click-dialog"],
    "bottom": ["click-checkboxes", "click-tab-2", "social-media"],
    "coordinates": ["click-checkboxes", "click-shades", "email-inbox"],
    "unclosed": ["click-checkboxes", "login-user", "social-media"],
    "missing": ["click-checkboxes", "login-user", "click-tab-2"],
    "renamed": ["click-checkboxes", "login-user", "click-dialog"],
}


@pytest.mark.parametrize("disturbance", SURVIVED)
def test_an_expert_that_still_finds_what_it_reads_by_succeeds_in_a_real_browser(
    disturbance: str,
) -> None:
    jobs = [Job(f"miniwob.{task}", 0) for task in SURVIVED[disturbance]]
    policy = load_policy(f"disturbed:{disturbance}:expert")
    played = {e.task: e.success for e in rollout(jobs, policy, browsers=1, screenshots=False)}
    assert played == {job.task: True for job in jobs}


class Pressing:
    """Clicks the first element it is shown that only a disturbance can have added."""

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        pages = [html.parse(episode.observation.html) for episode in episodes]
        added = [html.find(page, class_="site-button") for page in pages]
        return [Decision(action=f"click('{html.ref_of(button)}')") for button in added]


def test_an_action_on_what_was_added_is_an_ordinary_mistake() -> None:
    policy = DisturbedPolicy(Pressing(), "top")
    job = Job("miniwob.click-button", 0)
    (played,) = rollout([job], policy, browsers=1, max_steps=1, screenshots=False)
    (step,) = played.steps
    assert re.fullmatch(r"no element has ref 10000\d; the page's refs go up to \d+", step.error)
    assert ' ref="100001"' not in step.observation.html
