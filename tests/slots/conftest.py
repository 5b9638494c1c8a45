"""A page and a stand-in for a tokenizer."""

from __future__ import annotations

import pytest

from webagents.prompt import Prompt
from webagents.slots import Slots, read

PAGE = (
    '<body ref="1" box="0 0 160 210"><div ref="2" id="query">Pick <b ref="3">New York</b>, then '
    'Save</div><label ref="4" for="to">City</label><input ref="5" id="to" value="" focused>'
    '<button ref="6" background="#ff0080">Save</button><p ref="7" shown="no">new  york city</p>'
    "</body>"
)


def pieces(word: str) -> tuple[int, ...]:
    """A piece a letter."""
    return tuple(ord(letter) % 500 for letter in word)


def asked(
    instruction: str = "Pick New York, then Save",
    *,
    actions: tuple[str, ...] = (),
    error: str = "",
    page: str = PAGE,
) -> Prompt:
    """A prompt about the page."""
    return Prompt(instruction, actions, error, page)


@pytest.fixture
def slots() -> Slots:
    """The page's slots."""
    return read(asked(), pieces)
