"""What colours are called."""

import pytest

from tests.slots.conftest import asked, pieces
from webagents.slots import read
from webagents.slots.colors import color_words
from webagents.slots.records import Link


@pytest.mark.parametrize(
    ("color", "words"),
    [
        ("#00ff00", "lime green"),
        ("#008000", "green"),
        ("#00ffff", "aqua cyan"),
        ("#808080", "gray grey"),
        ("#9c9cc9", "blue"),
        ("#742525", "red"),
        ("#f12a6a", "pink"),
        ("#ff0010", "red"),
        ("#0a0a0a", "black"),
        ("#fdfdfd", "white"),
        ("#00ff0", ""),
        ("lime", ""),
    ],
)
def test_a_color_is_called_by_its_names_and_its_hue(color: str, words: str) -> None:
    assert color_words(color) == words


def test_an_element_is_found_by_the_name_of_its_color() -> None:
    page = '<p ref="1"><i ref="2" background="#ffa500"></i><i ref="3" background="#0000ff"></i></p>'
    slots = read(asked("Click the orange box", page=page), pieces)
    linked = {
        (source, int(slots.refs[target]))
        for kind, source, target in slots.links.tolist()
        if kind == Link.WORD_OF_VALUE
    }
    assert linked == {(2, 2)}
