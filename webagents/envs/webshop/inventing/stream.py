"""The made-up catalogue as a stream: any number of products, in little memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.webshop.inventing.instructions import ask, ask_plainly
from webagents.envs.webshop.inventing.lines import Line, start_line
from webagents.envs.webshop.inventing.rows import make_product
from webagents.envs.webshop.inventing.vocabulary import vocabulary

SEED = 7
"""The seed of the bundled catalogue."""
PRODUCTS = 3000
"""The number of products of the bundled catalogue."""

ASKED = (0, 1, 1, 1, 1, 2, 2, 2, 2)
"""How often a product is asked for, each as likely as the others."""

_DIGITS = "0123456789ABCDEFGHJKLMNPQRSTUVWX"  # 32 signs
_NUMBERS = 32**8
_STRIDE = 0x5DEECE66D  # odd, so that multiples of it modulo a power of two do not repeat


class Invented(NamedTuple):
    """One product and what is asked about it, in the original's three shapes.

    row: its row of ``items_shuffle.json``.
    entry: its entry of ``items_ins_v2.json``: attributes, and mostly a synthetic instruction.
    asked: its human instructions, for ``items_human_ins.json``; few products have none.
    """

    row: dict[str, Any]
    entry: dict[str, Any]
    asked: list[dict[str, Any]]


def invent(products: int = PRODUCTS, seed: int = SEED) -> Iterator[Invented]:
    """Made-up products, every type equally often; the first ones are the same for any number."""
    words = vocabulary()
    dice = Dice(f"webshop {seed}")
    lines: dict[str, Line] = {}
    round_: list[Any] = []
    for index in range(products):
        if not round_:
            round_ = dice.some(words.types, len(words.types))
        kind = round_.pop()
        line = lines.get(kind.name)
        if line is None or not line.left:
            line = start_line(kind, words.wordings.lines, words.rivals, dice)
            lines[kind.name] = line
        line.left -= 1
        made = make_product(line, asin(index, seed), words, dice)
        entry = ask_plainly(made, dice)
        asked = [ask(made, words.wordings, dice) for _ in range(dice.pick(ASKED))]
        yield Invented(made.row, entry, asked)


def asin(index: int, seed: int) -> str:
    """The product number of the product at an index: "B0" and eight signs, no two alike.

    Different for every index below 32**8.
    """
    number = (index * _STRIDE + seed * 0x9E3779B97F + 0x1234567) % _NUMBERS
    signs = []
    for _ in range(8):
        number, rest = divmod(number, 32)
        signs.append(_DIGITS[rest])
    return "B0" + "".join(reversed(signs))
