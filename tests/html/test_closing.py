"""Pages that lack closing tags."""

import pytest

from webagents import html
from webagents.html.closing import closed, is_closed

TREE = (
    '<body ref="1"><div ref="2" class="row"><span ref="3">A</span><span ref="4">one</span></div>'
    '<div ref="5" class="row"><span ref="6">B</span><input ref="7" value=""></div></body>'
)


def test_a_page_with_all_its_closing_tags_is_left_as_it_is() -> None:
    assert is_closed(TREE)
    assert closed(TREE) == TREE


@pytest.mark.parametrize(
    ("lacking", "whole"),
    [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<span>a<span>b", "<span>a</span><span>b</span>"),
        ("<div><div>a<div>b", "<div><div>a</div><div>b</div></div>"),
        (
            "<h2>a<div>b<button>c<button>d",
            "<h2>a</h2><div>b<button>c</button><button>d</button></div>",
        ),
        ("<label><input>a<label><input>b", "<label><input>a</label><label><input>b</label>"),
        ("<ul><li><a>x<li><a>y", "<ul><li><a>x</a></li><li><a>y</a></li></ul>"),
        ("<tr><td>1<td>2<tr><td>3", "<tr><td>1</td><td>2</td></tr><tr><td>3</td></tr>"),
        (
            "<select><option>a<option>b<button>c",
            "<select><option>a</option><option>b</option></select><button>c</button>",
        ),
        ("<textarea><p>a", "<textarea></textarea><p>a</p>"),
        (
            '<p class="row"><i class="name">a<p class="row">b',
            '<p class="row"><i class="name">a</i></p><p class="row">b</p>',
        ),
        (
            '<div class="x"><div class="y">a<div class="x"><p>b',
            '<div class="x"><div class="y">a</div></div><div class="x"><p>b</p></div>',
        ),
        ("<div><span>a</div><p>b", "<div><span>a</span></div><p>b</p>"),
        ("a</p><p>b", "a<p>b</p>"),
    ],
)
def test_an_element_ends_where_it_is_likely_to(lacking: str, whole: str) -> None:
    assert closed(lacking) == whole


def test_what_is_said_of_each_element_can_be_read_without_any_closing_tag() -> None:
    bare = TREE.replace("</span>", "").replace("</div>", "").replace("</body>", "")
    read = {html.ref_of(e): html.text_of(e) for e in html.find_all(html.parse(bare))}
    assert read == {"1": "AoneB", "2": "Aone", "3": "A", "4": "one", "5": "B", "6": "B", "7": ""}
