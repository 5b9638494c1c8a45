"""WebAgent's policies by name: what follows ``webagent:``."""

from __future__ import annotations

from pathlib import Path

from webagents.errors import UnknownPolicy, UserError, clipped
from webagents.planners.commissions import LanguageWriter, Writer
from webagents.planners.compact import CompactPlanner, CompactWriter, Kind, Part
from webagents.planners.language import load_language
from webagents.planners.plan import ROWS, Planner, Row
from webagents.planners.settings import LanguageSettings
from webagents.policies.planned.programs import ProgramPolicy
from webagents.policies.planned.scripted import ScriptedPlanner, ScriptedWriter
from webagents.resources import content
from webagents.types import Policy

PLANNER, WRITER = "models/webagent-planner", "models/webagent-writer"
"""The released parts."""

SCRIPTED = "scripted"

MOST_PROGRAMS = 30
"""Of an episode: a visit takes up to fifteen, and more where some were wrong."""


def read_webagent(rest: str, how: LanguageSettings) -> Policy:
    """The policy of a planner and a writer.

    rest: ``ROW:PLANNER,WRITER``: what of a plan the writer is shown, and the folders of two parts,
        or ``scripted`` for one that does as the tasks' experts do. Each may be left out: the row
        is ``whole`` then, the parts are the released ones.
    how: with a language model it is the writer.

    Raises:
        UnknownPolicy: there is no such policy, or a part cannot be read.
    """
    called = clipped(f"webagent:{rest}".rstrip(":"))
    first, colon, more = rest.partition(":")
    row = next((each for each in ROWS if each == first), None)
    planner, comma, writer = (more if row else rest).partition(",")
    if (colon and row is None) or (comma and how.llm):
        raise UnknownPolicy(
            f"{called}: give webagent:ROW:PLANNER,WRITER, with a row of "
            f"{', '.join(ROWS)} and the folders of two parts, each of which may be left out; and "
            "no writer where a language model writes (--llm)"
        )
    row = row or "whole"
    try:
        plans = None if row == "alone" else planner_of(planner or PLANNER)
        return ProgramPolicy(
            _language_writer(how, row) if how.llm else _writer(writer or WRITER, row),
            planner=plans,
            repairs=3 if how.llm else 0,
            programs=MOST_PROGRAMS,
        )
    except UserError as error:
        raise UnknownPolicy(f"{called}: {error}") from error


def _language_writer(how: LanguageSettings, row: Row) -> Writer:
    return LanguageWriter(load_language(how), row=row)


def _writer(name: str, row: Row) -> Writer:
    if name == SCRIPTED:
        return ScriptedWriter()
    return CompactWriter(Part.read(_folder(name, "writer"), "writer"), row)


def planner_of(name: str) -> Planner:
    """The planner of a folder, a released one, or the scripted one.

    Raises:
        UserError: there is none.
    """
    if name == SCRIPTED:
        return ScriptedPlanner()
    return CompactPlanner(Part.read(_folder(name, "planner"), "planner"))


def _folder(name: str, kind: Kind) -> Path:
    """A folder of the user's own, else one that was released.

    Raises:
        UserError: there is neither.
    """
    if Path(name).is_dir():
        return Path(name)
    try:
        return content(name)
    except FileNotFoundError as error:
        raise UserError(
            f"there is no {kind} {clipped(name)}; give the folder of one that webagents train-part "
            f"made, or leave it out for the released one (rows are {', '.join(ROWS)})"
        ) from error
