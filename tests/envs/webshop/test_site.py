"""The site: what it serves, and that a product's text stays text."""

import pytest
from lxml import html as markup

from tests.envs.webshop.shops import options, row, write_shop
from webagents.browsers.site import Request
from webagents.envs.webshop.shop import open_shop
from webagents.envs.webshop.site.serving import ShopSite
from webagents.envs.webshop.site.shopping import Shopping
from webagents.webshop.elements import MOST_CHARACTERS, clickable, seen
from webagents.webshop.visits import visit_at

HOSTILE = '</h1><script>alert("x")</script><img src=x onerror=alert(1)> & \x00\x1b "quoted"'


def goal(asin, **fields):
    wanted = {"instruction": "a red shoe.", "instruction_attributes": ["soft"]}
    return {asin: [{"asin": asin, "instruction_options": [], **wanted, **fields}]}


@pytest.fixture
def site(tmp_path):
    shoes = [row(f"B00000000{n}", name=f"Red Shoe {n}") for n in range(10)]
    odd = row(
        "B0HOSTILE0",
        name=HOSTILE,
        full_description=HOSTILE * 2_000,
        small_description=[HOSTILE],
        customization_options=options(size=["8", "<b>9</b>"], fit=["9 & up", "'wide'"]),
    )
    folder = write_shop(
        tmp_path / "shop", products=[*shoes, odd], human=goal("B0HOSTILE0", instruction=HOSTILE)
    )
    return ShopSite(Shopping(open_shop(folder), show_attrs=True))


def served(site, path, query=""):
    return site(Request("GET", path, query, b"", {}))


def page(site, path, query=""):
    reply = served(site, path, query)
    assert reply.status == 200, reply
    return markup.fromstring(reply.body.decode())


def words(element):
    return " ".join(element.text_content().split())


def test_the_front_page_leads_to_a_look_round_and_to_a_goal(site):
    assert [a.get("href") for a in page(site, "/").iter("a")] == ["/free", "/any"]
    reply = served(site, "/any")
    assert (reply.status, reply.headers["Location"]) == (302, "/0")


def test_the_search_form_works_without_the_script(site):
    reply = served(site, "/0/search", "q=red+shoe%3F")
    assert (reply.status, reply.headers["Location"]) == (302, "/0/q=red%20shoe%3F/1/")


def test_results_come_in_pages_of_ten(site):
    first, second = page(site, "/0/q=red/1/"), page(site, "/0/q=red/2/")
    assert [len(p.findall(".//article")) for p in (first, second)] == [10, 0]
    assert words(first.find(".//h1")) == "Page 1 (Total results: 10)"
    assert [words(a) for a in second.findall(".//nav/a")] == ["Back to Search", "< Prev", "Next >"]


@pytest.mark.parametrize("leaf", ["", "description", "features", "reviews", "attributes", "buy"])
def test_a_products_text_stays_text(site, leaf):
    shown = page(site, f"/0/q=red/1/B0HOSTILE0/{leaf}")
    assert [each.get("src") for each in shown.iter("script")] == ["/shop.js"]
    assert list(shown.iter("img")) == []
    assert not [e for e in shown.iter() for name in e.attrib if name.startswith("on")]


def test_an_endless_text_is_cut(site):
    shown = words(page(site, "/0/q=red/1/B0HOSTILE0/description").find(".//main/p"))
    assert MOST_CHARACTERS // 2 < len(shown) <= MOST_CHARACTERS
    assert shown.endswith("…")


def test_pages_allow_nothing_but_their_own_script_and_style(site):
    policy = served(site, "/0").headers["Content-Security-Policy"]
    assert policy == "default-src 'self'; img-src data:; base-uri 'none'"


def test_an_option_that_a_product_has_not_is_not_chosen(site):
    shown = page(site, "/0/q=red/1/B0HOSTILE0/", "size=8&fit=none&colour=red")
    chosen = [r.get("value") for r in shown.iter("input") if r.get("checked") is not None]
    assert chosen == ["8"]


@pytest.mark.parametrize(
    ("path", "says"),
    [("/1", "no page /1"), ("/free/x", "no page"), ("/0/q=red/1/B0/nowhere", "no page")],
)
def test_what_is_not_there_is_not_found(site, path, says):
    reply = served(site, path)
    assert reply.status == 404
    assert says in reply.body.decode()


def test_a_product_that_is_not_there_is_told_on_the_page(site):
    assert words(page(site, "/0/q=red/1/B0NONE0000/").find(".//h1")) == "There is no such product"


def test_somebody_without_a_goal_gets_no_score(site):
    done = page(site, "/free/q=red/1/B000000001/buy")
    assert words(done.find(".//main")) == "Thank you for shopping with us!"


def test_buttons_go_before_options_and_the_last_option_before_others(tmp_path):
    clashing = row(
        "B0CLASH001", customization_options=options(a=["buy now", "8"], b=["8", "< prev"])
    )
    folder = write_shop(tmp_path / "c", products=[clashing], human=goal("B0CLASH001"))
    tree = Shopping(open_shop(folder)).page(visit_at("/0/q=x/1/B0CLASH001/", "")).body
    named = clickable(seen(tree)[1])
    refs = {name: seen(tree)[1][named[name] - 1] for name in ("buy now", "< prev", "8")}
    assert [(name, e.tag, e.attributes.get("name")) for name, e in refs.items()] == [
        ("buy now", "a", None),
        ("< prev", "a", None),
        ("8", "input", "b"),
    ]
