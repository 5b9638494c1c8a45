"""What a compact policy needs to be asked clause by clause, made from its demonstrations.

Commands: ``python -m webagents.training.imitation.clauses model MODEL DATA… --out FOLDER`` writes
a model that knows the wording of the data's instructions and has yet to learn which action is the
last; ``… short DATA… --out DATASET`` writes the episodes whose instructions end with a button, as
"and click Submit", as those of the rest of the sentence.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch

from webagents.data import Dataset, Demonstration
from webagents.data.summary import About
from webagents.data.writer import DatasetWriter
from webagents.errors import UserError, clipped
from webagents.models import load_model, make_model
from webagents.models.pointer import PointerT5
from webagents.policies.clauses import narrowed
from webagents.prompt import before
from webagents.slots.clauses import Wording
from webagents.types import Episode

MARK = "/short"
"""What the ids of shortened episodes end with."""


def wording_of(data: Sequence[Path]) -> Wording:
    """The wording of all episodes' instructions."""
    return Wording.of(
        text
        for folder in data
        for batch in Dataset(folder).batches(columns=["instruction", "step"])
        for text, step in zip(*(column.to_pylist() for column in batch.columns), strict=True)
        if step == 0
    )


def with_wording(model: PointerT5, wording: Wording) -> PointerT5:
    """The same model, asked clause by clause: what tells last actions has random weights.

    Raises:
        UserError: it has a wording already.
    """
    if model.config.wording:
        raise UserError("the model is asked clause by clause already")
    known = {name: list(words) for name, words in asdict(wording).items()}
    torch.manual_seed(0)
    made = make_model(type(model.config)(**{**model.config.to_dict(), "wording": known}))
    made.load_state_dict(model.state_dict(), strict=False)
    assert isinstance(made, PointerT5)
    made.to(model.dtype)
    return made


def shortened(episode: Episode, wording: Wording) -> Episode | None:
    """A successful episode without its last action, the one that its instruction ends with.

    None where the instruction ends otherwise, or nothing would be left.
    """
    clause = wording.shortened(episode.observation.instruction)
    if clause is None or not episode.success or len(episode.steps) < 2:
        return None
    asked = [before(episode, place) for place in range(len(episode.steps))]
    seen = [narrowed(one, clause, one.steps).observation for one in asked]
    steps = [
        replace(step, observation=told)
        for step, told in zip(episode.steps[:-1], seen, strict=False)
    ]
    return replace(episode, observation=seen[-1], steps=tuple(steps))


def write_short(data: Sequence[Path], out: Path, *, every: int = 1) -> int:
    """Writes a dataset of shortened episodes; gives how many there are.

    every: of how many episodes that can be shortened one is.
    """
    wording = wording_of(data)
    about = About(
        title="Shortened episodes",
        origin="Episodes of "
        + ", ".join(str(folder) for folder in data)
        + " without the button that their instructions end with.",
    )
    with DatasetWriter(out, about) as writer:
        for demonstration in _shortened(data, wording, every):
            writer.add(demonstration)
        return len(writer.ids)


def _shortened(data: Sequence[Path], wording: Wording, every: int) -> Iterator[Demonstration]:
    number = 0
    for folder in data:
        for one in Dataset(folder).demonstrations(pictures=None):
            episode = shortened(one.episode, wording)
            number += episode is not None
            if episode is not None and number % every == 0:
                yield replace(one, id=one.id + MARK, episode=episode)


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the one or the other."""
    parser = argparse.ArgumentParser(
        prog="python -m webagents.training.imitation.clauses", description=__doc__
    )
    kinds = parser.add_subparsers(dest="kind", required=True)
    model, short = kinds.add_parser("model"), kinds.add_parser("short")
    model.add_argument("model", type=Path, help="a compact policy's folder, or its model's")
    for kind in (model, short):
        kind.add_argument("data", type=Path, nargs="+", help="datasets")
        kind.add_argument("--out", type=Path, required=True, help="a new folder")
    short.add_argument("--every", type=int, default=1, help="of how many episodes one is taken")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.kind == "short":
            made = write_short(chosen.data, chosen.out, every=chosen.every)
            sys.stdout.write(f"{made} episodes\n")
        else:
            begun = load_model(chosen.model)
            if not isinstance(begun, PointerT5):
                raise UserError(f"{clipped(str(chosen.model))} is no compact policy's")
            with_wording(begun, wording_of(chosen.data)).save_pretrained(chosen.out)
            sys.stdout.write(f"{chosen.out}\n")
    except UserError as error:
        parser.error(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
