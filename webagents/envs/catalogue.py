"""What there is to play: every task under ``envs/``, the named sets, and the words that choose.

A folder of ``envs/`` that holds a ``tasks.toml`` (see `task_tables`) or a ``compositions.toml``
(see `compwob.compositions`) is found and read: tasks are added there, not here. So are a user's own
folders that ``$WEBAGENTS_ENVS`` names, several joined as in ``$PATH``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import MappingProxyType

from webagents.envs.compwob import compositions
from webagents.envs.task_tables import Catalogue, read_catalogue
from webagents.errors import UnknownTask, UserError, clipped
from webagents.resources import content
from webagents.types import TaskSpec

Naming = Callable[[TaskSpec], str]
"""One of the ways to write a task: its id, its Gymnasium id, or its name without the source."""


def load() -> Mapping[str, TaskSpec]:
    """Every task by id, in the order of the files; read once, then kept."""
    return everything().tasks


def named_sets() -> Mapping[str, tuple[str, ...]]:
    """Every named set ("@webgum56") as the ids of its tasks."""
    return everything().sets


def select(patterns: Iterable[str] | str) -> list[TaskSpec]:
    """The tasks that the patterns name, in that order, each once.

    patterns: comma-separated text, or several such texts. Each part is a set (``@webgum56``), a
        task's id (``miniwob.click-test``), its Gymnasium id (``webagents/miniwob.click-test-v1``),
        its name where only one source has it (``click-test``), or any of these with the wildcards
        ``*``, ``?`` and ``[...]`` (``miniwob.click-*``).

    Raises:
        UnknownTask: a part names nothing, or a bare name stands for several tasks.
    """
    texts = [patterns] if isinstance(patterns, str) else patterns
    words = [word.strip() for text in texts for word in text.split(",") if word.strip()]
    if not words:
        raise UnknownTask(f"no task named in {clipped(patterns)}; {_what_there_is()}")
    chosen = dict.fromkeys(id_ for word in words for id_ in _ids(word))
    return [spec_of(id_) for id_ in chosen]


def spec_of(id_: str) -> TaskSpec:
    """The task of an id, which may be a composition that no file lists.

    Raises:
        UnknownTask: there is none.
    """
    spec = load().get(id_) or compositions.named(id_, load())
    if spec is None:
        raise UnknownTask(_unknown(id_, "task", _spellings()))
    return spec


def bare_name(spec: TaskSpec) -> str:
    """The task's name without its source: ``click-test`` of ``miniwob.click-test``."""
    return spec.id.partition(".")[2] or spec.id


@cache
def everything() -> Catalogue:
    """All catalogues as one, which cannot be written to."""
    tasks: dict[str, TaskSpec] = {}
    sets: dict[str, tuple[str, ...]] = {}
    folders = [path for path in sorted(content("envs").iterdir()) if path.is_dir()]
    folders += _own_folders()
    readers: list[tuple[str, Callable[[Path], Catalogue]]] = [
        ("tasks.toml", lambda path: read_catalogue(path.parent)),
        ("compositions.toml", lambda path: compositions.read_compositions(path, tasks)),
    ]
    for name, read in readers:  # compositions last: they are made of the others
        for path in [folder / name for folder in folders if (folder / name).exists()]:
            catalogue = read(path)
            if twice := [*(tasks.keys() & catalogue.tasks), *(sets.keys() & catalogue.sets)]:
                raise UserError(f"{path}: {twice[0]!r} is in another catalogue already")
            tasks.update(catalogue.tasks)
            sets.update(catalogue.sets)
    return Catalogue(MappingProxyType(tasks), MappingProxyType(sets))


def _own_folders() -> list[Path]:
    folders = [
        Path(each) for each in os.environ.get("WEBAGENTS_ENVS", "").split(os.pathsep) if each
    ]
    for folder in folders:
        if not any((folder / name).exists() for name in ("tasks.toml", "compositions.toml")):
            raise UserError(f"WEBAGENTS_ENVS: no tasks.toml or compositions.toml in {folder}")
    return folders


def _ids(word: str) -> tuple[str, ...]:
    """The ids of the tasks that one word names."""
    if word.startswith("@"):
        if word not in named_sets():
            raise UnknownTask(_unknown(word, "set", named_sets()))
        return named_sets()[word]
    if word in load():
        return (word,)
    if composed := compositions.named(word, load()):
        return (composed.id,)
    by_full_name = _named(word, lambda spec: spec.id) or _named(word, lambda spec: spec.env_id)
    if by_full_name:
        return by_full_name
    by_name = _named(word, bare_name)
    sources = {id_.partition(".")[0] for id_ in by_name}
    if len(sources) > 1:
        raise UnknownTask(
            f"{clipped(word)} could be {', '.join(by_name[:6])}: write the source before the name"
        )
    if not by_name:
        raise UnknownTask(_unknown(word, "task", _spellings()))
    return by_name


def _named(word: str, naming: Naming) -> tuple[str, ...]:
    """The ids of the tasks whose name, written in that way, the word matches."""
    return tuple(spec.id for spec in load().values() if fnmatchcase(naming(spec), word))


def _spellings() -> dict[str, str]:
    """Each way to write a task, and its id."""
    tasks = load().values()
    return {name: spec.id for spec in tasks for name in (spec.env_id, bare_name(spec), spec.id)}


def _unknown(word: str, kind: str, known: Mapping[str, object]) -> str:
    """The message for a word that names nothing."""
    close = get_close_matches(word, known, n=5)
    meant = list(dict.fromkeys(name if kind == "set" else str(known[name]) for name in close))[:3]
    question = f"did you mean {' or '.join(meant)}? " if meant else ""
    return f"no {kind} {clipped(word)}; {question}{_what_there_is()}"


def _what_there_is() -> str:
    """Where the known names are found, as the end of a message."""
    return f"the sets are {', '.join(sorted(named_sets()))}; `webagents list` shows every task"
