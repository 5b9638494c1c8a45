"""Small visits with plans and programs: a word is typed, and its button pressed, wherever it is."""

import random
from dataclasses import replace
from pathlib import Path

from tests.data.demos import dataset
from webagents.data import Demonstration
from webagents.planners.statements import Statement, program_of
from webagents.types import Episode, Observation, Step

TASK = "t.press"
WORDS = ("blue", "green", "red", "white")


def page(order: list[str], value: str = "") -> str:
    """A field, and a button for each word."""
    buttons = "".join(f'<button ref="{n}">{word}</button>' for n, word in enumerate(order, 3))
    return f'<body ref="1"><input ref="2" id="field" value="{value}">{buttons}</body>'


def begin(seed: int) -> Episode:
    """A visit that begins."""
    order = random.Random(seed).sample(WORDS, len(WORDS))
    seen = Observation(instruction=f"Enter {order[seed % 4]} and press it.", html=page(order))
    return Episode(task=TASK, seed=seed, observation=seen)


def after(episode: Episode, action: str, notes: dict) -> Episode:
    """The visit after an action: right ones fill in the field, and end it."""
    word = episode.observation.instruction.split()[1]
    order = random.Random(episode.seed).sample(WORDS, len(WORDS))
    typed = action == f"type('2', '{word}')" or 'value=""' not in episode.observation.html
    won = typed and action == f"click('{order.index(word) + 3}')"
    seen = replace(episode.observation, html=page(order, word if typed else ""))
    step = Step(
        observation=episode.observation,
        action=action,
        reward=float(won),
        terminated=won or len(episode.steps) == 3,
        notes=notes,
    )
    return episode.extended(step, seen, {"success": won})


def visit(seed: int) -> Episode:
    """A whole visit, as a scripted planner and writer note it."""
    episode = begin(seed)
    word = episode.observation.instruction.split()[1]
    button = episode.observation.html.partition(f'">{word}<')[0].rpartition('"')[2]
    for plan, statement, action in (
        (f"Type {word} into the field", Statement("fill", "2", word), f"type('2', '{word}')"),
        (f"Press the button {word}", Statement("click", button), f"click('{button}')"),
    ):
        notes = {
            "program": program_of([statement], episode.observation.html),
            "plan": plan,
            "refs": [statement.ref],
            "statements": [list(statement)],
        }
        episode = after(episode, action, notes)
    return episode


def visits(folder: Path, seeds: range) -> Path:
    """A dataset of visits."""
    return dataset(folder, [Demonstration.of(visit(seed), "scripted") for seed in seeds])
