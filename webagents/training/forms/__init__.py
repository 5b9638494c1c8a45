"""Telling what forms and their fields are: a test of encoders on pages that people annotated.

    text = form_text(forms_of(page)[0])
    tokens = tokenized(text, tokenizer, usual=256, longest=1024)
    model = FormClassifier(HtmlT5.from_pretrained(folder).encoder, form_types=8, field_types=48)
    fit(model, examples, FitConfig())
    answers(model, others, FitConfig())

`ElementClassifier` is of use wherever a model is to say something of elements of a page.
"""

from webagents.training.forms.annotations import AnnotatedForm, read_annotations
from webagents.training.forms.classifier import (
    ElementClassifier,
    FormClassifier,
    LayerMix,
    span_means,
)
from webagents.training.forms.examples import (
    NO_TYPE,
    Batch,
    FormExample,
    FormTokens,
    batched,
    collate,
    tokenized,
)
from webagents.training.forms.fitting import Answer, FitConfig, answers, fit
from webagents.training.forms.scores import (
    Told,
    accuracy,
    confusion,
    f1,
    macro_f1,
    weighted_f1,
    whole_forms,
)
from webagents.training.forms.texts import FormText, fields_of, form_text, forms_of

__all__ = [
    "NO_TYPE",
    "AnnotatedForm",
    "Answer",
    "Batch",
    "ElementClassifier",
    "FitConfig",
    "FormClassifier",
    "FormExample",
    "FormText",
    "FormTokens",
    "LayerMix",
    "Told",
    "accuracy",
    "answers",
    "batched",
    "collate",
    "confusion",
    "f1",
    "fields_of",
    "fit",
    "form_text",
    "forms_of",
    "macro_f1",
    "read_annotations",
    "span_means",
    "tokenized",
    "weighted_f1",
    "whole_forms",
]
