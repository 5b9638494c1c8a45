"""The noun tagger: splits as spaCy does, hashes as spaCy does, and nearly always agrees with it.

The expected splits, norms and hashes were read from spaCy 3.8.18.
"""

import subprocess
import sys

import numpy as np
import pytest

from webagents.envs.webshop.nouns import NounTagger, spacy_tagger, tagger
from webagents.envs.webshop.nouns.exceptions import Token, norm
from webagents.envs.webshop.nouns.features import rows, shape, spread, text_hash
from webagents.envs.webshop.nouns.network import TABLES, load, save
from webagents.envs.webshop.nouns.titles import Titles, shop_words
from webagents.envs.webshop.nouns.tokens import tokens
from webagents.errors import UserError
from webagents.resources import content


@pytest.mark.parametrize(
    ("title", "split"),
    [
        ("10.5-Ounce (Pack of 6)", "10.5 - Ounce ( Pack of 6 )"),
        ("16oz. 1.7 fl.oz.", "16 oz . 1.7 fl.oz ."),
        ("(Pack of 8)", "( Pack of 8)"),  # an emoticon to spaCy
        ("Women's/Men's T-Shirt", "Women's / Men 's T - Shirt"),
        ("24\"x36\" 5' x 7'", "24\"x36 \" 5 ' x 7 '"),
        ("4K@60Hz 12V/2A 20V-2A 2.4G A-1 USB-C", "4K@60Hz 12V/2A 20V-2A 2.4 G A-1 USB - C"),
        ("100% 100%Cotton $5 5$ +5 10+ #1B", "100 % 100%Cotton $ 5 5 $ +5 10 + # 1B"),
        ("It's Dr. Brown's w/o BPA, U.S. made", "It 's Dr. Brown 's w/o BPA , U.S. made"),
        ("Dont cant wont shouldn't've", "Do nt ca nt wo nt should n't 've"),
        ("™Brand® 50°F [New]", "™ Brand ® 50 ° F [ New ]"),
        ("amazon.com foo.Bar No.5 e.g.", "amazon.com foo . Bar No.5 e.g."),
        ("a--b red,blue 1,000", "a -- b red , blue 1,000"),
        ("open 9am-5pm at 12pm", "open 9am-5pm at 12 pm"),
        ("", ""),
    ],
)
def test_a_title_is_split_as_spacy_splits_it(title, split):
    assert [token.text for token in tokens(title)] == split.split()


def test_spaces_beyond_one_are_a_token():
    assert [token.text for token in tokens(" red   hat ")] == [" ", "red", "  ", "hat"]


def test_norms_are_lower_case_american_and_with_plain_quotes():
    read = [token.norm for token in tokens("GREY Moisturiser don’t 3pm “Red”")]
    assert read == ["gray", "moisturizer", "do", "not", "3", "p.m.", '"', "red", '"']


def test_hashes_are_spacys():
    assert (
        text_hash("apple"),
        text_hash("root"),
        spread(0x123456789ABCDEF0, 8),
        shape("iPhone12-XL"),
        shape("x" * 100),
    ) == (
        8566208034543834098,
        449,
        (4260455604, 3748283017, 4243199758, 3474940878),
        "xXxxxxdd-XX",
        "LONG",
    )


def test_a_token_leads_to_four_rows_of_each_table():
    found = rows(Token("Shirts", norm("Shirts")))
    limits = np.array([[table.rows] for table in TABLES])
    assert (found.shape, bool((found >= 0).all()), bool((found < limits).all())) == (
        (4, 4),
        True,
        True,
    )


@pytest.mark.parametrize(
    ("title", "nouns"),
    [
        ("Veridale Wool Coat with Long Sleeve", "veridale wool coat long sleeve"),
        ("Oakmere Display Port Adapter (6 Feet)", "oakmere display port adapter feet"),
        ("STORAGE OTTOMAN", "storage ottoman"),
        ("for and with", ""),
        ("  ", ""),
        ("", ""),
    ],
)
def test_plain_titles_have_the_nouns_that_spacy_finds(title, nouns):
    assert tagger()(title) == tuple(nouns.split())


def test_any_text_can_be_tagged():
    odd = ["\n", "\x00", "🙂" * 50, "a" * 5000, "- " * 300, "(((", "°", "İstanbul", "\xa0 x"]
    assert [all(isinstance(noun, str) for noun in tagger()(text)) for text in odd] == [True] * len(
        odd
    )


def test_a_network_is_the_same_after_it_is_saved_again(tmp_path):
    path = content("envs", "webshop", "nouns", "network.npz")
    network = load(path)
    arrays = {
        f"{kind}{n}": layer[at]
        for n, layer in enumerate(network.layers)
        for at, kind in enumerate(("weight", "bias", "gain", "shift"))
    } | {f"table{n}": table for n, table in enumerate(network.tables)}
    save(tmp_path / "again.npz", arrays | {"noun": network.noun, "noun_bias": network.bias})
    titles = ["Corvane Blackout Curtains, Navy Blue", "3 in 1 Charging Station for Phones"]
    assert [NounTagger(tmp_path / "again.npz")(t) for t in titles] == [tagger()(t) for t in titles]


def test_the_bundled_network_is_small():
    assert content("envs", "webshop", "nouns", "network.npz").stat().st_size < 1_000_000


def test_importing_the_reward_loads_no_network():
    code = (
        "import webagents.envs.webshop.reward, sys;"
        "from webagents.envs.webshop.nouns.taggers import tagger;"
        "print(tagger.cache_info().currsize, 'spacy' in sys.modules, 'thinc' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "False", "False"]


def test_made_up_titles_repeat_with_their_seed():
    def drawn(seed: int) -> list[str]:
        words = {"noun": ["lamp", "box"], "adjective": ["red"], "verb": ["carry"]}
        titles = Titles(shop_words(), words, seed)
        return [titles.draw() for _ in range(20)]

    assert (drawn(1) == drawn(1), drawn(1) == drawn(2)) == (True, False)


def test_a_spacy_model_that_is_not_installed_is_named():
    with pytest.raises(UserError, match="en_core_web_none"):
        spacy_tagger("en_core_web_none")
