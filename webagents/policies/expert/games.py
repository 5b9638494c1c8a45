"""Noughts and crosses, played for the best chance to win against MiniWoB's half-random opponent.

A board is a text of nine squares, row by row: ``x`` ours, ``o`` the opponent's, ``.`` free.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from webagents.html import Element
from webagents.policies.expert.sight import Experts, Sight, click, wait

_ROWS = ((0, 1, 2), (3, 4, 5), (6, 7, 8))
_COLUMNS = ((0, 3, 6), (1, 4, 7), (2, 5, 8))
_DIAGONALS = ((0, 4, 8), (2, 4, 6))
_LINES = (*_ROWS, *_COLUMNS, *_DIAGONALS)

# How often the opponent does not look, and which square completing which line it sees first.
# Source: miniwob 1.1.0, tic-tac-toe.html, RANDOM_CHANCE and determineSpace.
_CARELESS = 0.55
_NOTICED = (
    *((square, column) for column in reversed(_COLUMNS) for square in column),
    *((square, diagonal) for diagonal in _DIAGONALS for square in diagonal),
    *((row[place], row) for place in (2, 1, 0) for row in _ROWS),
)

_ALIKE = 1e-9  # chances closer than this are the same but for rounding


def best_square(sight: Sight) -> str:
    """Marks the square after which a win is likeliest."""
    squares = [square for row in sight.all("div", class_="ttt-row") for square in row.iter("span")]
    board = "".join(map(_mark, squares))
    if len(board) != 9 or "." not in board:
        return wait()
    chances = {square: chance_after(_with(board, square, "x")) for square in _free(board)}
    best = max(chances.values())
    equal = [square for square, chance in chances.items() if chance > best - _ALIKE]
    return click(squares[sight.shuffled(equal, key=str)[0]])


def _mark(square: Element) -> str:
    classes = (square.get("class") or "").split()
    return "x" if "mark-x" in classes else "o" if "mark-o" in classes else "."


@cache
def chance_after(board: str) -> float:
    """The chance that we win when it is the opponent's turn and we play at our best."""
    if _won(board, "x"):
        return 1.0
    if "." not in board:
        return 0.0
    return sum(chance * _chance(_with(board, it, "o")) for it, chance in _answers(board))


@cache
def _chance(board: str) -> float:
    """The same when it is our turn."""
    if _won(board, "o"):
        return 0.0
    return max((chance_after(_with(board, it, "x")) for it in _free(board)), default=0.0)


def _answers(board: str) -> Iterator[tuple[int, float]]:
    """The opponent's next squares, each with its chance; a square may come twice."""
    free = _free(board)
    noticed = _noticed(board)
    careless = 1.0 if noticed is None else _CARELESS
    yield from ((square, careless / len(free)) for square in free)
    if noticed is not None:
        yield noticed, 1.0 - careless


def _noticed(board: str) -> int | None:
    """The square with which the opponent wins, or else keeps us from winning."""
    for player in "ox":
        for square, line in _NOTICED:
            others = [board[it] for it in line if it != square]
            if board[square] == "." and others == [player, player]:
                return square
    return None


def _free(board: str) -> list[int]:
    return [square for square, mark in enumerate(board) if mark == "."]


def _with(board: str, square: int, mark: str) -> str:
    return board[:square] + mark + board[square + 1 :]


def _won(board: str, player: str) -> bool:
    return any(all(board[square] == player for square in line) for line in _LINES)


EXPERTS: Experts = {
    "miniwob.tic-tac-toe": best_square,
}
