"""Games are played for the best chance, which a search over the opponent's answers gives."""

import pytest

from webagents.policies.expert import ExpertPolicy
from webagents.policies.expert.games import chance_after
from webagents.types import Episode, Observation


def page(board):
    marks = {"x": ' class="mark-x"', "o": ' class="mark-o"', ".": ""}
    squares = [f'<span ref="{n}"{marks[mark]}></span>' for n, mark in enumerate(board, 10)]
    rows = ["".join(squares[n : n + 3]) for n in (0, 3, 6)]
    return "<body>" + "".join(f'<div class="ttt-row">{row}</div>' for row in rows) + "</body>"


@pytest.mark.parametrize(
    ("board", "square"),
    [
        ("xx.oo....", "12"),  # wins rather than blocks
        ("x...oo..x", "13"),  # blocks, and threatens
    ],
)
def test_a_win_is_taken_and_a_loss_is_prevented(board, square):
    observation = Observation(instruction="Playing as 'X', win.", html=page(board))
    episode = Episode(task="miniwob.tic-tac-toe", seed=0, observation=observation)
    (decision,) = ExpertPolicy().act([episode])
    assert decision.action == f"click('{square}')"


@pytest.mark.parametrize(
    ("board", "chance"),
    [
        ("xxx.oo...", 1.0),
        ("xoxxoooxx", 0.0),
        ("xx.ooxxo.", 0.55 / 2),  # careless, it takes the wrong one of two squares
    ],
)
def test_the_chance_counts_what_the_opponent_overlooks(board, chance):
    assert chance_after(board) == pytest.approx(chance)
