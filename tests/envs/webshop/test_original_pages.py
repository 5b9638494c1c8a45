"""The texts that pages give are those that BeautifulSoup finds in their html."""

import pytest
from bs4 import BeautifulSoup
from bs4.element import Comment
from hypothesis import given, settings
from hypothesis import strategies as st

from webagents.envs.webshop.original.links import Place
from webagents.envs.webshop.original.pages import (
    SUB_PAGES,
    done_page,
    item_page,
    results_page,
    search_page,
    sub_page,
)

BASE = "http://127.0.0.1:3000"
UNSEEN = {"style", "script", "head", "title", "meta", "[document]"}

TEXTS = st.one_of(
    st.text(alphabet=" \n\t\r\f\v\xa0\u3000&<>\"'/-;#!%[]{}x1é☃\\`", max_size=12),
    st.sampled_from(
        [
            "<b>x</b>",
            "a & b",
            "&amp;",
            "&#39;",
            "-->",
            "]]>",
            "[[name]]",
            "{{ x }}",
            '12" & up',
            "x",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
ASINS = st.text(alphabet="B0aZ1 \n", max_size=10)


def _product(**more):
    return {
        "asin": "B000000001",
        "Title": "Lamp",
        "Price": "$1.0",
        "Rating": "N.A.",
        "MainImage": "a.jpg",
        "Description": "Bright",
        "BulletPoints": ["One"],
        "Attributes": ["warm"],
        "Reviews": [],
        "options": {},
        "option_to_image": {},
        "category": "garden",
        "query": "lamp",
        "product_category": "Home › Lamps",
        **more,
    }


PRODUCTS = st.builds(
    _product,
    asin=ASINS,
    Title=TEXTS | st.none(),
    Price=TEXTS,
    MainImage=TEXTS | st.none(),
    Description=TEXTS | st.none(),
    BulletPoints=st.lists(TEXTS, max_size=4),
    Attributes=st.lists(TEXTS, max_size=4),
    Reviews=st.lists(
        st.fixed_dictionaries({"title": TEXTS, "score": st.integers(0, 5), "body": TEXTS}),
        max_size=2,
    ),
    options=st.dictionaries(TEXTS, st.lists(TEXTS, max_size=4), max_size=3),
    option_to_image=st.dictionaries(TEXTS, TEXTS | st.none(), max_size=2),
    category=TEXTS,
    query=TEXTS,
    product_category=TEXTS,
)


def _soup_texts(page):
    soup = BeautifulSoup(page.html(), "html.parser")
    return [
        text
        for text in soup.find_all(string=True)
        if text.parent.name not in UNSEEN and not isinstance(text, Comment) and text != "\n"
    ]


def _soup_text(page):
    return " [SEP] ".join(text.strip() for text in _soup_texts(page))


def _soup_text_rich(page, opened):
    shown = ""
    for text in _soup_texts(page):
        line = str(text)
        if text.parent.name == "button":
            line = f"[button] {text} [button_]"
        elif text.parent.name == "label":
            line = f"  [button] {text} [button_]"
            if f'"{text}"' in page.url:
                line = f"  [clicked button] {text} [clicked button_]"
                shown = f"You have clicked {text}.\n{shown}"
        elif text.parent.get("class") == ["product-link"]:
            line = f"\n[button] {text} [button_]"
            if str(text) in opened:
                line = f"\n[clicked button] {text} [clicked button_]"
        shown += f"{line}\n"
    return shown


def _soup_clickables(page):
    """Each clickable's name, in order, and the radio group of the one that is clicked by it."""
    soup = BeautifulSoup(page.html(), "html.parser")
    found = {
        tag.get_text().lower(): ""
        for tag in [*soup.find_all(class_="btn"), *soup.find_all(class_="product-link")]
    }
    for radio in soup.select('input[type="radio"]'):
        found[radio["value"]] = radio["name"]
    return list(found.items())


def _made(page, opened=()):
    clickables = [(name, clickable.option) for name, clickable in page.clickables.items()]
    return page.text(), page.text_rich(opened), clickables, page.search_bar


def _read(page, opened=()):
    bar = BeautifulSoup(page.html(), "html.parser").find(id="search_input") is not None
    return _soup_text(page), _soup_text_rich(page, opened), _soup_clickables(page), bar


@settings(max_examples=25, deadline=None)
@given(TEXTS)
def test_the_search_page_reads_as_its_html(instruction):
    page = search_page(BASE, Place("7"), instruction)
    assert _made(page) == _read(page)


@settings(max_examples=25, deadline=None)
@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=3), st.lists(PRODUCTS, max_size=13), st.data())
def test_results_read_as_their_html(instruction, keywords, found, data):
    place = Place("7", keywords, data.draw(st.integers(0, 3)))
    opened = data.draw(st.sets(ASINS, max_size=2)) | {product["asin"] for product in found[:1]}
    page = results_page(BASE, place, instruction, found)
    assert _made(page, opened) == _read(page, opened)


@settings(max_examples=60, deadline=None)
@given(TEXTS, PRODUCTS, st.booleans(), st.data())
def test_an_item_reads_as_its_html(instruction, product, attributes, data):
    chosen = {
        name: data.draw(st.sampled_from(values))
        for name, values in product["options"].items()
        if values
    }
    place = Place("7", ["a", "b"], 1, product["asin"], chosen)
    page = item_page(BASE, place, instruction, product, attributes=attributes)
    assert _made(page) == _read(page)


@pytest.mark.parametrize("name", SUB_PAGES)
@settings(max_examples=25, deadline=None)
@given(TEXTS, PRODUCTS)
def test_a_sub_page_reads_as_its_html(name, instruction, product):
    page = sub_page(BASE, Place("7", ["a"], 1, "B", {}), instruction, product, name)
    assert _made(page) == _read(page)


@settings(max_examples=25, deadline=None)
@given(ASINS, st.dictionaries(TEXTS, TEXTS, max_size=3))
def test_the_end_reads_as_its_html(asin, options):
    page = done_page(BASE, Place("7", ["a"], 1, asin, options), 0.5)
    assert _made(page) == _read(page)


def test_links_are_written_as_flask_and_jinja_write_them():
    place = Place("a b/ç", ["x+y", "", "'q'"], 2, "B&1", {"size & fit": "12\" ~!*;'"})
    product = _product(option_to_image={"b": None, "<a>": "é'&"}, options={"k/": ["é|?"]})
    html = item_page(BASE, place, "", product, attributes=False).html()
    keywords = "keywords=x%2By&amp;keywords=&amp;keywords=&#39;q&#39;"
    expected = [
        '"/?session_id=a+b%2F%C3%A7"',
        f'"/?session_id=a+b%2F%C3%A7&amp;{keywords}&amp;page=2"',
        (
            f'"/?session_id=a+b%2F%C3%A7&amp;asin=B%261&amp;{keywords}&amp;page=2&amp;options=%7B'
            "&#39;size+%26+fit&#39;%3A+&#39;12%22+~!*;%5C&#39;&#39;,"
            '+&#39;k%2F&#39;%3A+&#39;%C3%A9%7C%3F&#39;%7D"'
        ),
        '`{"size \\u0026 fit": "12\\" ~!*;\\u0027"}`',
        '`{"\\u003ca\\u003e": "\\u00e9\\u0027\\u0026", "b": null}`',
    ]
    assert [text for text in expected if text not in html] == []
