"""What is said of the slots of a batch, and how they are linked, each thing computed once.

Pages say the same again and again: a batch has a third as many different facts as facts. Sums are
written as indices into a table with the offset of each sum, as `torch.nn.EmbeddingBag` takes them.

Legend: Q slots of the batch, F, N, L facts, numbers and links of all prompts, U and M different
facts and numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webagents.slots.records import Link, Slots

Array = NDArray[Any]


def bags_of(asked: Sequence[Slots], width: int) -> dict[str, Array]:
    """What is said of each slot.

    width: slots of a prompt, padding included.

    Gives ``facts`` (U, 3): name, piece, place; ``numbers`` (M, 2): name, place, and their
    ``values`` (M,); ``said`` (F + N,): indices into the former followed by the latter, slot by
    slot; and ``bags`` (Q + 1,): where those of each slot begin, and the end.
    """
    facts = moved([slots.facts for slots in asked], width, (0,))
    numbers = moved([slots.numbers for slots in asked], width, (0,))
    values = np.concatenate([slots.values for slots in asked])
    fact, which = _different(facts[:, 1:])
    bits = values.view(np.int32).astype(np.int64)
    number, which_number = _different(np.column_stack([numbers[:, 1:], bits]))
    slot = np.concatenate([facts[:, 0], numbers[:, 0]])
    order = np.argsort(slot, kind="stable")
    return {
        "facts": facts[fact, 1:],
        "numbers": numbers[number, 1:],
        "values": values[number],
        "said": np.concatenate([which, len(fact) + which_number])[order],
        "bags": _ends(slot, len(asked) * width),
    }


def links_of(asked: Sequence[Slots], width: int) -> dict[str, Array]:
    """How slots are linked.

    width: slots of a prompt, padding included.

    Gives ``links`` (L, 3), by type; ``link_counts`` (types,); ``heard`` (L,): the numbers of the
    links, target by target; ``hearers`` (Q + 1,): where those of each target begin, and the end;
    and ``loudness`` (L,), in the order of ``heard``: 1 / sqrt(links of the same type and target).
    """
    links = moved([slots.links for slots in asked], width, (1, 2))
    links = links[np.argsort(links[:, 0], kind="stable")]
    slots = len(asked) * width
    same = links[:, 0] * slots + links[:, 2]
    many = np.bincount(same, minlength=len(Link) * slots)[same]
    heard = np.argsort(links[:, 2], kind="stable")
    return {
        "links": links,
        "link_counts": np.bincount(links[:, 0], minlength=len(Link)),
        "heard": heard,
        "hearers": _ends(links[:, 2], slots),
        "loudness": (1 / np.sqrt(many[heard])).astype(np.float32),
    }


def moved(tables: Sequence[NDArray[np.int32]], by: int, columns: Sequence[int]) -> Array:
    """The tables one below the other, the numbers in some columns counted through."""
    result = np.concatenate(tables).astype(np.int64)
    sizes = [len(table) for table in tables]
    offsets = np.repeat(np.arange(len(tables)) * by, sizes)
    for column in columns:
        result[:, column] += offsets
    return result


def _different(rows: Array) -> tuple[Array, Array]:
    """Where each different row is first, and which of those every row is the same as."""
    key = np.zeros(len(rows), np.int64)
    for column in rows.T:
        _, ranks = np.unique(column, return_inverse=True)
        key = key * (ranks.max(initial=0) + 1) + ranks
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    return first, which


def _ends(owners: Array, count: int) -> Array:
    """Where the things of each owner begin when they stand owner by owner, and the end."""
    ends = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(owners, minlength=count), out=ends[1:])
    return ends
