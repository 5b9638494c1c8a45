"""Formasaurus' annotations, its folds and its own classifiers' answers, for `forms.py`.

Run by a Python that has it installed (``pip install formasaurus==0.10.0``): it needs scikit-learn
and a CRF library, which webagents does not. Writes JSON lines to stdout.

    python formasaurus_worker.py annotations 20      each form with its types, site and fold
    python formasaurus_worker.py answers 20          each fold with what its classifiers say

Everything is formasaurus' own: which forms are taken (annotated, each once, types simplified), what
a site is (`get_domain`), how sites come into folds (`GroupKFold` over all forms), its models with
their hyperparameters, and, for the types of fields, form types as its classifier predicts them on
folds that it was not trained on, in training too. Its ``evaluate`` does the same, but that it deals
forms with fields out anew; here the folds of fields are those of forms.
"""

import json
import os
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from formasaurus import fieldtype_model, formtype_model
from formasaurus.classifiers import DEFAULT_DATA_PATH
from formasaurus.storage import Storage
from formasaurus.utils import get_domain
from sklearn.base import clone
from sklearn.model_selection import GroupKFold

out = os.fdopen(os.dup(1), "w")  # the lines; what libraries print goes to stderr
os.dup2(2, 1)
warnings.simplefilter("ignore")


def main() -> None:
    what, folds = sys.argv[1], int(sys.argv[2])
    forms = list(
        Storage(DEFAULT_DATA_PATH).iter_annotations(
            simplify_form_types=True, simplify_field_types=True
        )
    )
    sites = [get_domain(form.url) for form in forms]
    fold_of = np.zeros(len(forms), int)
    for fold, (_, held_out) in enumerate(GroupKFold(folds).split(forms, groups=sites)):
        fold_of[held_out] = fold
    {"annotations": annotations, "answers": answers}[what](forms, sites, fold_of)


def annotations(forms: list, sites: list, fold_of: np.ndarray) -> None:
    for form, site, fold in zip(forms, sites, fold_of, strict=True):
        fields = None
        if form.fields_annotated:
            names = [field.name for field in form.field_elems]
            fields = list(zip(names, form.field_types_full, strict=True))
        write(
            {
                "page": str(Path(DEFAULT_DATA_PATH, form.key)),
                "number": form.index,
                "site": site,
                "fold": int(fold),
                "type": form.type_full,
                "fields": fields,
            }
        )


def answers(forms: list, _: list, fold_of: np.ndarray) -> None:
    started = time.process_time()
    types = np.array([form.type for form in forms])  # short names, as the fields' model has them
    said = np.empty(len(forms), object)
    for train, test in each(fold_of):
        model = clone(formtype_model.get_model())
        model.fit([forms[i].form for i in train], types[train])
        said[test] = model.predict([forms[i].form for i in test])
    features = [
        fieldtype_model.get_form_features(form.form, type_)
        for form, type_ in zip(forms, said, strict=True)
    ]
    for fold, (train, test) in enumerate(each(fold_of)):
        known = [i for i in train if forms[i].fields_annotated]
        crf = clone(fieldtype_model.get_model(use_precise_form_types=True))
        crf.fit([features[i] for i in known], [forms[i].field_types_full for i in known])
        fields = crf.predict([features[i] for i in test])
        names = forms[0].form_schema.types_inv
        answered = [[names[said[i]], list(map(str, f))] for i, f in zip(test, fields, strict=True)]
        write({"fold": fold, "seconds": time.process_time() - started, "answers": answered})
        started = time.process_time()


def each(fold_of: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for fold in range(fold_of.max() + 1):
        yield np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)


def write(record: dict) -> None:
    out.write(json.dumps(record) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
