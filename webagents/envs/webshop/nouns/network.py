"""The noun tagger's network: four hashed tables, a mixing layer, four convolutions over neighbours.

The shape is that of spaCy's small English pipeline (Tok2Vec: MultiHashEmbed, MaxoutWindowEncoder),
at three quarters of its width and with one output, so that it can be taught to answer as that
pipeline does; `distil` trains it. The numbers are kept as bytes with a scale a row.

Legend: T tokens, H the width, P pieces of a maxout.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]


class Table(NamedTuple):
    """A table of vectors that hashes lead to: its rows, its vectors' width, its hashes' seed."""

    rows: int
    width: int
    seed: int


TABLES = (Table(5000, 64, 8), Table(1000, 16, 9), Table(2500, 48, 10), Table(2500, 24, 11))
"""Of norms, prefixes, suffixes and shapes. Rows and seeds are the teacher's: words that share a
row there share it here, and so words that were never taught still lead to what was."""

WIDTH, PIECES, DEPTH = 72, 3, 4

_ROWS = 5  # of a product at a time: 5 · 216 · 216 is just below OpenBLAS's limit for one thread


class Network:
    """Says of each token of a text whether it is a noun.

    arrays: ``table0`` to ``table3`` float32 (rows, width); for the mixing layer and each step
        ``weight`` (H·P, inputs), ``bias`` (H·P,), ``gain`` and ``shift`` (H,); ``noun`` (H,) and
        ``noun_bias`` (1,).
    """

    def __init__(self, arrays: dict[str, Floats]) -> None:
        self.tables = [arrays[f"table{n}"] for n in range(len(TABLES))]
        self.layers = [
            tuple(arrays[f"{kind}{n}"] for kind in ("weight", "bias", "gain", "shift"))
            for n in range(1 + DEPTH)
        ]
        self.noun, self.bias = arrays["noun"], arrays["noun_bias"]

    def scores(self, rows: Rows) -> Floats:
        """float32 (T,): above 0 where the token is a noun.

        rows: int (T, tables, 4), the rows of each table that the token's hashes lead to.
        """
        found = [table[rows[:, n]].sum(axis=1) for n, table in enumerate(self.tables)]
        mixed = _maxout(np.concatenate(found, axis=1), *self.layers[0])
        x = np.pad(
            mixed, ((DEPTH, DEPTH), (0, 0))
        )  # texts are taught apart by that many empty tokens
        for layer in self.layers[1:]:
            before = np.zeros_like(x)
            before[1:] = x[:-1]
            after = np.zeros_like(x)
            after[:-1] = x[1:]
            x = x + _maxout(np.concatenate([before, x, after], axis=1), *layer)
        scores: Floats = x[DEPTH:-DEPTH] @ self.noun + self.bias
        return scores


def _maxout(x: Floats, weight: Floats, bias: Floats, gain: Floats, shift: Floats) -> Floats:
    """Each unit's largest piece, then normalised over the units (layer norm), (T, H)."""
    best = (_product(x, weight) + bias).reshape(len(x), WIDTH, PIECES).max(axis=2)
    centred = best - best.mean(axis=1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-8)
    normal: Floats = centred / spread * gain + shift
    return normal


def _product(x: Floats, weight: Floats) -> Floats:
    """``x @ weight.T``, a few rows at a time, (T, outputs).

    OpenBLAS hands larger products to threads, whose waiting costs thirty times the work.
    """
    padded = np.zeros((-(-len(x) // _ROWS), _ROWS, x.shape[1]), dtype=np.float32)
    padded.reshape(-1, x.shape[1])[: len(x)] = x
    product: Floats = (padded @ weight.T).reshape(-1, len(weight))[: len(x)]
    return product


def save(path: Path, arrays: dict[str, Floats]) -> None:
    """Writes the arrays: matrices as int8 with one float16 scale a row, vectors as float16."""
    kept: dict[str, npt.NDArray[np.generic]] = {}
    for name, array in arrays.items():
        if array.ndim == 1:
            kept[name] = array.astype(np.float16)
        else:
            scale = np.maximum(np.abs(array).max(axis=1, keepdims=True) / 127, 1e-6).astype(
                np.float16
            )
            kept[name] = np.rint(array / scale.astype(np.float32)).clip(-127, 127).astype(np.int8)
            kept[f"{name}_scale"] = scale
    np.savez_compressed(path, **kept)  # type: ignore[arg-type]


def read(path: Path) -> dict[str, Floats]:
    """The arrays in the file (see `save`), by name."""
    with np.load(path) as file:
        kept = {name: file[name].astype(np.float32) for name in file.files}
    scales = {name: kept.pop(f"{name}_scale") for name in list(kept) if f"{name}_scale" in kept}
    return {name: array * scales.get(name, 1) for name, array in kept.items()}


def load(path: Path) -> Network:
    """The network in the file."""
    return Network(read(path))
