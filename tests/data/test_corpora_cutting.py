"""Pages are cleaned as observations are written, and cut around labels and into windows."""

import pytest
from lxml.html import document_fromstring

from tests.data.crawls import page, sentence
from webagents.data.corpora.cutting import (
    Cut,
    Sizes,
    label_subtrees,
    numbered,
    page_or_windows,
)
from webagents.data.corpora.sheet import parsed, sheet_of
from webagents.data.corpora.skipping import Reason, Skipped

SIZES = Sizes(least=1, most=10_000, subtree=0, window=10_000, labels=100, windows=100)


def _sheet(body):
    return sheet_of(parsed(f"<html><body>{body}</body></html>"))


def _clean(body):
    return _sheet(body).html.removeprefix("<body>").removesuffix("</body>")


def _labels(body, **sizes):
    return list(label_subtrees(_sheet(body), SIZES._replace(**sizes)))


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("<p>a\n  b <b> c </b> d</p>", "<p>a b <b>c</b> d</p>"),
        ("<p>a <!-- note --> b</p>", "<p>a b</p>"),
        ("<pre>a\n  b </pre> <p>c</p>", "<pre>a\n  b </pre> <p>c</p>"),
        ("<br> after", "<br> after"),
        ("<script>x()</script><style>p{}</style><p>a</p><noscript>b</noscript>", "<p>a</p>"),
        ("a<script>x()</script>b", "ab"),
        ('<p onclick="x()" style="color:red" data-track="1" class="k">a</p>', '<p class="k">a</p>'),
        ('<img src="data:image/png;base64,AAAA" alt="x">', '<img src="data:" alt="x">'),
        ('<img src="pixel.gif" width="1" height="1"><i>a</i>', "<i>a</i>"),
        (
            '<svg class="k"><g><path d="M0 0"/></g><text>hi</text></svg>',
            '<svg class="k"><text>hi</text></svg>',
        ),
        (
            '<a href="/x?utm_source=mail&amp;q=1&amp;fbclid=2">a</a>',
            '<a href="/x?q=1">a</a>',
        ),
        (
            '<input type="hidden" name="csrf" value="9"><input name="q">',
            '<input name="q" value="">',
        ),
        (
            '<input type="checkbox" name="c" checked disabled value="v">',
            '<input type="checkbox" name="c" value="v" checked disabled>',
        ),
        (
            "<textarea name=t>a <b>\nc</textarea>",
            '<textarea name="t" value="a &lt;b&gt; c"></textarea>',
        ),
        (
            "<select><option value=1>a<option selected>b</select>",
            '<select value="b"><option value="1">a</option><option selected>b</option></select>',
        ),
        (
            "<select><option value=1>a<option>b</select>",
            '<select value="1"><option value="1" selected>a</option><option>b</option></select>',
        ),
        (
            "<select multiple><option value=1>a<option>b</select>",
            '<select multiple value=""><option value="1">a</option><option>b</option></select>',
        ),
        (f'<img src="data:image/png;base64,{"A" * 5000}">', '<img src="data:">'),
        (
            '<a title="&quot;x&quot; &lt; y">1 &lt; 2 &amp; 3</a>',
            '<a title="&quot;x&quot; &lt; y">1 &lt; 2 &amp; 3</a>',
        ),
        ("<o:p>a</o:p><b>c</b>", "a<b>c</b>"),
        (f'<a href="{"x" * 1001}" id="a">b</a>', '<a id="a">b</a>'),
    ],
)
def test_a_page_is_written_as_an_observation_is(given, written):
    assert _clean(given) == written


def test_every_element_is_where_the_sheet_says():
    sheet = sheet_of(parsed(page(1)))

    root = document_fromstring(sheet.html)
    tags = [element.tag for element in root.find("body").iter()]
    parts = [sheet.html[a:b] for a, b in zip(sheet.starts, sheet.ends, strict=True)]
    assert [part[1:].split(">")[0].split(" ")[0] for part in parts] == tags
    assert all(part.endswith((f"</{tag}>", ">")) for part, tag in zip(parts, tags, strict=True))
    for number, parent in enumerate(sheet.parents):
        if parent >= 0:
            assert sheet.starts[parent] < sheet.starts[number]
            assert sheet.ends[number] < sheet.ends[parent]


