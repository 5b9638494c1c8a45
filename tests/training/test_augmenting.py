"""A page told in other ways: what changes, and what has to stay."""

import random
import re

import pytest

from webagents import html
from webagents.prompt import Prompt
from webagents.training.imitation import augmenting
from webagents.training.imitation.augmenting import FARTHEST, augmented

PAGE = (
    '<body ref="1" box="0 0 160 210"><label for="tt" ref="2" class="wide bold">Name &lt;a&gt;'
    "</label>"
    '<input id="tt" ref="3" type="text" class="wide" value="a b" checked box="-2 60 80 20">'
    '<a href="#tt" id="Send" ref="4" class="bold">send it</a></body>'
)
ASKED = Prompt("Press the send link.", ("click('3')",), "", PAGE)


@pytest.fixture(autouse=True)
def _uncrowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes to a page is tested on its own, in test_crowding."""
    monkeypatch.setattr(augmenting, "CROWDED", 0)


def pages(asked: Prompt = ASKED, action: str = "click('4')", number: int = 300) -> list[str]:
    return [augmented(asked, action, random.Random(n)).html for n in range(number)]


def attributes(page: str) -> list[dict[str, str]]:
    return [dict(element.attrib) for element in html.parse(page).iter()]


def test_the_same_dice_change_a_prompt_the_same_way_and_others_otherwise() -> None:
    assert pages() == pages()
    assert len(set(pages())) > 100
    assert PAGE in pages()


def test_refs_texts_values_and_all_other_attributes_stay() -> None:
    changed = {"id", "class", "for", "href", "box"}

    def kept(page: str) -> tuple[str, list[dict[str, str]]]:
        rest = [{n: v for n, v in one.items() if n not in changed} for one in attributes(page)]
        return html.text_of(html.parse(page)), rest

    assert all(kept(page) == kept(PAGE) for page in pages())


def test_what_names_an_element_goes_on_to_name_it_or_is_gone_with_its_name() -> None:
    names = set()
    for page in pages():
        _, label, field, link = attributes(page)
        assert label.get("for") == field.get("id")
        assert link["href"] == f"#{field.get('id', '')}"
        names.add(field.get("id"))
    assert {None, "tt"} < names
    assert len(names) > 20


def test_a_class_is_renamed_wherever_it_is() -> None:
    for page in pages():
        _, label, field, link = attributes(page)
        wide, bold = set(field.get("class", "").split()), set(link.get("class", "").split())
        assert set(label.get("class", "").split()) == wide | bold


def test_closing_tags_are_left_out_few_or_all_and_nothing_else_is() -> None:
    closings = {page.count("</") for page in pages()}
    assert {0, PAGE.count("</")} < closings


def test_what_the_instruction_names_keeps_its_name() -> None:
    assert {attributes(page)[3].get("id") for page in pages()} == {"Send"}


def test_boxes_move_together_and_keep_their_sizes() -> None:
    moves = set()
    for page in pages():
        (x, y, *outer), (left, top, *inner) = (
            map(int, box.split()) for box in re.findall(r'box="([^"]*)"', page)
        )
        assert (left - x, top - y, outer, inner) == (-2, 60, [160, 210], [80, 20])
        moves.add((x, y))
    assert len(moves) > 80
    assert all(abs(way) <= FARTHEST for move in moves for way in move)


def test_boxes_stay_where_points_of_the_page_are_named_and_beside_pictures() -> None:
    pointed = ASKED._replace(actions=("mouse_move(3, 4)",))
    found = [
        *pages(action="mouse_click(10, 10)"),
        *pages(pointed),
        *pages(ASKED._replace(screenshots=(None,))),
    ]
    assert all('box="0 0 160 210"' in page and 'box="-2 60 80 20"' in page for page in found)
    assert len(set(found)) > 100


def test_other_things_come_to_a_page_but_not_where_points_are_named_or_beside_pictures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(augmenting, "CROWDED", 1)
    apart = [*pages(action="mouse_click(10, 10)"), *pages(ASKED._replace(screenshots=(None,)))]
    assert all(len(attributes(page)) > len(attributes(PAGE)) for page in pages())
    assert all(len(attributes(page)) == len(attributes(PAGE)) for page in apart)
