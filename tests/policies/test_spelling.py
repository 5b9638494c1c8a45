"""What a model may say: actions and nothing else."""

import random
from functools import cache

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from webagents.actions import ACTIONS, Action, parse
from webagents.actions.kinds import MODIFIERS
from webagents.errors import UserError
from webagents.models.tokenizer import load_tokenizer
from webagents.policies.spelling import Spelling, spelling_of
from webagents.policies.spelling.automaton import END, Automaton, Refs, Thread
from webagents.policies.spelling.grammar import Grammar
from webagents.policies.spelling.spelling import refs_of

DIALECTS = ("calls", "webgum", "webshop")
PAGE = '<body ref="1"><p ref="12">no ref</p><p ref="105"></p></body>'
REFS = Refs([b"1", b"12", b"105"])


@cache
def automaton(form: str = "calls") -> Automaton:
    grammar = Grammar(form, refs=True, spaced=False)
    return Automaton(grammar.pattern, grammar.begin, sayable=range(256), shortest=1)


def fits(text: str, form: str = "calls") -> bool:
    made = automaton(form)
    state = made.start
    for byte in text.encode():
        state = made.step(state, byte, REFS)
    return Thread(END) in state


texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=6)
filled = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=6)
values = {
    "a ref such as '5'": st.sampled_from(sorted(ref.decode() for ref in REFS.texts)),
    "a string such as 'blue'": texts,
    "'left', 'middle' or 'right'": st.sampled_from(["left", "middle", "right"]),
    f"a list of {', '.join(MODIFIERS)}": st.lists(st.sampled_from(MODIFIERS), unique=True),
    "a number of pixels from 0 to 10000": st.one_of(
        st.integers(0, 10_000), st.decimals(0, 9999, places=6).map(float).filter(lambda x: x > 1e-4)
    ),
    "a number of pixels from -100000 to 100000": st.integers(-100_000, 100_000),
    "a number of milliseconds from 0 to 60000": st.integers(0, 60_000),
    "a tab's number such as 0": st.integers(0, 999),
}


@st.composite
def actions(draw: st.DrawFn) -> Action:
    signature = ACTIONS[draw(st.sampled_from(sorted(ACTIONS)))]
    point = draw(st.booleans())
    given_: dict[str, object] = {}
    for each in signature.parameters:
        if each.optional and not (point if each.default is None else draw(st.booleans())):
            continue
        lists = "strings" in each.kind.expects
        several = st.lists(texts, min_size=1, max_size=3) if lists else filled
        given_[each.name] = draw(values.get(each.kind.expects, several))
    return Action(name=signature.name, arguments=given_)


@settings(max_examples=200, deadline=None)
@given(actions())
def test_every_action_can_be_said(action: Action) -> None:
    assert fits(action.text)


@pytest.mark.parametrize("form", ["calls", "webgum"])
def test_whatever_is_said_is_one_action_on_refs_of_the_page(form: str) -> None:
    made, dice = automaton(form), random.Random(3)
    for _ in range(60):
        state, said = made.start, b""
        while Thread(END) not in state or (len(said) < 40 and dice.random() < 0.5):
            ways = {byte: made.step(state, byte, REFS) for byte in range(256)}
            least = made.least(state, REFS)
            ways = {
                byte: to
                for byte, to in ways.items()
                if to and (len(said) < 40 or made.least(to, REFS) < least)
            }
            if not ways:
                break
            byte = dice.choice(sorted(ways))
            state, said = ways[byte], said + bytes([byte])
        action = parse(said.decode(), dialects=DIALECTS)
        named = {value.encode() for key, value in action.arguments.items() if key.endswith("ref")}
        assert named <= REFS.texts


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            "click('2')",
            "click('10')",
            "click('')",
            "click()",
            "clik('1')",
            "click('1'), click('1')",
        ),
        *("click('1', 'left')", "press('1', '')", "mouse_click(10001, 1)", "mouse_click(1)"),
        *("noop(60001)", "noop(07)", "scroll(0, 100001)", "tab_focus(1000)", "mouse_down(5)"),
        *("fill('1', 'a", "fill('1', 'a\n')", "fill('1', '\\ud83d')", "fill('1', '\\q')"),
        *("search[]", "{'action': 'click', 'ref': '1'}", " click('1')", "click('1') "),
    ],
)
def test_nothing_else_can(wrong: str) -> None:
    assert not fits(wrong)


