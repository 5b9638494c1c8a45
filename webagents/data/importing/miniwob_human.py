"""The public human demonstrations of MiniWoB++: mouse and key events with the pages they met.

One JSON file an episode, compressed or not, in `COLLECTION/TASK/NAME.json.gz`. Its `rawReward` is
the task's own reward, which ours is too; its `reward` was reduced with the time taken.
Source: the repository stanfordnlp/miniwob-plusplus-demos.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from webagents.actions import ACTIONS, Action
from webagents.data.demonstration import Demonstration
from webagents.data.importing import files
from webagents.data.importing.dom import Refs
from webagents.data.importing.gestures import Recording
from webagents.data.importing.moves import Move, moves
from webagents.data.importing.records import Dropped, Importer, Keep, Record
from webagents.data.importing.tasks import task_id
from webagents.errors import ActionError
from webagents.types import Episode, Observation, Step

SOURCE = "miniwob-human"
_ENDINGS = (".json", ".json.gz")


def episode_files(src: Path) -> list[Path]:
    """The files that may hold episodes."""
    return files.found(src, _ENDINGS)


def records(path: Path, src: Path, keep: Keep) -> Iterator[Record]:
    """The one episode of a file."""
    file = files.named(path, src)
    try:
        yield Record(file, demonstration(files.content(path), file, path, keep))
    except Dropped as dropped:
        yield Record(file, None, dropped)
    except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        yield Record(file, None, Dropped("not an episode", f"{type(error).__name__}: {error}"))


def demonstration(data: bytes, file: str, path: Path, keep: Keep = "successes") -> Demonstration:
    """The demonstration in a file's bytes.

    file: its relative path, which makes the id.
    path: its whole path, whose parts can name the task.

    Raises:
        Dropped: there is none to keep.
    """
    recorded = files.parsed(data)
    if not isinstance(recorded, dict) or not isinstance(recorded.get("states"), list):
        raise Dropped("not an episode", "no object with a list of states")
    instruction, fields = _utterance(recorded)
    raw, scaled = _reward(recorded.get("rawReward")), _reward(recorded.get("reward"))
    reward = raw if raw is not None else scaled
    if reward is None:
        raise Dropped("not an episode", "no reward")
    if reward < 1 and keep == "successes":
        raise Dropped.failed(reward)
    recording = Recording(recorded["states"])
    done = moves(recording, instruction)
    info = {"success": reward >= 1, "raw_reward": reward, "fields": fields, "file": file}
    if scaled is not None:
        info["reward"] = scaled
    episode = _episode(_task(path, recorded), instruction, recording, done, reward, info)
    return Demonstration(id=f"{SOURCE}/{files.stem(file)}", source=SOURCE, episode=episode)


def _episode(
    task: str,
    instruction: str,
    recording: Recording,
    done: list[Move],
    reward: float,
    info: Mapping[str, Any],
) -> Episode:
    refs = Refs()
    steps = []
    for number, move in enumerate(done):
        last = number == len(done) - 1
        page = refs.html(move.page, move.hidden, move.untouched)
        steps.append(
            Step(
                observation=Observation(instruction=instruction, html=page),
                action=_action(move, refs),
                reward=reward if last else 0.0,
                terminated=last,
                time_ms=recording.times[move.until],
                notes={"guessed": "from the instruction"} if move.guessed else {},
            )
        )
    end = Observation(instruction=instruction, html=refs.html(recording.page(len(recording) - 1)))
    return Episode(
        task=task,
        seed=-1,  # not known
        observation=end,
        steps=tuple(steps),
        success=reward >= 1,
        info=info,
    )


def _action(move: Move, refs: Refs) -> str:
    """The action's text.

    Raises:
        Dropped: it names an element that is not on the page, or does not fit the grammar.
    """
    if missing := [key for key in move.elements if key not in refs]:
        raise Dropped("action on no element", f"{move.name} on {missing[0]}")
    names = [parameter.name for parameter in ACTIONS[move.name].parameters]
    elements = dict(zip(names, (refs[key] for key in move.elements), strict=False))
    try:
        return Action(name=move.name, arguments={**elements, **move.arguments}).text
    except ActionError as error:
        raise Dropped("not in our grammar", str(error)) from error


def _utterance(recorded: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The instruction and its fields, which some recordings keep in it."""
    utterance, fields = recorded.get("utterance"), recorded.get("fields")
    if isinstance(utterance, dict):
        fields = fields or utterance.get("fields")
        utterance = utterance.get("utterance")
    if not isinstance(utterance, str) or not utterance.strip():
        raise Dropped("no instruction")
    return " ".join(utterance.split()), fields if isinstance(fields, dict) else {}


def _reward(value: object) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and isinstance(value, int | float) else None


def _task(path: Path, recorded: Mapping[str, Any]) -> str:
    """Our id of the task: the folder says it best, then the file's name, then the recording."""
    said = recorded.get("taskName")
    names = [path.parent.name, path.name.partition("_")[0], said if isinstance(said, str) else ""]
    return task_id(names)


MINIWOB_HUMAN = Importer(
    files=episode_files,
    records=records,
    about=(
        "MiniWoB++ human demonstrations",
        "What people did on MiniWoB++ (stanfordnlp/miniwob-plusplus-demos), as clean actions.",
        "unknown",
    ),
)
