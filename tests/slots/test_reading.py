"""A prompt read into slots, and how they are linked."""

import numpy as np
import pytest

from tests.slots.conftest import PAGE, asked, pieces
from webagents.slots import Limits, Link, SlotKind, Slots, read
from webagents.slots.building import PLACES, name_of
from webagents.slots.words import numbers_of, words_of


def linked(slots: Slots, type_: Link) -> set[tuple[int, int]]:
    return {(source, target) for kind, source, target in slots.links.tolist() if kind == type_}


def slot_of(slots: Slots, ref: int) -> int:
    return int(np.flatnonzero(slots.refs == ref)[0])


def test_a_slot_for_each_word_action_error_word_element_and_text_between_elements() -> None:
    slots = read(asked(actions=("click('6')",), error="no element"), pieces)
    kinds = [SlotKind(kind).name for kind in slots.kinds]
    assert kinds[:6] == ["WORD"] * 6  # Pick New York , then Save
    assert kinds[6:9] == ["ACTION", "ERROR", "ERROR"]
    # body, div, text "Pick", b, text ", then Save", label, input, button, p
    assert kinds[9:] == ["ELEMENT", "ELEMENT", "TEXT", "ELEMENT", "TEXT", *["ELEMENT"] * 4]
    assert [ref for ref in slots.refs.tolist() if ref] == [1, 2, 3, 4, 5, 6, 7]


def test_children_siblings_and_labels_are_linked_both_ways(slots: Slots) -> None:
    body, label, field, button = (slot_of(slots, ref) for ref in (1, 4, 5, 6))
    assert (body, button) in linked(slots, Link.PARENT)
    assert (button, body) in linked(slots, Link.CHILD)
    assert (field, button) in linked(slots, Link.PREVIOUS)
    assert (button, field) in linked(slots, Link.NEXT)
    assert (label, field) in linked(slots, Link.LABEL)
    assert (field, label) in linked(slots, Link.LABELLED)


def test_the_words_of_the_instruction_are_linked_with_texts_that_have_them(slots: Slots) -> None:
    button, hidden, bold = slot_of(slots, 6), slot_of(slots, 7), slot_of(slots, 3)
    words = linked(slots, Link.WORD_OF_TEXT)
    assert (5, button) in words
    assert {(1, hidden), (2, hidden)} <= words  # whatever the case
    whole = linked(slots, Link.WORD_OF_WHOLE)
    assert {(1, bold), (2, bold), (5, button)} <= whole
    assert not {target for _, target in whole} & {hidden}, "it has a word more"


def test_a_value_that_the_instruction_has_whole_is_linked_with_its_words() -> None:
    page = '<i ref="1" id="(-2,2)"></i><i ref="2" id="(2,-2)"></i><i ref="3" id="(-2,-2)"></i>'
    slots = read(asked("Click (-2,-2).", page=f"<body>{page}</body>"), pieces)
    whole = {target for _, target in linked(slots, Link.WORD_OF_WHOLE)}
    assert whole == {slot_of(slots, 3)}


def test_an_action_is_linked_with_its_element_and_the_words_it_typed() -> None:
    slots = read(asked(actions=("fill('5', 'York')", "click('99')", "rubbish(")), pieces)
    latest = 6  # rubbish, then click, then fill: the newest first
    assert linked(slots, Link.ACTION_ON) == {(latest + 2, slot_of(slots, 5))}
    assert linked(slots, Link.TYPED) == {(2, latest + 2)}


def test_numbers_and_colours_are_read_as_numbers(slots: Slots) -> None:
    button = slot_of(slots, 6)
    found = {
        (name, place): value
        for (slot, name, place), value in zip(slots.numbers.tolist(), slots.values, strict=True)
        if slot == button
    }
    color = name_of("background#")
    assert found == {(color, 0): 255.0, (color, 1): 0.0, (color, 2): 128.0}
    assert list(numbers_of("-3 of 2.5, a1")) == [(False, 0, -3.0), (False, 1, 2.5), (False, 2, 1.0)]


def test_words_come_with_the_white_space_before_them() -> None:
    assert [tuple(word) for word in words_of("a  b-c")] == [
        ("a", ""),
        ("b", "  "),
        ("-", ""),
        ("c", ""),
    ]
    assert [word.text for word in words_of("-3 (-4) 2010-06-14 x-5")] == [
        *("-3", "(", "-4", ")"),
        *("2010", "-", "06", "-", "14"),
        *("x", "-", "5"),
    ]


def test_what_can_be_copied_is_the_instruction_then_the_page(slots: Slots) -> None:
    texts = [word.text for word in slots.copied]
    assert texts[:6] == ["Pick", "New", "York", ",", "then", "Save"]
    assert texts[-3:] == ["new", "york", "city"]
    assert len(texts) == len(slots.copies)


def test_a_frame_has_its_page_in_it() -> None:
    framed = '<iframe ref="2"><body ref="3"><a ref="4">y</a></body></iframe>'
    page = f'<body ref="1">{framed}<i ref="5"></i></body>'
    slots = read(asked(page=page), pieces)
    assert [ref for ref in slots.refs.tolist() if ref] == [1, 2, 3, 4, 5]
    assert (slot_of(slots, 3), slot_of(slots, 4)) in linked(slots, Link.PARENT)


