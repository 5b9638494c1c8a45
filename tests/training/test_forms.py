"""Forms as texts and tokens, the heads that tell their types, and the scores."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from webagents.models import HtmlT5, load_preset
from webagents.models.tokenizer import load_tokenizer
from webagents.training.forms import (
    NO_TYPE,
    AnnotatedForm,
    Answer,
    ElementClassifier,
    FitConfig,
    FormClassifier,
    FormExample,
    FormText,
    FormTokens,
    LayerMix,
    Told,
    accuracy,
    answers,
    batched,
    collate,
    confusion,
    f1,
    fields_of,
    fit,
    form_text,
    forms_of,
    macro_f1,
    read_annotations,
    span_means,
    tokenized,
    weighted_f1,
    whole_forms,
)
from webagents.training.forms.classifier import HASTE
from webagents.training.optimizers import OptimizerConfig

PAGE = b"""<html><body><p>Welcome</p>
<form id=login class=box style="color: red" action="/sign-in?a=1&b=2" method=POST>
  <!-- who -->Your name <input name=user data-type=username>
  <input type=hidden name=token value=x><input type=checkbox>
  <select name=month><option>1<option>2<option>3<option>4<option>5<option>6</select>
  <noscript><input name=robot></noscript><textarea name=about>a > b</textarea>
  <button name=go>Go</button><script>if (a < b) {}</script>