def test_a_label_is_cut_with_its_field_in_the_smallest_element_that_holds_both():
    body = (
        "<header>no</header><form><h2>Log in</h2>"
        '<div class="row"><span><label for="user">Name</label></span><input id="user"></div>'
        '<div><label for="pw">Password</label></div><div><input id="pw" type="password"></div>'
        "</form><footer>no</footer>"
    )

    assert _labels(body) == [
        Cut(
            "label",
            '<div class="row"><span><label for="user">Name</label></span>'
            '<input id="user" value=""></div>',
        ),
        Cut(
            "label",
            "<form><h2>Log in</h2>"
            '<div class="row"><span><label for="user">Name</label></span>'
            '<input id="user" value=""></div>'
            '<div><label for="pw">Password</label></div>'
            '<div><input id="pw" type="password" value=""></div></form>',
        ),
    ]


def test_a_label_around_its_field_is_cut_itself():
    assert _labels('<p><label for="a">A <input id="a"></label></p>') == [
        Cut("label", '<label for="a">A <input id="a" value=""></label>')
    ]


@pytest.mark.parametrize(
    "body",
    [
        '<label for="nothing">A</label><input id="a">',
        "<label>A</label><input>",
        '<label for="a">A</label><div id="a">no field</div>',
        '<label for="a">A</label><input type="hidden" id="a">',
        '<span for="a">A</span><input id="a">',
    ],
)
def test_a_label_without_a_field_of_that_name_is_not_cut(body):
    assert _labels(body) == []


def test_of_two_elements_with_an_id_the_label_names_the_first():
    body = '<p><label for="a">A</label><input id="a" name="x"></p><input id="a" name="y">'

    assert _labels(body) == [
        Cut("label", '<p><label for="a">A</label><input id="a" name="x" value=""></p>')
    ]


def test_an_element_that_holds_several_labels_is_cut_once():
    body = '<p><label for="a">A</label><label for="b">B</label><input id="a"><input id="b"></p>'

    assert len(_labels(body)) == 1


def test_a_small_subtree_grows_towards_the_root_until_it_is_large_enough():
    body = '<main><div><p><label for="a">A</label><input id="a"></p></div>text</main>'

    cuts = {size: _labels(body, subtree=size)[0].html for size in (0, 60, 70, 85, 10_000)}

    inner = '<p><label for="a">A</label><input id="a" value=""></p>'
    assert cuts == {
        0: inner,
        60: f"<div>{inner}</div>",
        70: f"<main><div>{inner}</div>text</main>",
        85: f"<body><main><div>{inner}</div>text</main></body>",
        10_000: f"<body><main><div>{inner}</div>text</main></body>",
    }


def test_a_subtree_does_not_grow_beyond_the_largest_and_one_that_is_larger_is_told():
    body = f'<div><p><label for="a">A</label><input id="a"></p>{"x" * 500}</div>'
    far = f'<div><label for="a">A</label>{"x" * 500}<input id="a"></div>'

    assert _labels(body, subtree=300, most=400) == [
        Cut("label", '<p><label for="a">A</label><input id="a" value=""></p>')
    ]
    assert _labels(far, most=400) == [Cut("label", "", long=True)]


def test_a_page_is_cut_into_windows_where_elements_begin_and_nothing_is_lost():
    sheet = _sheet("".join(f"<section><p>{sentence(n)}</p><p>x</p></section>" for n in range(50)))

    sizes = SIZES._replace(most=5000, window=2000)
    cuts = list(page_or_windows(sheet, sizes, frozenset(("page", "window"))))

    assert "".join(cut.html for cut in cuts) == sheet.html
    assert {cut.kind for cut in cuts} == {"window"}
    assert max(len(cut.html) for cut in cuts) <= 2000
    assert all(cut.html.startswith("<section>") for cut in cuts[1:])


def test_a_text_without_elements_is_cut_between_words():
    sheet = _sheet(f"<p>{sentence(1, 2000)}</p>")

    cuts = list(
        page_or_windows(sheet, SIZES._replace(most=500, window=400), frozenset(("window",)))
    )

    assert "".join(cut.html for cut in cuts) == sheet.html
    assert all(cut.html.endswith(" ") for cut in cuts[:-1])


def test_a_page_that_fits_is_one_example():
    sheet = _sheet("<p>a</p>")

    assert list(page_or_windows(sheet, SIZES, frozenset(("page", "window")))) == [
        Cut("page", "<body><p>a</p></body>")
    ]


def test_refs_are_numbered_in_document_order():
    assert numbered('<p class="a">1 &lt;b<b>x</b><br></p>', first=7) == (
        '<p ref="7" class="a">1 &lt;b<b ref="8">x</b><br ref="9"></p>'
    )


def test_a_page_nested_beyond_measure_is_left_out_quickly():
    with pytest.raises(Skipped) as why:
        _sheet("<div>" * 100_000)

    assert why.value.reason == Reason.NESTED
