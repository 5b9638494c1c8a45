"""Pages with other things on them: what comes to a page, and what stays."""

import random
import re
from itertools import pairwise

import pytest

from webagents import html
from webagents.training.imitation.crowding import FIRST_REF, HEIGHT, crowded

INSTRUCTION = "Select ba and city, and click Submit."
START = '<body ref="1">'
INNER = '<div ref="2"><p ref="3">Select ba</p><button ref="4">Submit</button></div>'
PAGE = f"{START}{INNER}</body>"
BOXED = (
    '<body ref="1" box="0 0 160 210"><div ref="2" box="5 20 100 60"><p ref="3" box="5 20 9 9"></p>'
    '<p ref="4" box="5 40 50 20"></p></div></body>'
)


def pages(page: str = PAGE, number: int = 300) -> list[str]:
    return [crowded(page, INSTRUCTION, random.Random(n)) for n in range(number)]


def added(page: str) -> list[html.Element]:
    return [
        one
        for one in html.parse(page).iter()
        if int(one.get("ref", "0")) >= FIRST_REF and isinstance(one.tag, str)
    ]


def test_the_same_dice_crowd_a_page_the_same_way_and_others_otherwise() -> None:
    assert pages() == pages()
    assert len(set(pages())) == 300


def test_the_page_itself_stays_with_things_above_within_and_below() -> None:
    after = set()
    for page in pages():
        refs = [int(ref) for ref in re.findall(r'ref="(\d+)"', page)]
        assert [ref for ref in refs if ref < FIRST_REF] == [1, 2, 3, 4]
        after |= {one for one, other in pairwise(refs) if one < FIRST_REF <= other}
    assert after == {1, 2, 3, 4}


def test_what_is_added_has_refs_of_its_own_and_no_word_of_the_instruction() -> None:
    said = set(re.findall(r"\w+", INSTRUCTION.lower()))
    kinds = set()
    for page in pages():
        elements = added(page)
        refs = [one.get("ref") for one in elements]
        assert elements
        assert len(set(refs)) == len(refs)
        words = {word.lower() for one in elements for word in re.findall(r"\w+", html.text_of(one))}
        assert not words & said
        kinds |= {(one.tag, one.get("type")) for one in elements}
    assert {("button", None), ("input", "checkbox"), ("input", "radio"), ("input", "text")} <= kinds


def test_what_comes_after_moves_down_and_nothing_lies_over_another() -> None:
    moved = set()
    for page in pages(BOXED):
        boxes = {
            int(ref): tuple(map(int, box.split()))
            for ref, box in re.findall(r'ref="(\d+)"[^>]*? box="([^"]*)"', page)
        }
        own = [boxes[ref] for ref in (3, 4)]
        assert [(x, *size) for x, _, *size in own] == [(5, 9, 9), (5, 50, 20)]
        assert all((y - y0) % HEIGHT == 0 for (_, y, *_), y0 in zip(own, (20, 40), strict=True))
        for ref, (_, y, _, tall) in boxes.items():
            if ref >= FIRST_REF:
                assert all(y + tall <= top or y >= top + high for _, top, _, high in own)
        moved.add(tuple(y for _, y, *_ in own))
    assert len(moved) > 20


@pytest.mark.parametrize("page", ["", "<p>no body</p>", '<body ref="1"><p ref="2">unclosed'])
def test_a_page_of_another_form_stays_as_it_is(page: str) -> None:
    assert set(pages(page, 20)) == {page}


def test_an_instruction_with_every_label_and_a_page_closed_askew_are_no_trouble() -> None:
    said = "City Street Company Nickname Comment Colour Country Phone Code Ok Cancel Send Next"
    for page in (PAGE, '<body ref="1"></div><div ref="2"></body>'):
        made = [crowded(page, said, random.Random(n)) for n in range(300)]
        assert all(len(one) > len(page) for one in made)
