"""The sites answer as websites do: whole pages, links that lead somewhere, forms, no sharing."""

import pytest

from tests.envs.websites.visits import TASKS, Visitor
from webagents.envs.websites.keeping import MOST_LEFT, cookie, left_in

HOSTILE = '</p><script>alert("x")</script><img src=x onerror=alert(1)> & "quoted" ü'

PAGES = {
    "site.real-estate": (
        *("/", "/homes", "/homes?where=Thornbury%2C+PA&type=house&max_rent=3000&page=2"),
        *("/homes?where=zzz", "/homes/10000", "/activity"),
    ),
    "site.social-media": (
        *("/", "/communities", "/c/baking?sort=top&time=year", "/c/baking?page=2"),
        *("/search?q=yeast&in=baking", "/search?q=", "/c/baking/submit", "/c/baking/thread/1200"),
        *("/c/baking/thread/1200?sort=old&page=2", "/c/baking/thread/1200/reply/1200-3"),
    ),
    "site.map": (
        *("/", "/search?q=bakery&near=Dunfold", "/search?q=hotel", "/place/1000", "/saved"),
        *("/directions", "/directions?from=Dunfold&to=Saltwick&mode=transit&route=2"),
        *("/directions?from=Silver+Hotel&to=Nowhere",),
    ),
}

MISSING = {
    "site.real-estate": ("/nothing", "/homes/1", "/homes/10000/tour", "/other.css"),
    "site.social-media": ("/c/nothing", "/c/baking/thread/1000", "/c/baking/thread/1200/reply/7"),
    "site.map": ("/place/1", "/place", "/../sites.css", "/map/layout.html"),
}


@pytest.mark.parametrize("task", TASKS)
def test_every_link_of_the_pages_leads_to_a_page(task):
    visitor = Visitor(task)
    links = {a.get("href") for url in PAGES[task] for a in visitor.go(url).iter("a")}
    some = sorted(links)[:: max(1, len(links) // 30)]
    statuses = {visitor.asked("GET", link).status for link in some}
    assert (len(links) > 60, statuses) == (True, {200})


@pytest.mark.parametrize("task", TASKS)
def test_pages_are_well_formed_for_those_who_use_them_by_ids_and_labels(task):
    visitor = Visitor(task)
    for url in PAGES[task]:
        page = visitor.go(url)
        ids = [each.get("id") for each in page.iter() if each.get("id")]
        fields = [f for f in page.iter("input", "select", "textarea") if f.get("type") != "hidden"]
        bare = [f for f in fields if not f.get("aria-label") and not list(f.iterancestors("label"))]
        menus = [b.get("aria-controls") for b in page.iter("button") if b.get("aria-controls")]
        headings = len(list(page.iter("h1")))
        assert (len(ids) - len(set(ids)), bare, set(menus) - set(ids), headings) == (
            0,
            [],
            set(),
            1,
        )


@pytest.mark.parametrize("task", TASKS)
def test_there_is_no_page_but_the_sites_own(task):
    visitor = Visitor(task)
    assert {visitor.asked("GET", url).status for url in MISSING[task]} == {404}
    assert visitor.asked("POST", "/").status == 200  # a form for nothing: the page, nothing kept
    assert visitor.left == {}


SENT = {
    "site.real-estate": ("/homes/10000/message", {"message": HOSTILE, "name": "A", "email": "a@b"}),
    "site.social-media": ("/c/baking/thread/1200/reply/1200-3", {"text": HOSTILE}),
    "site.map": ("/place/1000/review", {"stars": "3", "text": HOSTILE}),
}


@pytest.mark.parametrize("task", TASKS)
def test_what_a_visitor_writes_is_text_on_the_page_and_on_nobody_elses(task):
    visitor, other = Visitor(task), Visitor(task)
    url, form = SENT[task]
    before = other.asked("GET", url.rpartition("/")[0]).body
    page = visitor.send(url, **form)
    assert HOSTILE in page.text_content()
    assert [s.get("src") for s in page.iter("script")] == ["/sites.js"]
    assert other.asked("GET", url.rpartition("/")[0]).body == before
    assert (other.left, len(visitor.left)) == ({}, 1)


@pytest.mark.parametrize("task", TASKS)
def test_a_form_without_what_it_needs_leaves_nothing(task):
    visitor = Visitor(task)
    url, form = SENT[task]
    visitor.send(url, **dict.fromkeys(form, " "))
    assert visitor.left == {}


def test_what_is_left_comes_back_from_the_cookie_and_the_oldest_goes_where_it_is_too_much():
    few = {"replies": {"1-2": {"text": HOSTILE}}, "votes": {"1": -1}}
    assert left_in(cookie(few).partition(";")[0]) == few
    many = {"replies": {str(n): {"text": "words " * 60} for n in range(30)}, "votes": {"1": 1}}
    kept = left_in(cookie(many).partition(";")[0])
    assert len(cookie(many)) < MOST_LEFT + 60
    assert (list(kept["replies"])[-1], kept["votes"]) == ("29", {"1": 1})
    assert [left_in(text) for text in ("", "left=%7B", "left=3", "other=1")] == [{}, {}, {}, {}]
