"""Words are found in a picture by the gaps between them."""

import numpy as np

from webagents.html import parse
from webagents.policies.expert.editing import words_in

EDITOR = '<div><p box="10 20 100 37">ab cd. e</p></div>'  # two lines of the editor's height


def picture(*letters):
    """A white picture with a black column for each letter: (across, line)."""
    page = np.full((80, 140, 3), 255, np.uint8)
    for across, line in letters:
        top = 25 + 18 * line
        page[top : top + 8, across : across + 3] = 0
    return page


def test_the_widest_gaps_part_words_and_a_new_line_does():
    page = picture((12, 0), (17, 0), (27, 0), (32, 0), (37, 0), (12, 1))
    assert words_in(page, parse(EDITOR), ["ab", "cd.", "e"]) == {
        "ab": ((11, 29.25), (20, 29.25)),
        "cd.": ((26, 29.25), (40, 29.25)),
        "e": ((11, 47.75), (15, 47.75)),
    }


def test_a_picture_with_fewer_words_than_the_text_tells_nothing():
    assert words_in(picture((12, 0)), parse(EDITOR), ["ab", "cd.", "e"]) == {}