@cache
def bundled() -> tuple[PreTrainedTokenizerBase, Spelling]:
    tokenizer = load_tokenizer()
    return tokenizer, spelling_of(tokenizer)


def babbled(
    tokenizer: PreTrainedTokenizerBase, spelling: Spelling, page: str, longest: int, rows: int = 8
) -> list[str]:
    """What a model says that draws tokens at random, where it is kept to actions."""
    speller = spelling.processor([page] * rows, longest)
    ids = torch.zeros(rows, 1, dtype=torch.long)
    for _ in range(longest):
        scores = speller(ids, torch.randn(rows, len(tokenizer) + 3))
        ids = torch.cat([ids, scores.argmax(-1, keepdim=True)], 1)
    said = [row[1:] for row in ids.tolist()]
    assert all(1 in row for row in said), "each comes to its end in time"
    return [tokenizer.decode(row[: row.index(1)]) for row in said]


@pytest.mark.parametrize("longest", [4, 7, 24])
def test_random_tokens_become_actions_that_end_in_time(longest: int) -> None:
    torch.manual_seed(0)
    for text in babbled(*bundled(), PAGE, longest):
        action = parse(text, dialects=DIALECTS)
        named = {value for key, value in action.arguments.items() if key.endswith("ref")}
        assert named <= {"1", "12", "105"}


def test_a_page_without_refs_leaves_actions_without() -> None:
    torch.manual_seed(0)
    for text in babbled(*bundled(), "<body></body>", 12):
        assert not [key for key in parse(text, dialects=DIALECTS).arguments if "ref" in key]


def test_refs_are_those_of_elements() -> None:
    assert refs_of(PAGE) == REFS
    assert refs_of('a ref=&quot;9&quot; <p data-ref="3">') == Refs()


def test_what_a_demonstration_says_can_be_said_token_by_token() -> None:
    tokenizer, spelling = bundled()
    said = ["click('105')", "fill('12', 'Zoë said \"hi\"')", "select_option('1', ['a', 'b'])"]
    for action in said:
        state = spelling.start(REFS)
        for token in [*tokenizer(action, add_special_tokens=False).input_ids, 1]:
            assert spelling.costs(state, REFS)[token] < 100, action
            state = spelling.after(state, token, REFS)


def test_beams_of_several_rows_are_kept_each_to_its_page() -> None:
    tokenizer, spelling = bundled()
    pages = ['<p ref="4">', '<p ref="7">']
    speller = spelling.processor(pages, 8)
    begun = tokenizer("click('", add_special_tokens=False).input_ids
    ids = torch.tensor([[0, *begun]] * 4)
    scores = speller(ids[:, :1], torch.zeros(4, len(tokenizer)))
    scores = speller(ids, torch.zeros(4, len(tokenizer)))
    left = [[tokenizer.decode(token) for token in row.isfinite().nonzero()[:, 0]] for row in scores]
    assert left == [["4"], ["4"], ["7"], ["7"]]


def pieces(*words: str) -> PreTrainedTokenizerBase:
    """A tokenizer of SentencePiece's kind with these pieces."""
    vocabulary = ["<pad>", "</s>", "<unk>", *words]
    made = Tokenizer(models.Unigram([(word, -1.0) for word in vocabulary], 2))
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


def test_pieces_that_cross_the_end_of_a_ref_are_kept_to_the_page_too() -> None:
    tokenizer = pieces("\u2581click", "('1", "('", "1", "2", "0", "5", "2')", "')", "\u2581", "8')")
    spelling = spelling_of(tokenizer)
    torch.manual_seed(0)
    assert {*babbled(tokenizer, spelling, PAGE, 9, rows=40)} == {
        *("click('1')", "click('12')", "click('105')")
    }


def test_a_tokenizer_that_lacks_an_actions_letters_is_told() -> None:
    with pytest.raises(UserError, match="no tokens for actions in the form 'webgum'"):
        spelling_of(pieces("\u2581click", "('", "1", "')"), "webgum")
    words = Tokenizer(models.WordLevel({"</s>": 0}, "</s>"))
    with pytest.raises(UserError, match="not with one of no known kind"):
        spelling_of(PreTrainedTokenizerFast(tokenizer_object=words, eos_token="</s>"))
