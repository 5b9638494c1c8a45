"""Episodes of WebGUM's kind: instruction, HTML with refs, and actions such as
``{'action': 'type', 'ref': '10', 'typed_text': 'John'}``; as JSON or JSON lines.

A record is a whole episode or one step. Steps that follow one another are of one episode where they
name the same one; where they name none, as long as the instruction stays and the history grows.
Source of the form: Furuta et al. 2023, WebGUM (arXiv 2305.11854).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from webagents.data.demonstration import Demonstration
from webagents.data.importing import files
from webagents.data.importing.records import Dropped, Importer, Keep, Record
from webagents.data.importing.tasks import task_id
from webagents.data.importing.webgum_fields import Move, move_of, steps_of
from webagents.types import Episode, Observation, Step

SOURCE = "webgum"
_ENDINGS = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")

Numbered = tuple[str, Move]
"""A step and where it was found."""


def episode_files(src: Path) -> list[Path]:
    """The files that may hold records."""
    return files.found(src, _ENDINGS)


def records(path: Path, src: Path, keep: Keep) -> Iterator[Record]:
    """The episodes of a file; what is dropped is told record by record."""
    file = files.named(path, src)
    group: list[Numbered] = []
    for number, value in enumerate(files.json_values(path), start=1):
        at = f"{file}#{number}"
        steps = steps_of(value)
        whole = [(at, move_of(step)) for step in steps or ()]
        step = move_of(value)
        if group and (whole or not _continues(group, step)):
            yield from _taken(group, path, keep)
            group = []
        if whole:
            yield from _taken(whole, path, keep, own=True)
        else:
            group.append((at, step))
    if group:
        yield from _taken(group, path, keep)


def _continues(group: list[Numbered], step: Move) -> bool:
    """Whether a step belongs to the episode of those before it; one of which nothing is known does.

    A history may be cut to the latest actions, and then stays as long as it is.
    """
    if _unknown(step):
        return True
    before = next((move for _, move in reversed(group) if not _unknown(move)), None)
    if before is None:
        return False
    if before.episode or step.episode:
        return before.episode == step.episode
    if before.done or (before.instruction, before.task) != (step.instruction, step.task):
        return False
    if before.history is not None and step.history is not None:
        return step.history > before.history or step.history == before.history > 0
    if before.place is not None and step.place is not None:
        return step.place > before.place
    return before.done is not None


def _unknown(step: Move) -> bool:
    return not step.instruction and not step.episode


def _taken(group: list[Numbered], path: Path, keep: Keep, *, own: bool = False) -> Iterator[Record]:
    """The episode of these steps, or each of their records with why there is none.

    own: whether they are one record's.
    """
    try:
        yield Record(group[0][0], _demonstration(group, path, keep, own=own))
    except Dropped as why:
        if own:
            yield Record(group[0][0], None, why)
            return
        for at, step in group:
            yield Record(at, None, step.problem or Dropped(why.reason, why.detail))


def _demonstration(group: list[Numbered], path: Path, keep: Keep, *, own: bool) -> Demonstration:
    moves = [step for _, step in group]
    problem = next((step.problem for step in moves if step.problem is not None), None)
    if problem is not None:
        raise problem if own else Dropped("of a dropped episode", str(problem))
    first, last = moves[0], moves[-1]
    if not own:
        _check_whole(moves)
    told = [move.reward for move in moves if move.reward is not None]
    reward = told[-1] if told else 1.0
    if reward < 1 and keep == "successes":
        raise Dropped.failed(reward)
    at = group[0][0]
    name = f"{files.stem(at.partition('#')[0])}/{first.episode or at.partition('#')[2]}"
    steps = tuple(
        Step(
            observation=Observation(instruction=move.instruction, html=move.html),
            action=move.action,
            reward=reward if move is last else 0.0,
            terminated=move is last,
        )
        for move in moves
    )
    episode = Episode(
        task=task_id([first.task, files.stem(path.name), path.parent.name]),
        seed=-1 if first.seed is None else first.seed,  # -1: not known
        # The page after the last action is not recorded.
        observation=Observation(instruction=last.instruction, html=""),
        steps=steps,
        success=reward >= 1,
        info={"success": reward >= 1, "raw_reward": reward, "reward_told": bool(told), "file": at},
    )
    return Demonstration(id=f"{SOURCE}/{name}", source=SOURCE, episode=episode)


def _check_whole(moves: list[Move]) -> None:
    """Checks that the steps are all of an episode's, as far as they say so.

    Raises:
        Dropped: some are missing, or nothing tells.
    """
    first = moves[0]
    if not (first.episode or first.done is not None) and first.history is first.place is None:
        raise Dropped("of no episode", "no episode's id, no history, no number of the step")
    histories = [move.history for move in moves if move.history is not None]
    places = [move.place for move in moves if move.place is not None]
    gaps = any(later > earlier + 1 for earlier, later in pairwise(histories))
    gaps |= any(later != earlier + 1 for earlier, later in pairwise(places))
    if gaps or (histories and histories[0] > 0) or (places and places[0] > 1):
        raise Dropped("steps missing", f"histories {histories}, numbers {places}"[:200])


WEBGUM = Importer(
    files=episode_files,
    records=records,
    about=(
        "WebGUM episodes",
        "Episodes of language models on MiniWoB++, in WebGUM's form (Furuta et al. 2023).",
        "unknown",
    ),
)
