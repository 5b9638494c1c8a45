"""The forum: lists and their orders, and how far requests about them have been met."""

import pytest

from tests.envs.websites.visits import Visitor
from webagents.envs.websites.forum.asking import BrowseGoal, LeaveGoal, SearchGoal
from webagents.envs.websites.forum.listing import Listing, listed, once, ordered
from webagents.envs.websites.forum.talk import DEEPEST, comments, threads


def every(id_):
    return [each for top in comments(id_) for each in top.all()]


def depth(comment):
    return 1 + max(map(depth, comment.replies), default=0)


def test_threads_have_the_comments_they_are_said_to_have_nested_and_in_time():
    for id_ in ("1000", "1233", "4860"):
        found = every(id_)
        assert len({each.id for each in found}) == len(found) == threads()[id_].answers
        assert 1 < max(map(depth, comments(id_))) <= DEEPEST + 1
        assert all(reply.age <= each.age for each in found for reply in each.replies)


@pytest.mark.parametrize(
    ("sort", "value"),
    [("new", lambda t: t.age), ("top", lambda t: -t.score), ("comments", lambda t: -t.answers)],
)
def test_lists_come_in_the_order_and_from_the_time_that_is_asked_for(sort, value):
    found = listed(Listing(community="trains", sort=sort, time="month"))
    assert [value(each) for each in found] == sorted(value(each) for each in found)
    young = {t.id for t in threads().values() if t.community == "trains" and t.age <= 720}
    assert {each.id for each in found} == young != set()


def test_a_search_finds_the_threads_with_all_of_its_words():
    found = listed(Listing(community="baking", words="RYE  loaf"))
    assert {"rye loaf" in f"{each.title} {each.text}".lower() for each in found} == {True}
    assert {each.community for each in listed(Listing(words="rye loaf"))} == {"baking"}


def test_comments_come_in_the_order_that_is_asked_for():
    best = [each.score for each in ordered(comments("1000"), "best")]
    ages = [each.age for each in ordered(comments("1000"), "old")]
    assert (best, ages) == (sorted(best, reverse=True), sorted(ages, reverse=True))


def test_a_thread_is_met_by_its_place_in_the_list_that_leads_there():
    listing = Listing(community="chess", sort="top", time="year")
    best, second, *_ = listed(listing)
    goal = BrowseGoal(listing, best.id)
    visitor = Visitor("site.social-media")
    told = {}
    for url in ("/c/chess", "/c/chess?sort=top&time=year", f"/c/chess/thread/{second.id}"):
        visitor.go(url)
        told[url] = list(visitor.met(goal).values())
    assert list(told.values()) == [
        [True, False, False, False],
        [True, True, True, False],
        [True, False, False, False],
    ]
    visitor.go(f"/c/chess/thread/{best.id}")
    assert visitor.met(goal) == dict.fromkeys(("community", "sort", "time", "thread"), True)


def test_a_search_is_met_part_by_part():
    goal = SearchGoal(Listing(community="chess", sort="new", words="blitz game"))
    visitor = Visitor("site.social-media")
    visitor.go("/search?q=Blitz+game&in=chess&time=week")
    met = {"words": True, "community": True, "sort": False, "not asked: time": False}
    assert visitor.met(goal) == met
    visitor.go("/search?q=blitz+game&in=chess&sort=new")
    assert set(visitor.met(goal).values()) == {True}


def test_a_vote_is_met_once_it_is_given_and_taken_back_by_the_same_button():
    comment = once("1200")[0].id
    goal = LeaveGoal("baking", "1200", {"votes": {comment: 1}})
    visitor = Visitor("site.social-media")
    page = "/c/baking/thread/1200"
    counts = []
    for vote in ("down", "up", "up"):
        visitor.send(f"/vote/{comment}", vote=vote, back=page)
        counts.append((visitor.url, visitor.met(goal)["votes"], visitor.left))
    assert counts == [
        (page, False, {"votes": {comment: -1}}),
        (page, True, {"votes": {comment: 1}}),
        (page, False, {}),
    ]


def test_a_reply_and_a_post_show_where_they_were_written_and_are_met_field_by_field():
    comment = once("1200")[0].id
    reply = LeaveGoal("baking", "1200", {"replies": {comment: {"text": "So it is."}}})
    visitor = Visitor("site.social-media")
    page = visitor.send(f"/c/baking/thread/1200/reply/{comment}", text="so it  is.")
    (own,) = page.find_class("own")
    assert own.text_content() == "Your replyso it is."
    assert own.getparent().getparent().get("id") == f"comment-{comment}"
    assert set(visitor.met(reply).values()) == {True}
    entry = {"title": "Rye", "text": "It rose.", "flair": "news"}
    page = visitor.send("/c/baking/submit", **entry | {"title": "Wheat"})
    assert "Wheat" in page.get_element_by_id("own-post").text_content()
    post = LeaveGoal("baking", "", {"posts": {"baking": entry}})
    assert visitor.met(post) == {
        "community": True,
        "title": False,
        "text": True,
        "flair": True,
        f"not asked: replies {comment}": False,
    }


def test_joining_shows_and_is_left_by_the_same_button():
    visitor = Visitor("site.social-media")
    page = visitor.send("/c/trains/join")
    assert "You are a member" in page.get_element_by_id("about").text_content()
    visitor.send("/c/trains/join")
    assert visitor.left == {}


def test_votes_are_taken_for_what_there_is_only_and_lead_back_into_the_forum():
    visitor = Visitor("site.social-media")
    assert visitor.asked("POST", "/vote/999", b"vote=up").status == 404
    visitor.send("/vote/1200", vote="up", back="http://elsewhere.test/c/baking")
    assert (visitor.url, visitor.left) == ("/c/baking", {"votes": {"1200": 1}})
