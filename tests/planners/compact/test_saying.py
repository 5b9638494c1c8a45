"""Plans and programs as symbols: nothing is lost on the way, and whatever is said has a form."""

import ast

import pytest
import torch

from webagents.errors import UserError
from webagents.models.pointer import PointerT5
from webagents.models.tokenizer import load_tokenizer
from webagents.planners.compact import Clause, Part, Tongue
from webagents.planners.compact.parts import plan_of
from webagents.planners.compact.saying import Utterance, lesson_of, utter
from webagents.planners.compact.tongue import ABOUT, PLAN, SHAPES
from webagents.planners.driver import Driver
from webagents.planners.sandbox import run
from webagents.planners.statements import VERBS, Statement, program_of
from webagents.prompt import Prompt
from webagents.slots import Slots, pieces_of, read
from webagents.slots.words import words_of
from webagents.training.starting import starting_model
from webagents.types import Observation

ASKED = 'Save Umber & Sons, Rye to "Fun – fun": 3,200 of 05 June!'
PAGE = (
    '<body ref="1"><h1 ref="2">The map of Rye</h1><input ref="3" id="note"><select ref="4" id="l">'
    '<option ref="5">Fun – fun</option></select><a ref="6" href="/x">Umber &amp; Sons</a></body>'
)
WORDS = ("Choose", " and", " the", ",", "05", "-")
PLANNER = Tongue(kind="planner", words=WORDS)
WRITER = Tongue(kind="writer", words=WORDS)


def slots(page: str = PAGE) -> Slots:
    prompt = Prompt(instruction=ASKED, actions=(), error="", html=page)
    return read(prompt, pieces_of(load_tokenizer()))


@pytest.mark.parametrize(
    "text",
    [
        "Choose the list Fun – fun and note 3,200",
        "Open Umber & Sons, Rye",
        "Rye,Rye , Rye  and 3200",
        "unseen wörds 点击 😀 to say",
        "2026-05-06",
        "05 June! to",
    ],
)
def test_what_is_put_into_symbols_is_said_again(text: str) -> None:
    clauses = [Clause("fill", "3", text), Clause("select", "4", text), Clause("click", "6")]
    here = slots()
    symbols = WRITER.symbols_of(clauses, here, len(words_of(ASKED)))
    lesson = lesson_of(here, symbols, WRITER)
    said = Utterance(WRITER, here)
    for symbol, allowed in zip(symbols, lesson.allowed, strict=True):
        copy = symbol.number - WRITER.size - here.size
        element = symbol.number - WRITER.size >= 0 and copy < 0
        fixed = symbol.number < WRITER.size and bool(allowed.fixed[symbol.number])
        may = allowed.may_copy(len(here.copies))
        assert fixed or (allowed.elements if element else may[copy])
        said.add(symbol.number)

    assert said.clauses == clauses
    assert said.done


def test_runs_are_copied_and_common_words_are_not() -> None:
    here = slots()
    symbols = PLANNER.symbols_of([Clause(PLAN, text="Choose the Umber & Sons, Rye")], here, 20)
    numbers = [symbol.number for symbol in symbols]
    copies = [number - PLANNER.size - here.size for number in numbers]

    assert numbers[1:3] == [PLANNER.word_numbers["Choose"], PLANNER.word_numbers[" the"]]
    assert [here.copied[copy].text for copy in copies if copy >= 0] == [
        *("Umber", "&", "Sons", ",", "Rye")
    ]
    assert len(numbers) == 1 + 2 + 1 + 5 + 2  # verb, words, a space, copies, two ends


def test_a_number_is_made_up_of_copies_and_no_copy_is_said_twice_in_a_text() -> None:
    here = slots()
    asked = len(words_of(ASKED))
    base = WRITER.size + here.size
    number = WRITER.symbols_of([Clause("fill", "3", "3200")], here, asked)
    twice = WRITER.symbols_of([Clause("fill", "3", "Rye Rye Rye")], here, asked)
    copied = [
        [here.copied[one.number - base].text for one in said if one.number >= base]
        for said in (number, twice)
    ]
    places = [one.number for one in twice if one.number >= base]

    assert copied == [["3", "200"], ["Rye", "Rye"]]  # one of the task, one of the page
    assert len(set(places)) == 2
    said = Utterance(WRITER, here)
    for symbol in twice[:5]:
        said.add(symbol.number)
    assert not said.allowed().may_copy(len(here.copies))[places[0] - base]


def test_a_verb_of_the_other_kind_and_an_element_without_a_slot_are_told() -> None:
    with pytest.raises(UserError, match="a planner says plan, about, not 'click'"):
        PLANNER.symbols_of([Clause("click", "3")], slots(), 0)
    with pytest.raises(UserError, match="element '99' has no slot"):
        PLANNER.symbols_of([Clause(ABOUT, "99")], slots(), 0)


@pytest.mark.parametrize("tongue", [PLANNER, WRITER], ids=lambda each: each.kind)
@pytest.mark.parametrize("seed", range(3))
def test_whatever_a_network_says_has_a_form(tongue: Tongue, seed: int) -> None:
    sizes = f"vocab_size={tongue.size},names=[]"
    model = starting_model("pointer-tiny", load_tokenizer(), sizes, seed=seed)
    assert isinstance(model, PointerT5)
    with torch.no_grad():  # so that what it says is not the same over and over
        for weight in model.parameters():
            weight.mul_(4)
    refs = {str(n) for n in range(1, 7)}
    for clauses in utter(model.eval(), [slots(), slots('<p ref="1">x</p>')], tongue):
        assert clauses
        assert {clause.ref for clause in clauses} <= refs | {""}
        if tongue.kind == "planner":
            assert [each.verb for each in clauses[1:]] == [ABOUT] * (len(clauses) - 1)
            assert plan_of(clauses).instruction
        else:
            assert {clause.verb for clause in clauses} <= set(VERBS)
            wanted = [("t" in SHAPES[c.verb], "r" in SHAPES[c.verb]) for c in clauses]
            assert [(bool(c.text), bool(c.ref)) for c in clauses] == wanted


def test_a_page_without_elements_is_answered_with_nothing() -> None:
    sizes = f"vocab_size={PLANNER.size},names=[]"
    model = starting_model("pointer-tiny", load_tokenizer(), sizes)
    assert isinstance(model, PointerT5)
    part = Part.of(model.eval(), load_tokenizer(), PLANNER)
    nothing = Prompt(instruction=ASKED, actions=(), error="", html="<p>no refs</p>")

    assert part.answers([nothing]) == [[]]
    assert plan_of([]).instruction == ""


def test_what_is_said_is_a_program_that_runs() -> None:
    clauses = [Clause("fill", "3", 'It\'s "fün"\n\\x'), Clause("click", "6")]
    program = program_of([Statement(*each) for each in clauses], PAGE)  # type: ignore[arg-type]
    ast.parse(program)
    seen = Observation(instruction=ASKED, html=PAGE)
    driver = Driver(lambda action: seen, seen)

    assert run(program, driver).ok
    assert driver.actions[-1] == "click('6')"
