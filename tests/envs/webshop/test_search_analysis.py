"""The terms beside each text are those of Lucene 8.11.0, set up as Anserini 0.14.3 does it."""

import pytest

from webagents.envs.webshop.search.analysis import analyze
from webagents.envs.webshop.search.stemming import stem
from webagents.envs.webshop.search.words import words

LUCENES = {
    "joined by signs": (
        "The men's T-shirts, size 8.5 or 1,000.5; 3.a and a.3 u.s.a. _snake_case_ __ a_1",
        "men t shirt size 8.5 1,000.5 3 3 u.s.a _snake_case_ a_1",
    ),
    "colons and quotes": (
        "Color:Red size :large it's ROCK'N'ROLL 'quoted' women’s shoe s' dogs'",
        "color:r size larg rock'n'rol quot women shoe s dog",
    ),
    "addresses": (
        "http://www.shop.com/a?b=c&d me@mail.com $19.99 50% 802.11ac wi-fi",
        "http www.shop.com b c d me mail.com 19.99 50 802.11ac wi fi",
    ),
    "signs that are words": ("brand™ © ® 5° ½ x²", "brand ™ © ® 5 x"),
    "letters with marks": ("café naïve Straße İstanbul ΑΣ", "café naïv straße istanbul ασ"),
    "other scripts": (
        "靴下 ソックス_カタカナ くつ 한국어 ไทยภาษา",
        "靴 下 ソックス_カタカナ く つ 한국어 ไทยภาษา",
    ),
    "emoji": (
        "👍🏽 👩\u200d👩\u200d👧 🇩🇪🇫🇷 1️⃣ #️⃣ ⭐️ ❤",
        "👍🏽 👩\u200d👩\u200d👧 🇩🇪 🇫🇷 1️⃣ #️⃣ ⭐️ ❤",
    ),
    "letters that are emoji": (
        "Ⓜ\u200dℹ\ufe0f\u20e3 Ⓜ\u200d➡\ufe0f",
        "ⓜ\u200dℹ\ufe0f\u20e3 ⓜ\u200d➡\ufe0f",
    ),
    "hebrew": ('רח׳ ד"ר צה"ל ק\' ', 'רח׳ ד"ר צה"ל ק\''),
    "spaces that do not part, marks that do": (
        "non\xa0breaking\u202fspace soft\xadhyphen zero\u200bwidth\u200djoiner",
        "non breaking\u202fspac soft\xadhyphen zero width\u200djoin",
    ),
}


@pytest.mark.parametrize("case", LUCENES)
def test_terms_are_lucenes(case):
    text, terms = LUCENES[case]
    assert analyze(text) == terms.split(" ")


STEMS = {
    "caresses": "caress", "ponies": "poni", "ties": "ti", "cats": "cat", "feed": "feed",
    "agreed": "agre", "plastered": "plaster", "bled": "bled", "sing": "sing", "hopping": "hop",
    "falling": "fall", "hissing": "hiss", "filing": "file", "conflated": "conflat",
    "happy": "happi", "sky": "sky", "relational": "relat", "conditional": "condit",
    "possibly": "possibl", "technology": "technolog", "hopefulness": "hope", "formality": "formal",
    "electrical": "electr", "adoption": "adopt", "adjustable": "adjust", "irritant": "irrit",
    "probate": "probat", "rate": "rate", "cease": "ceas", "controll": "control", "roll": "roll",
    "us": "us", "is": "is", "s": "s", "yes": "ye", "50.00": "50.00", "t-s": "t-",
}  # fmt: skip


def test_stems_are_those_of_porters_own_program():
    assert {word: stem(word) for word in STEMS} == STEMS


def test_a_word_of_more_than_255_units_is_cut():
    text = "x" * 300 + " " + "𐐀" * 200
    assert [len(word) for word in words(text)] == [255, 45, 127, 73]


def test_punctuation_between_letters_does_not_join_over_a_cut():
    assert list(words("x" * 255 + ".y")) == ["x" * 255, "y"]


def test_a_word_without_an_end_is_cut_in_linear_time():
    assert [len(word) for word in words("x" * 1_000_000)] == [255] * 3_921 + [145]
