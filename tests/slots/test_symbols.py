"""Actions as symbols, the rules of saying them, and what is said by them."""

import random

import numpy as np
import pytest

from tests.slots.conftest import PAGE, asked, pieces
from webagents.actions import ACTIONS, parse
from webagents.data import Dataset
from webagents.errors import UserError
from webagents.prompt import PromptForm, before, prompt
from webagents.resources import content
from webagents.slots import END, Alphabet, Saying, Slots, read
from webagents.slots.batching import Lesson, batch_of, lessons_of

ALPHABET = Alphabet()

ACTIONS_SAID = [
    "click('6')",
    "click('6', button='right')",
    "click('6', modifiers=['Shift'])",
    "fill('5', 'New York')",
    "fill('5', 'York,New')",
    "fill('5', '')",
    "fill('5', '2024-05-01 é😀\\n')",
    "type('5', ' Save ')",
    "fill('5', 'New  York')",
    "select_option('5', ['New', 'York'])",
    "press('5', 'Control+a')",
    "drag_and_drop('6', '5')",
    "scroll(-10, 25.5)",
    "mouse_click(0.5, 100)",
    "mouse_drag_and_drop(1, 2.25, 3, 4)",
    "mouse_down()",
    "mouse_up(3, 4, button='middle')",
    "noop()",
    "noop(500)",
    "go_back()",
    "tab_focus(1)",
    "search('red shoes')",
]


def said(symbols, slots: Slots) -> str:
    saying = Saying(ALPHABET, slots)
    for symbol in symbols:
        saying.add(symbol.number)
    assert saying.done
    return saying.action().text


@pytest.mark.parametrize("text", ACTIONS_SAID)
def test_an_action_comes_back_as_it_was(text: str, slots: Slots) -> None:
    action = parse(text, dialects=("calls", "webshop"))
    symbols = ALPHABET.spelled(action, slots)
    assert said(symbols, slots) == action.text
    Lesson.of(slots, symbols, ALPHABET)  # the rules allow all of it


def test_words_of_the_prompt_are_copied_and_others_spelt(slots: Slots) -> None:
    numbers = [s.number for s in ALPHABET.spelled(parse("fill('5', 'New York x')"), slots)]
    copies = ALPHABET.size + slots.size
    assert numbers[2:4] == [copies + 1, copies + 2], "the instruction's"
    assert bytes(number - ALPHABET.bytes for number in numbers[4:6]) == b" x"
    assert numbers[6:] == [END]


def test_all_places_of_a_word_are_right(slots: Slots) -> None:
    copies = ALPHABET.size + slots.size
    save = ALPHABET.spelled(parse("fill('5', 'Save')"), slots)[2]
    assert save.ways[0] == copies + 5
    assert {slots.copied[way - copies].text for way in save.ways} == {"Save"}
    assert len(save.ways) == 3  # instruction, query, button


def test_words_from_several_places_keep_their_white_space(slots: Slots) -> None:
    saying = Saying(ALPHABET, slots)
    symbols = [s.number for s in ALPHABET.spelled(parse("fill('5', 'New York')"), slots)]
    symbols[3] = ALPHABET.spelled(parse("fill('5', 'York')"), slots)[2].ways[1]
    for symbol in symbols:
        saying.add(symbol)
    assert saying.action().text == "fill('5', 'New York')"


def test_an_element_without_a_slot_is_told(slots: Slots) -> None:
    with pytest.raises(UserError, match="element 99 of"):
        ALPHABET.spelled(parse("click('99')"), slots)


def test_an_action_the_model_has_not_is_told(slots: Slots) -> None:
    with pytest.raises(UserError, match="hover is no action of this model"):
        Alphabet(("click",)).spelled(parse("hover('5')"), slots)
    with pytest.raises(UserError, match="no action 'jump'"):
        Alphabet(("jump",))


def test_a_text_that_cannot_be_said_is_told(slots: Slots) -> None:
    symbols = ALPHABET.spelled(parse("fill('5', 'a\\x00b')"), slots)
    with pytest.raises(UserError, match="'fill' cannot be said"):
        Lesson.of(slots, symbols, ALPHABET)


def test_every_bundled_demonstration_can_be_said() -> None:
    form = PromptForm(actions=10)
    steps = 0
    for demonstration in Dataset(content("data", "webgum56")).demonstrations(pictures=None):
        episode = demonstration.episode
        if episode.seed % 3:
            continue
        for number, step in enumerate(episode.steps):
            slots = read(prompt(before(episode, number), form), pieces)
            action = parse(step.action)
            assert said(ALPHABET.spelled(action, slots), slots) == action.text
            steps += 1
    assert steps > 50


