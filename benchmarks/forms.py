r"""Form types and field types on formasaurus' annotated pages: HTML-T5 beside its own classifiers.

Prints Markdown. Three rows on the same folds, dealt by site as formasaurus deals them: its own
classifiers, HTML-T5 from random weights, and HTML-T5 pre-trained, both fitted in the same way. Each
has its learning rate chosen on sites of the first fold's training part. What is done is kept in a
file, line by line: run it again to go on, or to print the table.

    python -m venv /tmp/formasaurus && /tmp/formasaurus/bin/pip install formasaurus==0.10.0
    python benchmarks/forms.py --python /tmp/formasaurus/bin/python --out forms.jsonl \
        --folds 3 --epochs 4 --pretrained runs/pretrain-small/model
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from webagents.evaluation.measures import Interval, Resamples, wilson
from webagents.evaluation.measures.resampling import interval
from webagents.models.tokenizer import load_tokenizer
from webagents.training.forms import (
    NO_TYPE,
    AnnotatedForm,
    FitConfig,
    FormClassifier,
    FormExample,
    Told,
    accuracy,
    answers,
    confusion,
    f1,
    fit,
    form_text,
    forms_of,
    macro_f1,
    read_annotations,
    tokenized,
    weighted_f1,
    whole_forms,
)
from webagents.training.optimizers import OptimizerConfig
from webagents.training.starting import starting_model

WORKER = Path(__file__).with_name("formasaurus_worker.py")
ROWS = ("formasaurus", "scratch", "pretrained")
RATES = (4e-4, 1e-3, 2.5e-3)
USUAL, LONGEST, LONGEST_ASKED = 192, 1024, 8192
INNER = 5
"""One of so many sites of the first training part is held out to choose a learning rate."""


class Said(NamedTuple):
    """What a row says of a form: its type and its fields', None where it has not seen the field."""

    type: str
    fields: Sequence[str | None]


