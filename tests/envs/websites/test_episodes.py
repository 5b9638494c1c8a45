"""A visit is an episode: it ends when the visitor says so, and is worth the share that holds."""

import gymnasium
import pytest

from webagents import html
from webagents.browsers.base import View
from webagents.envs.websites.atlas.asking import WayGoal
from webagents.envs.websites.atlas.routes import Trip
from webagents.envs.websites.episodes import WebsiteRound
from webagents.envs.websites.website import Request
from webagents.errors import ActionError, UserError


def seen(url, state=""):
    return View("", f"http://map.test{url}", "", state, 0.0, None)


@pytest.fixture
def visit():
    goal = WayGoal(Trip(start="Ockbridge", end="Eastmere", mode="drive", route=2))
    request = Request("way", "Show me the second way.", {"nth": "second"}, goal)
    return WebsiteRound(request)


HALF = "/directions?from=Ockbridge&to=Dunfold&mode=drive"


def test_a_visit_goes_on_until_the_visitor_says_that_it_is_over(visit):
    before = visit.judge(seen(HALF))
    visit.read("send_msg_to_user('There.')", seen(HALF))
    after = visit.judge(seen(HALF))
    assert [(each.done, each.raw) for each in (before, after)] == [(False, 0.5), (True, 0.5)]
    assert after.subtasks == {"from": True, "to": False, "mode": True, "route": False}


def test_an_action_that_cannot_be_read_ends_nothing(visit):
    with pytest.raises(ActionError):
        visit.read("send_msg_to_user(", seen("/"))
    assert not visit.judge(seen("/")).done


def test_what_was_left_is_read_from_the_pages_cookie(visit):
    left = "left=%7B%22saved%22%3A%7B%221000%22%3A%7B%22list%22%3A%22Weekend%22%7D%7D%7D"
    assert visit.judge(seen(HALF, left)).subtasks["not asked: saved 1000"] is False


def test_a_browser_keeps_what_is_left_for_one_episode_only():
    env = gymnasium.make("webagents/site.social-media-v1", screenshots=False).unwrapped
    try:
        env.reset(seed=0)
        observation, *_ = env.step("goto('http://social-media.test/c/trains')")
        join = html.find(html.parse(observation["html"]), id="join")
        observation, _, _, _, info = env.step(f"click('{html.ref_of(join)}')")
        assert "You are a member of c/trains" in observation["html"]
        assert info["subtasks"]["not asked: joined trains"] is False
        env.reset(seed=0)
        observation, _, _, _, info = env.step("goto('http://social-media.test/c/trains')")
        assert "You are a member" not in observation["html"]
        assert "not asked: joined trains" not in info["subtasks"]
        observation, reward, ended, _, info = env.step("send_msg_to_user('Done.')")
        assert (reward, ended, info["success"], info["message"]) == (0.0, True, False, "Done.")
    finally:
        env.close()


def test_the_sites_take_no_options_of_reset():
    env = gymnasium.make("webagents/site.map-v1").unwrapped
    try:
        with pytest.raises(UserError, match=r"site\.map takes none"):
            env.reset(seed=0, options={"goal": 3})
    finally:
        env.close()
