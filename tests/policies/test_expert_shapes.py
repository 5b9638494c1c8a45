"""Figures are told apart by what they look like, colours by name, words by meaning."""

import pytest

from webagents.policies.expert import ExpertPolicy
from webagents.policies.expert.synonyms import GROUPS, similar
from webagents.types import Episode, Observation


def answer(task, instruction, page):
    observation = Observation(instruction=instruction, html=page)
    (decision,) = ExpertPolicy().act([Episode(task=task, seed=0, observation=observation)])
    return decision.action


FIGURES = (
    '<body ref="1"><svg ref="2"><text ref="3" fill="red" font-size="20px">k</text>'
    '<text ref="4" fill="blue" font-size="10px">7</text>'
    '<rect ref="5" fill="red" box="9 9 10 10"></rect>'
    '<polygon ref="6" fill="red" box="40 9 20 20"></polygon></svg>'
    '<button ref="7">0</button><button ref="8">1</button><button ref="9">3</button></body>'
)


@pytest.mark.parametrize(
    ("description", "ref"),
    [("k", 3), ("blue item", 4), ("digit", 4), ("small red shape", 5), ("large triangle", 6)],
)
def test_the_figure_that_fits_a_description_is_clicked(description, ref):
    action = answer("miniwob.click-shape", f"Click on a {description}", FIGURES)
    assert action == f"click('{ref}')"


@pytest.mark.parametrize(
    ("description", "ref"), [("red item", 9), ("K", 7), ("large red letter", 8)]
)
def test_the_figures_that_fit_a_description_are_counted(description, ref):
    action = answer("miniwob.count-shape", f"How many {description}s are there?", FIGURES)
    assert action == f"click('{ref}')"


def test_a_point_is_counted_from_where_the_axes_cross_and_not_known_by_its_id():
    axes = '<line box="0 45 90 0"></line><line box="45 0 0 90"></line>'
    points = "".join(
        f'<circle ref="{1 + 3 * row + column}" id="(0,0)" '
        f'box="{11 + 30 * column} {11 + 30 * row} 8 8"></circle>'
        for row in range(3)
        for column in range(3)
    )
    text = "Click on the grid coordinate (1,-1)."
    page = f"<body><svg>{axes}{points}</svg></body>"
    assert answer("miniwob.grid-coordinate", text, page) == "click('9')"


def test_the_box_of_the_colour_named_is_clicked():
    page = (
        '<body><div ref="1" class="color" background="#ff00ff"></div>'
        '<div ref="2" class="color" background="#808080"></div></body>'
    )
    text = "Click on the grey colored box."
    assert answer("miniwob.click-color", text, page) == "click('2')"


def test_words_are_similar_within_a_group_and_in_the_plural():
    assert similar("cars", "vehicle")
    assert similar("bunnies", "rabbit")
    assert similar("water", "water")
    assert not similar("fearless", "fearful")


def test_no_word_is_in_two_groups():
    words = [word for group in GROUPS for word in group.split()]
    assert len(words) == len(set(words))