class Data(NamedTuple):
    """The forms, as they are learnt (long ones cut) and as they are asked about."""

    forms: list[AnnotatedForm]
    form_types: list[str]
    field_types: list[str]
    learnt: list[FormExample]
    asked: list[FormExample]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--python", default=sys.executable, help="that has formasaurus installed")
    parser.add_argument("--out", type=Path, default=Path("forms.jsonl"), help="what is done")
    parser.add_argument("--folds", type=int, default=20, help="formasaurus' own number")
    parser.add_argument("--rows", nargs="*", choices=ROWS, default=ROWS)
    parser.add_argument("--pretrained", default="", help="the folder of a checkpoint")
    parser.add_argument("--model", default="small", help="the preset of the row from scratch")
    parser.add_argument("--changes", default="", help="of the preset, as in pretrain")
    parser.add_argument("--tokenizer", default="html-8k")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--trial-epochs", type=int, default=2, help="to choose a learning rate")
    parser.add_argument("--bfloat16", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    done = Done(given.out, given.folds)
    forms = list(read_annotations(worker(given.python, "annotations", given.folds)))
    if "formasaurus" in given.rows and len(done.answers("formasaurus")) < given.folds:
        for line in worker(given.python, "answers", given.folds):
            done.add(json.loads(line) | {"row": "formasaurus"})
    starts = {"scratch": (given.model, given.changes), "pretrained": (given.pretrained, "")}
    networks = [row for row in given.rows if row in starts and starts[row][0]]
    if networks:
        tokenizer = load_tokenizer(given.tokenizer)
        data = prepared(forms, tokenizer)
        for row in networks:
            train(row, Network(*starts[row], tokenizer, data, given.bfloat16), given, done)
    print_tables(forms, done)


def worker(python: str, what: str, folds: int) -> Iterator[str]:
    """The lines that formasaurus' side writes."""
    command = [python, str(WORKER), what, str(folds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield from process.stdout
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")


class Done:
    """What is done, one JSON object a line; a line that a kill cut short is left out."""

    def __init__(self, path: Path, folds: int) -> None:
        self.path, self.folds = path, folds
        self.lines: list[dict[str, Any]] = []
        if path.exists():
            text = path.read_text(encoding="utf-8")
            whole = text[: text.rfind("\n") + 1]
            path.write_text(whole, encoding="utf-8")
            lines = map(json.loads, whole.splitlines())
            self.lines = [line for line in lines if line.get("folds", folds) == folds]

    def add(self, line: dict[str, Any]) -> None:
        line["folds"] = self.folds
        self.lines.append(line)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        about = {key: value for key, value in line.items() if key != "answers"}
        print(json.dumps(about), file=sys.stderr)

    def answers(self, row: str) -> dict[int, list[Said]]:
        """The answers of a row by fold, in the order of the forms."""
        return {
            line["fold"]: [Said(*each) for each in line["answers"]]
            for line in self.lines
            if line["row"] == row and "answers" in line
        }

    def tried(self, row: str) -> dict[float, float]:
        """How much was right with each learning rate that was tried for a row."""
        return {
            line["rate"]: line["right"]
            for line in self.lines
            if line["row"] == row and "rate" in line
        }


def prepared(forms: list[AnnotatedForm], tokenizer: Any) -> Data:
    """The forms as examples."""
    form_types = sorted({form.type for form in forms})
    field_types = sorted({type_ for form in forms for _, type_ in form.fields or ()})
    pages: dict[Path, list[Any]] = {}
    learnt, asked = [], []
    for form in forms:
        if form.page not in pages:
            pages[form.page] = forms_of(form.page.read_bytes())
        text = form_text(pages[form.page][form.number])
        if form.fields is None:
            labels = np.full(len(text.fields), NO_TYPE, np.int64)
        else:
            labels = np.array([field_types.index(type_) for _, type_ in form.fields], np.int64)
        for examples, longest in ((learnt, LONGEST), (asked, LONGEST_ASKED)):
            tokens = tokenized(text, tokenizer, usual=USUAL, longest=longest)
            examples.append(FormExample(tokens, form_types.index(form.type), labels))
    return Data(forms, form_types, field_types, learnt, asked)


class Network(NamedTuple):
    """HTML-T5 from a preset or a checkpoint, fitted anew for every fold."""

    start: str
    changes: str
    tokenizer: Any
    data: Data
    bfloat16: bool

    def fitted(self, train: Any, test: Any, rate: float, epochs: int) -> tuple[list[Said], float]:
        """What it says of the test forms, and the processor's seconds that it took."""
        optimizer = OptimizerConfig(
            learning_rate=rate, final_learning_rate=0.0, warmup_steps=30, weight_decay=1e-4
        )
        config = FitConfig(optimizer=optimizer, epochs=epochs, bfloat16=self.bfloat16)
        data, began = self.data, time.process_time()
        encoder = starting_model(self.start, self.tokenizer, self.changes).encoder
        model = FormClassifier(encoder, len(data.form_types), len(data.field_types))
        fit(model, [data.learnt[i] for i in train], config)
        said = [
            Said(
                data.form_types[one.type],
                [None if name is None else data.field_types[name] for name in one.fields],
            )
            for one in answers(model, [data.asked[i] for i in test], config)
        ]
        return said, time.process_time() - began


def choose(row: str, network: Network, epochs: int, done: Done) -> float:
    """The learning rate that is best on some sites of the first fold's training part."""
    forms = network.data.forms
    first = np.array([number for number, form in enumerate(forms) if form.fold])
    sites = sorted({forms[i].site for i in first})
    held_out = set(np.random.default_rng(0).permutation(sites)[::INNER].tolist())
    inner = np.array([forms[i].site in held_out for i in first])
    truth = [forms[i] for i in first[inner]]
    for rate in RATES:
        if rate in done.tried(row):
            continue
        said, seconds = network.fitted(first[~inner], first[inner], rate, epochs)
        counts = counts_of(truth, said, site_numbers(truth))
        of_forms, of_fields = (float(accuracy(table.sum(0))) for table in counts[:2])
        right = {"forms": of_forms, "fields": of_fields, "right": (of_forms + of_fields) / 2}
        done.add({"row": row, "rate": rate, **right, "epochs": epochs, "seconds": seconds})
    tried = done.tried(row)
    return max(RATES, key=lambda rate: tried[rate])


def train(row: str, network: Network, given: argparse.Namespace, done: Done) -> None:
    """Chooses the learning rate, then fits and asks on every fold, but for what is done."""
    rate = choose(row, network, given.trial_epochs, done)
    folds = np.array([form.fold for form in network.data.forms])
    for fold in sorted(set(range(given.folds)) - set(done.answers(row))):
        rest, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        said, seconds = network.fitted(rest, test, rate, given.epochs)
        made = {"learning_rate": rate, "epochs": given.epochs}
        made |= {"start": network.start, "changes": network.changes}
        done.add({"row": row, "fold": fold, **made, "seconds": seconds, "answers": said})


def site_numbers(forms: Sequence[AnnotatedForm]) -> dict[str, int]:
    return {site: number for number, site in enumerate(sorted({form.site for form in forms}))}


def counts_of(
    forms: Sequence[AnnotatedForm], said: Sequence[Said], sites: dict[str, int]
) -> tuple[Any, Any, Any]:
    """What was said beside what is true, by site: of forms, of fields, of forms' fields together.

    A field that was not seen is said to be what most fields are.
    """
    form_types = sorted({form.type for form in forms} | {one.type for one in said})
    named = Counter(type_ for form in forms for _, type_ in form.fields or ())
    usual = named.most_common(1)[0][0]
    field_types = sorted({*named, *(type_ for one in said for type_ in one.fields if type_)})
    of_forms, of_fields, of_whole = [], [], []
    for form, one in zip(forms, said, strict=True):
        site = sites[form.site]
        of_forms.append(Told(site, form_types.index(form.type), form_types.index(one.type)))
        if form.fields is None:
            continue
        pairs = [
            (field_types.index(true), field_types.index(told or usual))
            for (_, true), told in zip(form.fields, one.fields, strict=True)
        ]
        of_fields += [Told(site, true, told) for true, told in pairs]
        of_whole.append((site, [true == told for true, told in pairs]))
    return (
        confusion(of_forms, len(sites), len(form_types)),
        confusion(of_fields, len(sites), len(field_types)),
        whole_forms(of_whole, len(sites)),
    )


def print_tables(forms: list[AnnotatedForm], done: Done) -> None:
    """The figures on the folds that all rows with any answers have."""
    rows = {row: found for row in ROWS if (found := done.answers(row))}
    if not rows:
        return
    folds = sorted(set.intersection(*(set(found) for found in rows.values())))
    chosen = [form for fold in folds for form in forms if form.fold == fold]
    sites = site_numbers(chosen)
    draws = Resamples.draw(len(sites)).weights
    counts = {
        row: counts_of(chosen, [one for fold in folds for one in found[fold]], sites)
        for row, found in rows.items()
    }
    fields = sum(len(form.fields or ()) for form in chosen)
    print(
        f"{len(chosen):,} forms with {fields:,} fields of {len(sites)} sites, "
        f"folds {', '.join(map(str, folds))}\n"
    )
    measures: list[tuple[str, int, Callable[[Any], Any]]] = [
        ("forms right", 0, accuracy),
        ("macro-F1", 0, macro_f1),
        ("weighted F1", 0, weighted_f1),
        ("fields right", 1, accuracy),
        ("macro-F1", 1, macro_f1),
        ("weighted F1", 1, weighted_f1),
        ("all fields of a form right", 2, lambda counts: counts[..., 1] / counts.sum(-1)),
    ]
    print("| | " + " | ".join(name for name, _, _ in measures) + " | CPU s a fold |")
    print("|---|" + "---|" * len(measures) + "---:|")
    drawn = {
        row: [of(np.tensordot(draws, found[which], 1)) for _, which, of in measures]
        for row, found in counts.items()
    }
    for row, values in drawn.items():
        seconds = [line["seconds"] for line in done.lines if line["row"] == row and "fold" in line]
        cells = [shown(interval(value)) for value in values]
        print(f"| {row} | " + " | ".join(cells) + f" | {np.mean(seconds):.0f} |")
    for one, other in (("pretrained", "scratch"), ("pretrained", "formasaurus")):
        if one in drawn and other in drawn:
            pairs = zip(drawn[one], drawn[other], strict=True)
            cells = [shown(interval(a - b)) for a, b in pairs]
            print(f"| {one} − {other} | " + " | ".join(cells) + " | |")
    print("\nIntervals: 95%, sites drawn again 2,000 times; Wilson's, forms as if independent:\n")
    for row, (of_forms, _, _) in counts.items():
        total = of_forms.sum(0)
        one = wilson(int(np.trace(total)), int(total.sum()))
        print(f"- {row}: {one.mean:.1%} ({one.low:.1%} to {one.high:.1%}) of forms")
    for which, title in ((0, "form"), (1, "field")):
        print_classes(title, chosen, {row: found[which].sum(0) for row, found in counts.items()})


def shown(value: Interval | None) -> str:
    if value is None:
        return "–"
    if value.low is None or value.high is None:
        return f"{100 * value.value:.1f}"
    return f"{100 * value.value:.1f} ({100 * value.low:.1f}, {100 * value.high:.1f})"


def print_classes(title: str, forms: Sequence[AnnotatedForm], counts: dict[str, Any]) -> None:
    """F1 of each class, the most frequent first."""
    if title == "form":
        often = Counter(form.type for form in forms)
    else:
        often = Counter(type_ for form in forms for _, type_ in form.fields or ())
    names = sorted(often)
    print(f"\n| {title} type | number | " + " | ".join(f"F1, {row}" for row in counts) + " |")
    print("|---|---:|" + "---:|" * len(counts))
    found = {row: f1(table) for row, table in counts.items()}
    for name, number in often.most_common():
        cells = [f"{values[names.index(name)]:.2f}" for values in found.values()]
        print(f"| {name} | {number} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