def walked(saying: Saying, random_: random.Random) -> None:
    """Says anything that is allowed."""
    alphabet, slots = saying.alphabet, saying.slots
    pointable = [alphabet.size + slot for slot in np.flatnonzero(slots.refs > 0).tolist()]
    copies = range(alphabet.size + slots.size, alphabet.size + slots.size + len(slots.copied))
    while not saying.done:
        rule = saying.allowed()
        choices = np.flatnonzero(rule.fixed).tolist()
        choices += pointable if rule.elements else []
        choices += copies if rule.copies else []
        assert choices, f"nothing may follow on {saying}"
        saying.add(random_.choice(choices))


@pytest.mark.parametrize("seed", range(10))
def test_whatever_is_said_by_the_rules_is_an_action(seed: int) -> None:
    random_ = random.Random(seed)
    slots = read(asked(page=PAGE + '<i ref="12">ünï</i>'), pieces)
    for _ in range(100):
        saying = Saying(ALPHABET, slots, longest=20)
        walked(saying, random_)
        action = saying.action()
        assert parse(action.text, dialects=("calls", "webshop")) == action
        assert "\ufffd" not in action.text, "half a character"


@pytest.mark.parametrize("name", list(ACTIONS))
def test_every_action_can_be_said(name: str, slots: Slots) -> None:
    for seed in range(5):
        saying = Saying(ALPHABET, slots, longest=10)
        saying.add(ALPHABET.numbers[name])
        walked(saying, random.Random(seed))
        assert saying.action().name == name


def test_prompts_side_by_side_are_numbered_through(slots: Slots) -> None:
    small = read(asked(page='<p ref="8">x</p>'), pieces)
    arrays = batch_of([slots, small])
    width = slots.size
    assert arrays["kinds"].shape == (2, width)
    assert arrays["attention_mask"].sum(1).tolist() == [slots.size, small.size]
    assert arrays["bags"][width] == len(slots.facts) + len(slots.numbers)
    assert (np.diff(arrays["links"][:, 0]) >= 0).all()
    assert arrays["link_counts"].sum() == len(slots.links) + len(small.links)


def test_the_right_symbols_are_numbered_for_the_batch(slots: Slots) -> None:
    small = read(asked(page='<p ref="8">x</p>'), pieces)
    lessons = [
        Lesson.of(page, ALPHABET.spelled(parse(text), page), ALPHABET)
        for page, text in ((slots, "click('6')"), (small, "fill('8', 'York')"))
    ]
    arrays = lessons_of(lessons, ALPHABET)
    width = slots.size
    assert arrays["ways"].shape[:2] == (2, 4)
    assert arrays["labels"][0].tolist()[2:] == [END, -100]
    assert arrays["labels"][1, 1] == ALPHABET.size + int(np.flatnonzero(small.refs == 8)[0])
    assert arrays["labels"][1, 2] == ALPHABET.size + width + 2, "a copy, behind the widest slots"
    assert arrays["symbols"][1].tolist() == [0, *arrays["labels"][1, :3].tolist()]
    assert arrays["may_point"][0].tolist() == [False, True, False, False]


def test_no_prompts_make_no_batch() -> None:
    with pytest.raises(UserError, match="no prompts"):
        batch_of([])


COUNTRIES = (
    '<select ref="5" multiple><option ref="6">Sri Lanka</option><option ref="7">Sudan</option>'
    '<option ref="8">South Sudan</option><option ref="9">Çad</option></select>'
    '<p ref="10">Sri Sudan</p>'
)


def in_any_way(slots: Slots, dice: random.Random, begun: str) -> str:
    """An action said by symbols drawn from those allowed, after a name and a ref."""
    saying = Saying(ALPHABET, slots)
    for symbol in ALPHABET.spelled(parse(begun), slots)[:2]:
        saying.add(symbol.number)
    while not saying.done:
        rule = saying.allowed()
        copies = np.flatnonzero(rule.may_copy(len(slots.copies))) + ALPHABET.size + slots.size
        saying.add(int(dice.choice([*np.flatnonzero(rule.fixed), *copies])))
    return saying.action().text


def test_only_options_of_the_list_can_be_chosen_each_once() -> None:
    slots = read(asked("Pick Sri Lanka and Sudan", page=COUNTRIES), pieces)
    names = {"Sri Lanka", "Sudan", "South Sudan", "Çad"}
    many = set()
    for number in range(60):
        text = in_any_way(slots, random.Random(number), "select_option('5', 'Sudan')")
        chosen = parse(text).arguments["options"]
        assert len(set(chosen)) == len(chosen)
        assert set(chosen) <= names
        many.add(len(chosen))
    assert many == {1, 2, 3, 4}


def test_what_is_no_option_of_the_list_cannot_be_learned() -> None:
    slots = read(asked("Pick Sri Lanka and Sudan", page=COUNTRIES), pieces)
    wanted = ALPHABET.spelled(parse("select_option('5', ['Sri Lanka', 'Sudan'])"), slots)
    assert Lesson.of(slots, wanted, ALPHABET).slots is slots
    with pytest.raises(UserError, match="'select_option' cannot be said"):
        Lesson.of(slots, ALPHABET.spelled(parse("select_option('5', 'Sri')"), slots), ALPHABET)
