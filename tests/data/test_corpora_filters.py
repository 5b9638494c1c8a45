"""What is decoded, which language it is in, and what is a duplicate."""

import random
import string

import numpy as np
import pytest

from tests.data.crawls import page, sentence
from webagents.data.corpora.decoding import decoded, known_encoding
from webagents.data.corpora.fingerprints import BANDS, ROWS, bands_of, key_of
from webagents.data.corpora.languages import speaks
from webagents.data.corpora.seen import Seen
from webagents.data.corpora.skipping import Reason, Skipped

GERMAN = "Wir haben für Sie die schönsten Häuser, und das ist auch nicht zu teuer für Sie."


@pytest.mark.parametrize(
    ("data", "declared"),
    [
        ("<p>Grüße €".encode(), None),
        ("<p>Grüße €".encode(), "iso-8859-1"),  # stored as UTF-8 since
        ("<p>Grüße €".encode("cp1252"), "iso-8859-1"),
        ("<p>Grüße €".encode("cp1252"), None),
        ("<p>Grüße €".encode("utf-16-le"), None),
        ("\ufeff<p>Grüße €".encode(), "latin1"),
        ("\ufeff<p>Grüße €".encode("utf-16-be"), "utf-8"),
        ("<p>Grüße €".encode("iso-8859-15"), "no-such-charset, iso-8859-15"),
    ],
)
def test_a_page_is_read_in_its_encoding(data, declared):
    if declared and "no-such" in declared:
        data, declared = b"<meta charset='iso-8859-15'>" + data, "no-such-charset"
    if data.startswith(b"<\0"):
        data = b"\xff\xfe" + data

    assert decoded(data, declared).endswith("<p>Grüße €")


@pytest.mark.parametrize(
    "text",
    ['<meta charset="windows-1251">', "<meta http-equiv=x content='text/html; charset=cp1251'>"],
)
def test_the_page_itself_may_say_its_encoding(text):
    russian = "Привет, мир"

    assert decoded(text.encode() + russian.encode("cp1251")) == text + russian


def test_japanese_in_escapes_is_not_taken_for_utf_8():
    assert decoded("日本".encode("iso2022_jp"), "iso-2022-jp") == "日本"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (bytes(range(256)) * 10, Reason.BINARY),
        (b"<p>" + b"\0a" * 100, Reason.BINARY),
        (b"<meta charset=utf-8>" + "é".encode("latin1") * 100, Reason.NOT_UNICODE),
    ],
)
def test_what_is_no_text_or_in_no_encoding_is_left_out(data, reason):
    with pytest.raises(Skipped) as why:
        decoded(data)

    assert why.value.reason == reason


def test_a_byte_that_is_wrong_does_not_cost_the_page():
    assert decoded(b"<meta charset=utf-8>" + b"a" * 5000 + b"\xff") == (
        "<meta charset=utf-8>" + "a" * 5000
    )


@pytest.mark.parametrize(
    "name", ["hex", "zlib", "rot13", "idna", "punycode", "unicode_escape", "x"]
)
def test_codecs_that_no_browser_has_are_not_used(name):
    assert known_encoding(name) is None


@pytest.mark.parametrize(
    ("text", "declared", "english"),
    [
        (sentence(1), "", True),
        (sentence(1), "de", True),  # many templates declare what they are not in
        (GERMAN, "", False),
        (GERMAN, "en", False),
        ("Привет, как дела, что нового", "en", False),
        ("Home Products Basket", "", True),
        ("Home Products Basket", "en-GB", True),
        ("Inicio Productos Cesta", "es", False),
        ("12 34", "", True),
    ],
)
def test_the_language_is_told_by_frequent_words(text, declared, english):
    assert speaks(text, "en", declared) is english


def test_another_language_can_be_wanted():
    assert speaks(GERMAN, "de")
    assert not speaks(sentence(1), "de")


def _similarity(one, other):
    sets = [{text[i : i + 24] for i in range(len(text) - 23)} for text in (one, other)]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def test_similar_texts_share_bands_as_often_as_computed():
    random.seed(0)
    found = {0.5: [], 0.8: [], 0.9: []}
    for _ in range(150):
        text = "".join(random.choices(string.ascii_letters, k=4000))
        for similarity, hits in found.items():
            # The first part is shared: J = shared / (2 * all - shared).
            shared = int(2 * 4000 * similarity / (1 + similarity))
            other = text[:shared] + "".join(random.choices(string.ascii_letters, k=4000 - shared))
            assert abs(_similarity(text, other) - similarity) < 0.02
            hits.append((bands_of(text.encode()) == bands_of(other.encode())).any())

    for similarity, hits in found.items():
        expected = 1 - (1 - similarity**ROWS) ** BANDS
        assert abs(np.mean(hits) - expected) < 0.1


@pytest.mark.parametrize("length", [0, 1, 23, 24, 30, 200])
def test_short_texts_have_bands_that_only_equal_ones_share(length):
    one, other = ("ab" * length)[:length].encode(), ("cd" * length)[:length].encode()

    assert len(bands_of(one)) == BANDS
    assert (bands_of(one) == bands_of(bytes(one))).all()
    assert (bands_of(one) != 0).all()
    if length:
        assert not (bands_of(one) == bands_of(other)).any()


def test_pages_of_other_words_share_no_band():
    bands = np.array([bands_of(page(n).encode()) for n in range(40)])

    assert all(len(np.unique(column)) == 40 for column in bands.T)


def test_keys_tell_texts_apart():
    assert len({key_of(str(n).encode()) for n in range(10_000)}) == 10_000


def test_what_was_added_is_found_while_there_is_room():
    seen = Seen(2**22)  # half a million numbers
    numbers = np.random.default_rng(0).integers(1, 2**63, 100_000, np.uint64) | np.uint64(1)

    for begin in range(0, len(numbers), 100):
        seen.add(numbers[begin : begin + 100])

    held = [seen.holds(numbers[n : n + 1]) for n in range(0, len(numbers), 7)]
    assert np.mean(held) > 0.999
    others = np.random.default_rng(1).integers(1, 2**63, 10_000, np.uint64) | np.uint64(1)
    assert not any(seen.holds(others[n : n + 1]) for n in range(len(others)))


def test_beyond_the_limit_the_oldest_are_forgotten_and_memory_stays():
    seen = Seen(2**17)  # 16,384 numbers
    numbers = np.random.default_rng(0).integers(1, 2**63, 60_000, np.uint64) | np.uint64(1)

    for begin in range(0, len(numbers), 100):
        seen.add(numbers[begin : begin + 100])

    recent = [seen.holds(numbers[n : n + 1]) for n in range(55_000, 60_000)]
    early = [seen.holds(numbers[n : n + 1]) for n in range(5_000)]
    assert np.mean(recent) > 0.95
    assert np.mean(early) < 0.05
    assert seen._buckets.nbytes <= 2**17
