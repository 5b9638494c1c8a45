"""Instructions cut into clauses."""

from dataclasses import asdict

import pytest

from webagents.slots.clauses import Wording

LEARNED = (
    'Click on the "ok" button.',
    "Click button ONE, then click button TWO.",
    "Select a, b and click Submit.",
    "Select select and click Submit.",
    'Use the textbox to enter "x" and press "Search", then find and click the 3rd result.',
    'Find the email by Ann and forward it to "Bob, and select".',
    'For the user @ann, click on the "Like" button.',
    "Navigate through the tree. Find and click on the file.",
    "Close the box.",
    'Enter "x" into the field and press Submit.',
)
WORDING = Wording.of(LEARNED, least=1)


@pytest.mark.parametrize("instruction", LEARNED)
def test_what_was_learned_from_stays_whole(instruction: str) -> None:
    assert WORDING.clauses(instruction) == (instruction,)


@pytest.mark.parametrize(
    "instruction",
    [
        "Select a, b, c and click Submit.",
        'Click on the "a, and then select b" button.',
        "Select select, a, b and click Submit.",
        "Paint it, and then click on the wall.",  # begins as nothing that is known
        "",
    ],
)
def test_lists_quotes_and_strange_beginnings_are_not_cut(instruction: str) -> None:
    assert WORDING.clauses(instruction) == (instruction,)


def test_clauses_come_in_the_order_in_which_they_are_said() -> None:
    told = (
        'Click on the "a" button, click button ONE, then click button TWO, select b, c, '
        'and then enter "d" into the field and press Submit.'
    )
    assert WORDING.clauses(told) == (
        'Click on the "a" button.',
        "Click button ONE, then click button TWO.",
        "Select b, c.",
        'Enter "d" into the field and press Submit.',
    )


def test_what_is_to_be_done_before_comes_first() -> None:
    told = (
        "Close the box, after navigating through the tree, and selecting a, b and clicking Submit, "
        'and clicking on the "after clicking" button.'
    )
    assert WORDING.clauses(told) == (
        "Navigate through the tree.",
        "Select a, b and click Submit.",
        'Click on the "after clicking" button.',
        "Close the box.",
    )


def test_a_rare_beginning_is_none() -> None:
    wording = Wording.of(["Click a.", "Click b.", "Ann wants c."], least=2)
    assert wording.begins == ("click",)


def test_an_instruction_is_shortened_by_the_button_that_it_ends_with() -> None:
    assert [WORDING.shortened(one) for one in LEARNED] == [
        None,
        None,
        "Select a, b.",
        "Select select.",
        None,
        None,
        None,
        None,
        None,
        'Enter "x" into the field.',
    ]


def test_thousands_of_clauses_are_cut_too() -> None:
    deep = "Click a" + ", after clicking b" * 5000 + ", and then click c" * 5000 + "."
    clauses = WORDING.clauses(deep)
    assert len(clauses) == 10_001
    assert (clauses[0], clauses[1], clauses[-1]) == ("Click b.", "Click c.", "Click a.")


@pytest.mark.parametrize(
    "held", [{"begins": []}, {"begins": "a", "follows": [], "within": []}, [1], "", 3]
)
def test_what_is_no_wording_is_told(held: object) -> None:
    with pytest.raises(ValueError, match="wording is lists of words, begins, follows, within, not"):
        Wording.read(held)


def test_a_wording_is_read_as_it_was_kept() -> None:
    held = {name: list(words) for name, words in asdict(WORDING).items()}
    assert Wording.read(held) == WORDING
