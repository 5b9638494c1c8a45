"""The policy of a trained encoder-decoder."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from webagents.actions import parse
from webagents.errors import UnknownPolicy
from webagents.models import HtmlT5, load_preset
from webagents.models.tokenizer import load_tokenizer
from webagents.policies import load_policy
from webagents.policies.sequence import SequencePolicy, answers
from webagents.prompt import PromptForm, action_ids, prompt, prompt_ids
from webagents.types import Decision, Episode, Needs, Observation

FORM = PromptForm(inputs_length=64, targets_length=12)


def policy(*, free: bool = False, **changes: object) -> SequencePolicy:
    tokenizer = load_tokenizer()
    torch.manual_seed(0)
    config = load_preset("tiny", vocab_size=len(tokenizer), **changes)
    return SequencePolicy(HtmlT5(config).eval(), tokenizer, FORM, rows=3, free=free)


def episode(instruction: str = "Click.", html: str = '<p ref="1">') -> Episode:
    seen = Observation(instruction=instruction, html=html)
    return Episode(task="t.t", seed=0, observation=seen)


def taught(what: dict[str, str]) -> SequencePolicy:
    """A policy that was trained until it answers instructions so."""
    made = policy(free=True)
    optimizer = torch.optim.AdamW(made.model.parameters(), lr=1e-2)
    asked = [prompt_ids(prompt(episode(one), FORM), FORM, made.tokenizer) for one in what]
    said = [action_ids(action, FORM, made.tokenizer) for action in what.values()]
    pad = torch.nn.utils.rnn.pad_sequence
    inputs = pad([torch.tensor(ids) for ids in asked], batch_first=True)
    labels = pad([torch.tensor(ids) for ids in said], batch_first=True, padding_value=-100)
    for _ in range(60):
        loss = made.model(input_ids=inputs, attention_mask=inputs != 0, labels=labels).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return made


def test_it_says_what_it_was_taught_also_what_is_no_action() -> None:
    what = {"Click.": "click('1')", "Write Zoë.": "fill('1', 'Zoë')", "Babble.": "ba <b> ba"}
    assert taught(what).act([episode(one) for one in what]) == [
        Decision(action=said, notes={"generated": f"{said}</s>"}) for said in what.values()
    ]


@pytest.mark.parametrize("form", ["calls", "webgum"])
def test_it_says_nothing_but_actions_on_refs_of_its_page(form: str) -> None:
    made, form_ = policy(), replace(FORM, actions_form=form, targets_length=24)
    made = SequencePolicy(made.model, made.tokenizer, form_)
    pages = [f'<p ref="{number}"></p>' for number in (7, 12, 305)]
    said = [decision.action for decision in made.act([episode(html=page) for page in pages])]
    assert [text.startswith("{'action': ") for text in said] == [form == "webgum"] * 3
    named = [parse(text).arguments.get("ref") for text in said]
    assert all(ref in (None, str(number)) for ref, number in zip(named, (7, 12, 305), strict=True))
    assert form == "calls" or None not in named


def test_episodes_side_by_side_are_answered_as_each_alone() -> None:
    made = policy()
    episodes = [episode(html="<p>" * n) for n in (40, 1, 300, 7, 7, 100, 2)]
    assert made.act(episodes) == [made.act([one])[0] for one in episodes]


def test_answers_are_the_likeliest_token_after_token() -> None:
    made = policy(tie_word_embeddings=False)
    asked = [[5, 6, 7, 1], [8] * 40 + [1]]
    expected = []
    for ids in asked:
        said = [0]
        with torch.no_grad():
            while len(said) < 9 and said[-1] != 1:
                logits = made.model(
                    input_ids=torch.tensor([ids]), decoder_input_ids=torch.tensor([said])
                ).logits
                said.append(int(logits[0, -1].argmax()))
        expected.append(said[1:])
    assert answers(made.model, asked, longest=8) == expected


def test_what_did_not_come_to_an_end_shows_no_end_token() -> None:
    made = taught({"Click.": "click('1')"})
    made.form = replace(FORM, targets_length=2)
    assert made.act([episode("Click.")]) == [
        Decision(action="click('1", notes={"generated": "click('1"})
    ]


def test_an_instruction_too_long_to_be_read_is_left_unanswered_and_the_others_are_not() -> None:
    made = policy()
    first, unread, last = made.act([episode(), episode("word " * 99), episode("Click it.")])
    assert (unread.action, unread.notes["unread"].endswith("input of 64 can hold")) == ("", True)
    assert [first, last] == made.act([episode(), episode("Click it.")])


def test_no_episodes_have_no_decisions() -> None:
    assert policy().act([]) == []


def test_a_policy_that_has_played_can_be_trained_on() -> None:
    made = policy(local_radius=13)  # a size of its own: what is kept between calls is kept by size
    made.act([episode()])
    ids = prompt_ids(prompt(episode(), FORM), FORM, made.tokenizer)
    made.model(input_ids=torch.tensor([ids]), labels=torch.tensor([[5, 1]])).loss.backward()
    assert made.model.encoder.embed.weight.grad is not None


def test_a_checkpoint_plays_as_the_policy_it_was_saved_from(tmp_path: Path) -> None:
    made = policy()
    save(made, tmp_path)
    loaded = load_policy(str(tmp_path))
    assert isinstance(loaded, SequencePolicy)
    assert (loaded.form, loaded.needs("t.t")) == (FORM, Needs(view="text"))
    assert loaded.act([episode()]) == made.act([episode()])


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("prompt.json", None, "prompt.json does not say how the model is asked"),
        ("prompt.json", b"[]", "prompt.json does not say how the model is asked"),
        ("tokenizer.json", None, "no tokenizer.json or spiece.model"),
        ("tokenizer.json", b"{", "is no checkpoint of a policy: "),
        ("config.json", None, "is no checkpoint of a policy: "),
        ("config.json", b"{}", "is no checkpoint of a policy: "),
        ("model.safetensors", None, "is no checkpoint of a policy: "),
        ("model.safetensors", b"\x08", "is no checkpoint of a policy: "),
    ],
)
def test_a_broken_checkpoint_is_told(
    tmp_path: Path, file: str, content: bytes | None, told: str
) -> None:
    save(policy(), tmp_path)
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_bytes(content)
    with pytest.raises(UnknownPolicy, match=told):
        load_policy(str(tmp_path))


def test_a_checkpoint_without_some_of_its_weights_is_told(tmp_path: Path) -> None:
    made = policy()
    save(made, tmp_path)
    weights = made.model.state_dict()
    del weights["decoder.norm.weight"]
    made.model.save_pretrained(tmp_path, state_dict=weights)
    with pytest.raises(UnknownPolicy, match=r"lacks weights: \['decoder.norm.weight'\]"):
        load_policy(str(tmp_path))


def save(made: SequencePolicy, folder: Path) -> None:
    made.model.save_pretrained(folder)
    made.tokenizer.save_pretrained(folder)
    made.form.save(folder)
