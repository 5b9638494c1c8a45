"""One record of WebGUM's kind: the names its fields go by, and its action in our grammar.

The layout of the published episodes is not documented, so that the usual names are all read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from webagents.actions import parse
from webagents.data.importing.records import Dropped
from webagents.errors import ActionError

Fields = Mapping[str, Any]

_INSTRUCTION = ("instruction", "goal", "utterance", "task_instruction", "query", "intent")
_HTML = ("html", "dom", "page", "observation", "obs", "state", "html_text", "page_html")
_ACTION = ("action", "output", "target", "label", "response", "action_text", "action_dict")
_KIND = ("action_type", "type", "name", "function")
_REF = ("ref", "element", "element_id", "element_ref", "selector", "data_ref")
_TEXT = ("typed_text", "text", "value", "content")
_HISTORY = ("history", "previous_actions", "action_history", "prev_actions", "past_actions")
_EPISODE = ("episode_id", "episode", "trajectory_id", "traj_id", "demo_id", "uid")
_TASK = ("task", "task_name", "env", "env_name", "environment", "subdomain", "task_id")
_PLACE = ("step", "step_id", "timestep", "time_step", "t", "turn")
_REWARD = ("raw_reward", "reward", "score", "success")
_DONE = ("done", "terminated", "is_last", "last")
_STEPS = ("steps", "trajectory", "turns", "transitions", "demonstration", "episode", "data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One step as it was recorded.

    action: in our grammar.
    history: how many actions came before, None where the record does not say.
    place: its number in the episode, from 0 or 1, None where the record does not say.
    episode, task: "" where the record does not say; reward, done, seed: None.
    problem: why it cannot be taken; what is known of it is there all the same.
    """

    instruction: str = ""
    html: str = ""
    action: str = ""
    history: int | None = None
    place: int | None = None
    episode: str = ""
    task: str = ""
    reward: float | None = None
    done: bool | None = None
    seed: int | None = None
    problem: Dropped | None = None


def steps_of(record: object) -> list[Fields] | None:
    """The steps of a record that is a whole episode, what they share put into each; else None.

    They are a list of records, or lists side by side: one of pages and one of actions.
    """
    if not isinstance(record, dict):
        return None
    for name in _STEPS:
        steps = record.get(name)
        if isinstance(steps, list) and steps and all(isinstance(step, dict) for step in steps):
            shared = {key: value for key, value in record.items() if key != name}
            ending = {key: shared.pop(key) for key in (*_REWARD, *_DONE) if key in shared}
            merged: list[Fields] = [{**shared, **step} for step in steps]
            merged[-1] = {**ending, **merged[-1]}
            return merged
    pages, actions = _first(record, _HTML), _first(record, (*_ACTION, "actions"))
    if isinstance(pages, list) and isinstance(actions, list) and len(pages) == len(actions):
        shared = {k: v for k, v in record.items() if not isinstance(v, list)}
        return [{**shared, "html": h, "action": a} for h, a in zip(pages, actions, strict=True)]
    return None


def move_of(record: object) -> Move:
    """The step that a record holds; one that cannot be taken has a `problem`."""
    if isinstance(record, Dropped):
        return Move(problem=record)
    if not isinstance(record, dict):
        return Move(problem=Dropped("not a record", type(record).__name__))
    instruction, html = _first(record, _INSTRUCTION), _first(record, _HTML)
    if isinstance(html, dict):
        html = _first(html, _HTML)
    done = _first(record, _DONE)
    move = Move(
        instruction=instruction.strip() if isinstance(instruction, str) else "",
        html=html if isinstance(html, str) else "",
        history=_history(_first(record, _HISTORY)),
        place=_whole(_first(record, _PLACE)),
        episode=_name(_first(record, _EPISODE)),
        task=_name(_first(record, _TASK)),
        reward=_number(_first(record, _REWARD)),
        done=bool(done) if isinstance(done, bool | int) else None,
        seed=_whole(record.get("seed")),
    )
    try:
        if not move.instruction:
            raise Dropped("no instruction", ", ".join(record))
        if not move.html.strip():
            raise Dropped("no html", ", ".join(record))
        return replace(move, action=_action(record, move.html))
    except Dropped as problem:
        return replace(move, problem=problem)


def _action(record: Fields, html: str) -> str:
    """The record's action in our grammar, checked against the page.

    Raises:
        Dropped: it has none that can be read, or its element is not there.
    """
    given = _first(record, _ACTION)
    if isinstance(given, dict):
        text = _as_dict(given)
    elif isinstance(given, str) and re.fullmatch(r"\s*\w+\s*", given):
        text = _as_dict({**record, "action": given.strip()})
    elif isinstance(given, str):
        text = given
    elif _first(record, _KIND) is not None and _first(record, _REF) is not None:
        text = _as_dict(record)
    else:
        raise Dropped("no action", ", ".join(record))
    try:
        action = parse(text)
    except ActionError as error:
        raise Dropped("not in our grammar", str(error)) from error
    ref = action.arguments.get("ref")
    if ref is not None and not re.search(rf"""\bref\s*=\s*["']?{ref}["'\s/>]""", html):
        raise Dropped("action on no element", action.text)
    return action.text


def _as_dict(given: Fields) -> str:
    """The action in WebGUM's form, as JSON."""
    name = given.get("action") or _first(given, _KIND)
    said = {"action": str(name).lower(), "ref": _first(given, _REF)}
    text = _first(given, _TEXT)
    if text is not None:
        said["typed_text"] = str(text)
    return orjson.dumps({key: value for key, value in said.items() if value is not None}).decode()


def _history(value: object) -> int | None:
    """How many actions a history holds, written as a list or as text with one dict or call each."""
    if isinstance(value, str):
        return len(re.findall(r"""\{\s*['"]action['"]|\b[a-z_]+\(""", value))
    return len(value) if isinstance(value, Sequence) else None


def _first(record: Fields, names: Sequence[str]) -> Any:
    return next((record[name] for name in names if record.get(name) is not None), None)


def _name(value: object) -> str:
    return str(value) if isinstance(value, str | int) else ""


def _whole(value: object) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and isinstance(value, int) and abs(value) < 2**63 else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, bool | int | float) else None