@pytest.mark.parametrize(
    "page",
    [
        "",
        "just text",
        "<p>no refs</p>",
        "<!-- -->",
        '<a ref="x"></a>',
        '<a ref="99999999999999999999">y</a>',
        "<div>" * 3000 + "deep",
        '<a ref="1">' + "long " * 20_000 + "</a>",
        "<p ref='1'>\ud83d half</p>".encode("utf-8", "replace").decode(),
    ],
)
def test_any_page_can_be_read(page: str) -> None:
    slots = read(asked(page=page), pieces)
    assert slots.size == len(slots.kinds) == len(slots.refs)
    for table, column in ((slots.facts, 0), (slots.numbers, 0), (slots.links, 1), (slots.links, 2)):
        assert not len(table) or table[:, column].max() < slots.size
    assert len(slots.copied) <= Limits().copies


def test_bags_keep_within_their_places(slots: Slots) -> None:
    slots = read(asked(page=f'<p ref="1" class="{"ab " * 99}">{"word " * 99}</p>'), pieces)
    assert slots.facts[:, 3].max() < PLACES


def test_a_long_page_is_cut_to_what_the_instruction_is_about() -> None:
    rows = "".join(f'<li ref="{n}"><b ref="{n + 1}">row {n}</b></li>' for n in range(2, 900, 2))
    page = f'<body ref="1"><ul>{rows}</ul><button ref="950">Save</button></body>'
    slots = read(asked("Press Save after row 802", page=page), pieces, Limits(elements=60))
    refs = set(slots.refs.tolist())
    assert {950, 803, 802} <= refs
    assert slots.kinds.tolist().count(SlotKind.ELEMENT) <= 60


def test_nothing_is_cut_from_a_page_that_fits() -> None:
    slots = read(asked(), pieces, Limits(elements=9))
    assert len(set(slots.refs.tolist()) - {0}) == PAGE.count("ref=")


def test_numbers_are_the_same_with_and_without_leading_noughts() -> None:
    slots = read(asked("Pick 08/30", page='<a ref="1">8</a><a ref="2">80</a>'), pieces)
    assert linked(slots, Link.WORD_OF_TEXT) == {(1, slot_of(slots, 1))}
    assert linked(slots, Link.WORD_OF_WHOLE) == {(1, slot_of(slots, 1))}


def test_words_that_a_text_begins_or_ends_with_are_linked_with_it() -> None:
    page = '<i ref="1">Chad</i><i ref="2">New Chad</i><i ref="3">ch</i><i ref="4">A cad</i>'
    slots = read(asked('from "Ch" to "ad", a', page=page), pieces)
    chad, new, same, cad = (slot_of(slots, ref) for ref in (1, 2, 3, 4))
    ch, ad = 2, 6
    assert linked(slots, Link.WORD_BEGINS) == {(ch, chad)}
    assert linked(slots, Link.BEGUN_BY) == {(chad, ch)}
    assert linked(slots, Link.WORD_ENDS) == {(ad, one) for one in (chad, new, cad)}
    assert (ch, same) in linked(slots, Link.WORD_OF_WHOLE)


def test_what_follows_on_the_page_is_linked_wherever_it_lies() -> None:
    page = (
        '<tr ref="1"><th ref="2">Genre</th><td ref="3"><input ref="4"></td></tr><br ref="5">'
        '<p ref="6">so <b ref="7">it</b></p><select ref="8"><option ref="9">a</option></select>'
    )
    slots = read(asked("", page=f"<body>{page}</body>"), pieces)
    order = [int(slots.refs[slot]) for slot in dict(sorted(linked(slots, Link.BEFORE))).values()]
    assert order == [4, 0, 7, 8]  # Genre, its field, the text "so", "it", the list


def test_the_least_and_the_most_of_texts_that_differ_in_numbers_are_told() -> None:
    prices = ("For $324", "For $99", "For $1000", "3h 33m", "3h 5m", "7 left", "7 left", "99")
    page = "".join(f'<p ref="{ref}">{price}</p>' for ref, price in enumerate(prices, 1))
    slots = read(asked(page=f"<body>{page}</body>"), pieces)

    def told(name: str) -> set[int]:
        said = slots.facts[slots.facts[:, 1] == name_of(name)]
        return {int(slots.refs[slot]) for slot in said[:, 0]}

    assert told("least") == {2, 5}
    assert told("most") == {3, 4}


def test_elements_of_the_same_tag_and_class_are_counted_where_it_is_wanted() -> None:
    cards = "".join(f'<p ref="{ref}" class="card">x</p>' for ref in (3, 4, 5))
    page = f'<body ref="1"><p ref="2">x</p>{cards}<p ref="6" class="more">x</p></body>'
    prompt = asked("Open the third card", page=page)
    slots, without = (read(prompt, pieces, Limits(ordinals=each)) for each in (True, False))

    told = slots.facts[slots.facts[:, 1] == name_of("place")][:, 0]
    assert {int(slots.refs[slot]) for slot in told} == {3, 4, 5}
    third = (2, slot_of(slots, 5))
    assert third in linked(slots, Link.WORD_OF_VALUE)
    assert (2, slot_of(slots, 4)) not in linked(slots, Link.WORD_OF_VALUE)
    assert name_of("place") not in without.facts[:, 1]


def test_the_options_of_lists_are_told_by_their_refs() -> None:
    page = (
        '<select ref="7"><option ref="8"> New\n York</option><option ref="9">Rome</option></select>'
    )
    assert read(asked(page=page), pieces).choices == {"7": ("New York", "Rome")}
