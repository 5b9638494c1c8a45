"""The network over slots."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.slots.conftest import PAGE, asked, pieces
from webagents.actions import parse
from webagents.models.pointer import PointerConfig, PointerT5, say, say_clause
from webagents.prompt import Prompt
from webagents.slots import Alphabet, Limits, Slots, read
from webagents.slots.batching import Lesson, batch_of, lessons_of

ALPHABET = Alphabet()
ROW = '<li ref="{}"><a ref="{}" href="#">item {}</a></li>'


def model(**changes) -> PointerT5:
    torch.manual_seed(0)
    sizes = {
        "d_model": 32,
        "d_kv": 8,
        "d_ff": 64,
        "num_heads": 4,
        "num_layers": 2,
        "num_decoder_layers": 1,
        "encoder_attention_type": "dense",
        "likeness": 8,
    }
    made = PointerT5(
        PointerConfig(
            **sizes | changes, vocab_size=ALPHABET.size, names=list(ALPHABET.names), pieces=512
        )
    )
    return made.eval()


def page(items: int) -> str:
    rows = "".join(ROW.format(n, n + 1, n) for n in range(2, 2 * items + 2, 2))
    return f'<body ref="1"><ul>{rows}</ul></body>'


def prompts() -> list[Slots]:
    return [
        read(asked(), pieces),
        read(asked("Click item 4", page=page(9), actions=("click('3')", "noop()")), pieces),
        read(asked("Go", page='<p ref="1"></p><i ref="2"></i>'), pieces),
    ]


def taught() -> list[Lesson]:
    texts = ("fill('5', 'New York x')", "click('5')", "scroll(-10, 20)")
    return [
        Lesson.of(slots, ALPHABET.spelled(parse(text), slots), ALPHABET)
        for slots, text in zip(prompts(), texts, strict=True)
    ]


def tensors(arrays) -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


@torch.no_grad()
def loss_of(network: PointerT5, lessons: list[Lesson]) -> float:
    return float(network(**tensors(lessons_of(lessons, ALPHABET))).loss)


def test_what_a_prompt_is_read_as_does_not_depend_on_the_others_of_its_batch() -> None:
    network = model()
    together = network.read(**tensors(batch_of(prompts())))
    for row, slots in enumerate(prompts()):
        alone = network.read(**tensors(batch_of([slots])))
        torch.testing.assert_close(
            together.states[row, : slots.size], alone.states[0], atol=1e-5, rtol=1e-4
        )
        copies = len(slots.copied)
        torch.testing.assert_close(
            together.words[row, :copies], alone.words[0, :copies], atol=1e-5, rtol=1e-4
        )


def test_the_loss_of_a_batch_is_the_mean_over_its_symbols() -> None:
    network = model()
    sizes = [len(lesson.symbols) for lesson in taught()]
    alone = [loss_of(network, [one]) for one in taught()]
    together = loss_of(network, taught())
    expected = sum(loss * size for loss, size in zip(alone, sizes, strict=True)) / sum(sizes)
    assert together == pytest.approx(expected, rel=1e-4)


def test_what_is_not_allowed_has_no_likelihood() -> None:
    arrays = tensors(lessons_of(taught(), ALPHABET))
    likelihood = model()(**arrays).logits.softmax(2)
    slots = arrays["kinds"].shape[1]
    first = likelihood[:, 0]
    assert torch.allclose(first[:, 3 : ALPHABET.bytes].sum(1), torch.ones(3))
    pointed = likelihood[0, 1]
    assert torch.isclose(pointed[ALPHABET.size : ALPHABET.size + slots].sum(), torch.ones(()))
    assert not pointed[ALPHABET.size : ALPHABET.size + slots][~arrays["elements"][0]].any()


def test_several_right_symbols_share_the_loss() -> None:
    slots = prompts()[0]
    symbols = ALPHABET.spelled(parse("fill('5', 'Save')"), slots)
    single = [symbol._replace(ways=symbol.ways[:1]) for symbol in symbols]
    network = model()
    losses = [loss_of(network, [Lesson.of(slots, said, ALPHABET)]) for said in (symbols, single)]
    assert losses[0] < losses[1]


def learned(network: PointerT5, lessons: list[Lesson]) -> PointerT5:
    """The network after some steps on a few lessons."""
    network.train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    arrays = tensors(lessons_of(lessons, ALPHABET))
    for _ in range(60):
        loss = network(**arrays).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network.eval()


def test_it_learns_to_point_and_to_copy() -> None:
    network = learned(model(), taught())
    wanted = ["fill('5', 'New York x')", "click('5')", "scroll(-10, 20)"]
    assert [action.text for action in say(network, prompts())] == wanted
    for slots, text in zip(prompts(), wanted, strict=True):
        assert say(network, [slots])[0].text == text


@pytest.mark.parametrize("seed", range(5))
def test_what_an_untrained_network_says_is_an_action_as_well(seed: int) -> None:
    network = model()
    torch.manual_seed(seed)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=1.0)
    for action in say(network, prompts(), longest=20):
        assert parse(action.text, dialects=("calls", "webshop")) == action


def test_a_network_comes_back_from_disk_as_it_was(tmp_path: Path) -> None:
    network = model()
    network.save_pretrained(tmp_path)
    restored = PointerT5.from_pretrained(tmp_path).eval()
    arrays = tensors(lessons_of(taught(), ALPHABET))
    torch.testing.assert_close(restored(**arrays).logits, network(**arrays).logits)
    assert restored.config.names == list(ALPHABET.names)


def test_every_parameter_learns() -> None:
    network = model().train()
    lessons = taught()
    full = read(asked(actions=("fill('5', 'York')",), error="wrong", page=PAGE), pieces)
    lessons.append(Lesson.of(full, ALPHABET.spelled(parse("click('6')"), full), ALPHABET))
    network(**tensors(lessons_of(lessons, ALPHABET))).loss.backward()
    without = [
        name
        for name, parameter in network.named_parameters()
        if parameter.grad is None or not parameter.grad.any()
    ]
    assert without == []


def test_it_begins_with_t5s_initial_weights() -> None:
    network = model(d_model=128, d_kv=32)
    query = network.t5.decoder.layers[0].cross.q.weight
    assert query.std().item() == pytest.approx((128 * 32) ** -0.5, rel=0.05)
    assert network.links[0].weight.std().item() == pytest.approx(128**-0.5, rel=0.05)
    assert network.bags.place.weight.std().item() == pytest.approx(0.5, rel=0.05)
    assert network.bags.piece.weight.std().item() == pytest.approx(1.0, rel=0.05)


def test_a_tied_output_layer_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be tied"):
        model(tie_word_embeddings=True)


KIN = (("large", "huge"), ("sad", "gloomy"), ("quick", "fast"), ("pig", "swine"))


def offered(word: str, others: tuple[str, ...]) -> Lesson:
    """Buttons with words none of which is asked for; the one that is meant is kin to it."""
    meant = dict(KIN)[word]
    buttons = "".join(f'<i ref="{ref}">{text}</i>' for ref, text in enumerate(others, start=2))
    slots = read(asked(f"Click {word}", page=f'<body ref="1">{buttons}</body>'), pieces)
    action = parse(f"click('{others.index(meant) + 2}')")
    return Lesson.of(slots, ALPHABET.spelled(action, slots), ALPHABET)


def test_words_that_mean_the_same_are_learned_to_be_alike() -> None:
    texts = [kin for _, kin in KIN]
    pairs = [(one, other) for one in texts for other in texts if one != other]
    every = [(word, pair) for word, kin in KIN for pair in pairs if kin in pair]
    held_out = every[::5]
    lessons = [offered(*one) for one in every if one not in held_out]
    network = model()
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    arrays = tensors(lessons_of(lessons, ALPHABET))
    for _ in range(80):
        optimizer.zero_grad()
        network(**arrays).loss.backward()
        optimizer.step()
    said = say(network, [offered(*one).slots for one in held_out])
    meant = [f"click('{pair.index(dict(KIN)[word]) + 2}')" for word, pair in held_out]
    assert [action.text for action in said] == meant
    assert network.likeness is not None
    slots = offered("large", ("fast", "huge")).slots
    batch = tensors(batch_of([slots, *prompts()]))
    with torch.no_grad():
        spelled = network._spelled(batch["copies"].numel(), batch["pieces"])
        alike = network.likeness(batch["kinds"], batch["copies"], batch["copy_mask"], spelled)
    loudness = {
        (text.text, word.text): alike.loudness[0, copy, place].item()
        for copy, text in enumerate(slots.copied)
        for place, word in enumerate(slots.copied[:2])
    }
    assert loudness["huge", "large"] == max(loudness.values()) > loudness["fast", "large"]
    assert loudness["large", "large"] == 0, "what is the same has a link of its own"


def test_an_instruction_without_words_is_read_alone_and_beside_others() -> None:
    network = model()
    empty = read(asked(""), pieces)
    alone = network.read(**tensors(batch_of([empty])))
    together = network.read(**tensors(batch_of([prompts()[0], empty])))
    torch.testing.assert_close(
        together.states[1, : empty.size], alone.states[0], atol=1e-5, rtol=1e-4
    )
    assert say(network, [empty])[0].text


def test_one_without_likeness_reads_as_before() -> None:
    network = model(likeness=0)
    assert network.likeness is None
    assert not [name for name in network.state_dict() if name.startswith("likeness.")]
    with pytest.raises(ValueError, match="likeness is 0 or more"):
        model(likeness=-1)


def colored(order: str) -> Prompt:
    """Two elements alike but for their pictures: red ("r") or blue ("b")."""
    picture = np.zeros((10, 20, 3), np.uint8)
    for place, color in enumerate(order):
        picture[:, 10 * place : 10 * place + 10, "rgb".index(color)] = 255
    page = '<body ref="1"><i ref="2" box="0 0 10 10"></i><i ref="3" box="10 0 10 10"></i></body>'
    return asked("Click", page=page)._replace(screenshots=(picture,))


def test_what_is_in_the_picture_alone_is_learned() -> None:
    limits = Limits(picture=8)
    asks = [read(colored(order), pieces, limits) for order in ("rb", "br")]
    lessons = [
        Lesson.of(slots, ALPHABET.spelled(parse(f"click('{ref}')"), slots), ALPHABET)
        for slots, ref in zip(asks, (2, 3), strict=True)
    ]
    network = model(picture=8, dropout_rate=0.0)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    batch = tensors(lessons_of(lessons, ALPHABET))
    for _ in range(60):
        optimizer.zero_grad()
        network(**batch).loss.backward()
        optimizer.step()
    assert [action.text for action in say(network, asks)] == ["click('2')", "click('3')"]
    white = [
        read(
            colored(order)._replace(screenshots=(np.full((10, 20, 3), 255, np.uint8),)),
            pieces,
            limits,
        )
        for order in ("rb", "br")
    ]
    assert len({action.text for action in say(network, white)}) == 1, "nothing else tells them"


def test_pictures_beside_pages_without_any_are_those_elements_own() -> None:
    network = model(picture=8)
    plain = read(asked("Go", page='<p ref="1"></p>'), pieces, Limits())
    seen = read(colored("rb"), pieces, Limits(picture=8))
    together = network.read(**tensors(batch_of([plain, seen])))
    alone = network.read(**tensors(batch_of([seen])))
    torch.testing.assert_close(together.states[1, : seen.size], alone.states[0])


def test_one_that_sees_begins_by_acting_as_one_that_does_not() -> None:
    blind, sees = model(), model(picture=8)
    sees.begin(blind)
    shown = tensors(batch_of([read(colored("rb"), pieces, Limits(picture=8))]))
    torch.testing.assert_close(sees.read(**shown).states, blind.read(**shown).states)
    with pytest.raises(ValueError, match=r"of other sizes: .*links"):
        sees.begin(model(num_layers=1))
    with pytest.raises(ValueError, match="of other sizes: looks"):
        blind.begin(sees)


def test_a_picture_has_sides_that_halve_twice() -> None:
    with pytest.raises(ValueError, match="multiple of 4"):
        model(picture=10)


WORDING = {"begins": ["click"], "follows": [], "within": []}


def test_it_learns_which_action_is_the_last_one() -> None:
    lasts = (True, False, None)
    lessons = [one._replace(last=last) for one, last in zip(taught(), lasts, strict=True)]
    network = learned(model(wording=WORDING), lessons)
    said = say_clause(network, prompts())
    assert [one.action for one in said] == say(network, prompts())
    assert [one.last for one in said][:2] == [True, False]
    for slots, expected in zip(prompts(), said, strict=True):
        assert say_clause(network, [slots]) == [expected]


def test_an_action_of_which_it_is_not_known_costs_nothing_to_tell() -> None:
    told = model(wording=WORDING)
    plain = model()
    plain.load_state_dict(told.state_dict(), strict=False)
    assert loss_of(told, taught()) == loss_of(plain, taught())
    known = [one._replace(last=True) for one in taught()]
    assert loss_of(told, known) > loss_of(plain, known)


def test_one_begins_as_one_that_tells_last_actions_and_leaves_that_aside() -> None:
    told, plain = model(wording=WORDING), model()
    plain.begin(told)
    assert loss_of(plain, taught()) == loss_of(told, taught())
