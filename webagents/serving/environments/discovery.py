"""What a server tells of itself: tasks, sets, settings, schemas; OpenEnv's routes for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, HTTPException, Request

from webagents import __version__
from webagents.envs.catalogue import named_sets, select
from webagents.envs.remote import wire
from webagents.errors import UnknownTask, UserError, clipped
from webagents.provenance import current_versions
from webagents.serving.environments import requests
from webagents.serving.environments.house import House
from webagents.serving.environments.session import told_of
from webagents.serving.environments.settings import listed
from webagents.types import TaskSpec

NAME = "webagents"
DESCRIPTION = (
    "Real browser pages as exactly repeatable environments: MiniWoB++, CompWoB, WebShop and three "
    "websites. The same task, seed and actions give the same observations and rewards."
)
_ALL = "all"


def routes(house: House) -> APIRouter:
    """The routes."""
    router = APIRouter()
    tasks = house.tasks

    @router.get("/tasks", tags=["Tasks"])
    async def every_task(select: str = "") -> dict[str, Any]:
        """The tasks that are served, or those of `select`: ids, sets and globs, by comma."""
        found = chosen(tasks, select) if select else list(tasks.values())
        return {"tasks": [told_of(spec) for spec in found], "sets": sets_of(tasks)}

    @router.get("/tasks/{task}", tags=["Tasks"])
    async def one_task(task: str) -> dict[str, Any]:
        """A task, and the settings with which it can be played."""
        found = chosen(tasks, task)
        if len(found) != 1:
            raise UnknownTask(f"{clipped(task)} names {len(found)} tasks")
        return {**told_of(found[0]), "settings": listed(found[0].id)}

    @router.get("/metadata", tags=["Environment Info"])
    async def metadata() -> dict[str, Any]:
        """What this server is."""
        return {"name": NAME, "description": DESCRIPTION, "version": __version__}

    @router.get("/versions", tags=["Environment Info"])
    async def versions() -> dict[str, str]:
        """The versions that results depend on, as reports have them."""
        return current_versions(house.browser)

    @router.get("/schema", tags=["Schema"])
    async def schema() -> dict[str, Any]:
        """The JSON schemas of actions, observations and states."""
        return {
            "action": requests.Step.model_json_schema(),
            "observation": requests.Observation.model_json_schema(),
            "state": requests.State.model_json_schema(),
        }

    @router.get("/list_environments", tags=["Task API"])
    async def list_environments() -> list[str]:
        """The name under which the tasks are listed."""
        return [NAME]

    @router.get("/{name}/splits", tags=["Task API"])
    async def splits(name: str) -> list[dict[str, str]]:
        """The sets of tasks, as OpenEnv's splits."""
        _same(name)
        return [{"name": each, "type": "test"} for each in (_ALL, *sets_of(tasks))]

    @router.post("/{name}/{what}", tags=["Task API"])
    async def of_split(name: str, what: str, request: Request) -> dict[str, Any]:
        """OpenEnv's ``tasks``, ``num_tasks``, ``task`` and ``task_range`` of a split."""
        _same(name)
        asked = wire.read(await request.body() or b"{}")
        ids = _split(tasks, asked.get("split"))
        told = [told_of(tasks[each]) for each in ids]
        match what:
            case "tasks":
                return {"tasks": told, "env_name": NAME}
            case "num_tasks":
                return {"num_tasks": len(told)}
            case "task":
                index = _whole("index", asked.get("index"))
                if not 0 <= index < len(told):
                    raise UserError(f"index={index} is not between 0 and {len(told) - 1}")
                return {"task": told[index]}
            case "task_range":
                ends = [asked.get("start"), asked.get("stop")]
                start, stop = (None if each is None else _whole("range", each) for each in ends)
                return {"tasks": told[start:stop]}
        raise HTTPException(404, f"no {clipped(what)} of {NAME}")

    return router


def chosen(tasks: Mapping[str, TaskSpec], words: str) -> list[TaskSpec]:
    """The tasks of a selection: ids, sets and globs, by comma.

    Raises:
        UnknownTask: there is none.
    """
    if len(words) > requests.MOST_NAME:
        raise UnknownTask(f"{clipped(words)} is no task")
    found = [spec for spec in select(words) if spec.id in tasks]
    if not found:
        raise UnknownTask(f"no task {clipped(words)} here; GET /tasks lists what is served")
    return found


def sets_of(tasks: Mapping[str, TaskSpec]) -> dict[str, list[str]]:
    """The named sets, of each what is served; none that is empty."""
    here = {name: [each for each in ids if each in tasks] for name, ids in named_sets().items()}
    return {name: ids for name, ids in here.items() if ids}


def _split(tasks: Mapping[str, TaskSpec], name: Any) -> list[str]:
    sets = {_ALL: list(tasks), **sets_of(tasks)}
    if not isinstance(name, str) or name not in sets:
        raise UserError(f"no split {clipped(name)}; the splits are {', '.join(sets)}")
    return sets[name]


def _same(name: str) -> None:
    if name.lower() != NAME:
        raise HTTPException(404, f"no environment {clipped(name)}; there is {NAME}")


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UserError(f"{name}={clipped(value)} is no whole number")
    return value