</form>
<form><input name=q></form></body></html>"""


def examples(count: int = 12) -> list[FormExample]:
    """Forms whose type is told by one token, and whose fields' types by the tokens they begin with.

    Types 0 and 1; fields of types 0 to 2.
    """
    random = np.random.default_rng(0)
    made = []
    for number in range(count):
        size = int(random.integers(20, 60))
        ids = random.integers(50, 200, size)
        ids[10] = 10 + number % 2
        kinds = random.integers(0, 3, 2)
        for at, kind in zip((2, 6), kinds, strict=True):
            ids[at] = 20 + kind
        spans = np.array([[2, 4], [6, 9]])
        made.append(FormExample(FormTokens(ids, spans), number % 2, kinds))
    return made


def tiny(seed: int = 0) -> FormClassifier:
    torch.manual_seed(seed)
    return FormClassifier(HtmlT5(load_preset("tiny")).encoder, 2, 3)


def test_annotations_are_read_line_by_line():
    lines = [
        {"page": "a.html", "number": 1, "site": "s", "fold": 2, "type": "login", "fields": None},
        {
            "page": "b.html",
            "number": 0,
            "site": "t",
            "fold": 0,
            "type": "x",
            "fields": [["q", "y"]],
        },
    ]
    assert list(read_annotations(map(json.dumps, lines))) == [
        AnnotatedForm(Path("a.html"), 1, "s", 2, "login", None),
        AnnotatedForm(Path("b.html"), 0, "t", 0, "x", (("q", "y"),)),
    ]


def test_the_fields_of_a_form_are_those_with_a_name_that_people_fill_in():
    forms = forms_of(PAGE)
    assert [[field.get("name") for field in fields_of(form)] for form in forms] == [
        ["user", "month", "robot", "about"],
        ["q"],
    ]


def test_a_form_is_cleaned_and_says_where_its_fields_are():
    text = form_text(forms_of(PAGE)[0], options=2)
    assert text.html == (
        '<form method="POST" action="/sign-in?a=1&amp;b=2" id="login" class="box">Your name '
        '<input name="user" value=""> <input type="checkbox"> <select name="month" value="1">'
        "<option selected>1</option><option>2</option></select> "
        '<textarea name="about" value="a &gt; b"></textarea> <button name="go">Go</button></form>'
    )
    shown = [None if place is None else text.html[slice(*place)] for place in text.fields]
    assert shown == [
        '<input name="user" value="">',
        '<select name="month" value="1">',
        None,
        '<textarea name="about" value="a &gt; b">',
    ]


def test_cleaning_a_form_leaves_the_page_as_it_is():
    first, second = forms_of(PAGE)
    assert [form_text(first), form_text(second)] == [form_text(first), form_text(second)]


def test_the_tokens_of_a_field_are_those_of_its_start_tag():
    tokenizer = load_tokenizer()
    text = form_text(forms_of(PAGE)[0])
    tokens = tokenized(text, tokenizer, usual=1000, longest=1000)
    assert [tokenizer.decode(tokens.ids[begin:end]) for begin, end in tokens.fields] == [
        "" if place is None else text.html[slice(*place)] for place in text.fields
    ]
    assert tokenizer.decode(tokens.ids) == text.html


def test_of_a_long_form_the_start_tags_are_kept_and_what_is_nearest_to_them():
    tokenizer = load_tokenizer()
    html = f'<form id="a">{"far " * 50}near <input name="q"> by{" far" * 50}</form>'
    begin = html.index("<input")
    text = FormText(html, ((begin, html.index(">", begin) + 1),))
    tokens = tokenized(text, tokenizer, usual=16, longest=1000)
    kept = tokenizer.decode(tokens.ids)
    assert (len(tokens.ids), kept.count("far") < 10, "near <input" in kept, " by" in kept) == (
        *(16, True, True, True),
    )
    assert [tokenizer.decode(tokens.ids[slice(*span)]) for span in tokens.fields] == [
        '<input name="q">'
    ]


def test_of_too_many_fields_the_last_have_no_tokens():
    tokenizer = load_tokenizer()
    tag = '<input name="q">'
    html = f"<form>{tag * 9}</form>"
    text = FormText(html, tuple((6 + 16 * i, 22 + 16 * i) for i in range(9)))
    size = len(tokenizer(tag, add_special_tokens=False).input_ids)
    head = len(tokenizer("<form>", add_special_tokens=False).input_ids)
    tokens = tokenized(text, tokenizer, usual=4, longest=head + 3 * size)
    lengths = (tokens.fields[:, 1] - tokens.fields[:, 0]).tolist()
    assert lengths == [size] * 3 + [0] * 6


def test_a_batch_is_padded_and_holds_the_spans_of_forms_and_fields():
    one = FormExample(FormTokens(np.array([5, 6, 7]), np.array([[1, 3]])), 4, np.array([2]))
    two = FormExample(FormTokens(np.array([8]), np.zeros((0, 2), int)), 1, np.zeros(0, int))
    batch = collate([one, two])
    assert [tensor.tolist() for tensor in batch] == [
        [[5, 6, 7], [8, 0, 0]],
        [[True, True, True], [True, False, False]],
        [[[0, 3]], [[0, 1]]],
        [[[1, 3]], [[0, 0]]],
        [4, 1],
        [[2], [NO_TYPE]],
    ]


def test_batches_hold_each_form_once_and_no_more_tokens_than_they_may():
    made = examples(40)
    batches = batched(made, 150, np.random.default_rng(1))
    widths = [max(len(made[i].tokens.ids) for i in batch) * len(batch) for batch in batches]
    assert sorted(i for batch in batches for i in batch) == list(range(40))
    assert max(widths) <= 150


def test_a_form_longer_than_a_batch_is_one_by_itself():
    made = examples(3)
    assert sorted(map(len, batched(made, 10))) == [1, 1, 1]


def test_an_element_is_the_mean_of_its_span_and_nothing_without_tokens():
    states = torch.arange(12.0).reshape(1, 6, 2)
    spans = torch.tensor([[[0, 6], [1, 3], [5, 6], [0, 0]]])
    assert span_means(states, spans).tolist() == [
        [[5.0, 6.0], [3.0, 4.0], [10.0, 11.0], [0.0, 0.0]]
    ]


def test_a_head_gives_one_logit_for_each_class_of_each_element():
    head = ElementClassifier(2, 3)
    with torch.no_grad():
        head.out.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]) / HASTE)
    states = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]])
    assert head(states, torch.tensor([[[0, 1], [0, 2]]])).tolist() == [
        [[1.0, 2.0, 3.0], [2.0, 3.0, 5.0]]
    ]


def test_a_mix_weighs_layers_of_unit_size():
    mix = LayerMix(1)
    layers = [torch.tensor([[[3.0, 4.0]]]), torch.tensor([[[0.0, -7.0]]])]
    size = 12.5**0.5  # the root of the mean of 9 and 16
    even = torch.tensor([[[3 / size / 2, (4 / size - 2**0.5) / 2]]])
    torch.testing.assert_close(mix(layers), even)
    with torch.no_grad():
        mix.weights.copy_(torch.tensor([0.0, 3.0]).log())
    torch.testing.assert_close(mix(layers), torch.tensor([[[0.0, -(2**0.5)]]]))


def test_padding_changes_no_logits():
    short, long = sorted(examples(12), key=lambda one: len(one.tokens.ids))[::11]
    model = tiny().eval()
    with torch.no_grad():
        alone, padded = model(collate([short])), model(collate([short, long]))
    torch.testing.assert_close(padded.forms[0], alone.forms[0], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(padded.fields[0, :2], alone.fields[0], atol=1e-5, rtol=1e-5)


def test_a_few_forms_are_learnt_by_heart():
    made = examples()
    model = tiny()
    config = FitConfig(
        optimizer=OptimizerConfig(learning_rate=5e-3, warmup_steps=5, weight_decay=0.0),
        epochs=30,
        tokens=256,
    )
    losses = fit(model, made, config)
    assert answers(model, made, config) == [
        Answer(one.type, tuple(one.fields.tolist())) for one in made
    ]
    assert losses[-1] < 0.1 < losses[0]


def test_the_same_seed_fits_the_same_model():
    config = FitConfig(epochs=2, tokens=256)
    assert fit(tiny(), examples(), config) == fit(tiny(), examples(), config)


def test_a_field_that_was_cut_off_has_no_answer():
    one = FormExample(FormTokens(np.arange(30), np.array([[2, 4], [0, 0]])), 0, np.array([1, 2]))
    (answer,) = answers(tiny(), [one], FitConfig())
    assert [field is None for field in answer.fields] == [False, True]


def test_fields_that_nobody_named_are_not_learnt_from():
    named = examples(1)[0]
    nameless = named._replace(fields=np.full(2, NO_TYPE))
    model = tiny()
    torch.autograd.backward(model.loss(collate([nameless])))
    assert model.field_head.out.weight.grad is None
    assert float(model.form_head.out.weight.grad.abs().sum()) > 0


def test_scores_are_those_of_a_case_worked_out_by_hand():
    # Class 0: 3 true, 4 said, 2 right: F1 4/7. Class 1: 2 true, 1 said, 1 right: 2/3.
    # Class 2: never true, never said. Class 3: 1 true, 1 said, 0 right: 0.
    pairs = [(0, 0), (0, 0), (0, 3), (1, 1), (1, 0), (3, 0)]
    counts = confusion((Told(i % 2, *pair) for i, pair in enumerate(pairs)), 2, 4)
    total = counts.sum(0)
    assert counts.sum((1, 2)).tolist() == [3, 3]
    assert f1(total).tolist() == pytest.approx([4 / 7, 2 / 3, np.nan, 0], nan_ok=True)
    assert [float(score(total)) for score in (accuracy, macro_f1, weighted_f1)] == pytest.approx(
        [3 / 6, (4 / 7 + 2 / 3) / 3, (3 * 4 / 7 + 2 * 2 / 3) / 6]
    )


def test_scores_are_taken_of_many_tables_at_once():
    tables = np.array([[[3.0, 1.0], [0.0, 2.0]], [[1.0, 1.0], [1.0, 1.0]]])
    together = [score(tables).tolist() for score in (accuracy, macro_f1, weighted_f1)]
    apart = [
        [float(score(table)) for table in tables] for score in (accuracy, macro_f1, weighted_f1)
    ]
    assert together == apart


def test_a_form_counts_as_right_when_all_its_fields_are():
    right = [(0, [True, True]), (0, [True, False]), (1, [True])]
    assert whole_forms(right, 2).tolist() == [[1, 1], [0, 1]]
