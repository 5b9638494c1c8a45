"""The tools that a language model plays with over MCP: an episode's beginning, and every action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field

from webagents.actions.tools import called, tools
from webagents.envs.showing import Standing, begun, moved
from webagents.serving.environments import discovery, requests
from webagents.types import TaskSpec

INSTRUCTIONS = (
    "Web pages to act on. Call reset to begin an episode of a task: it tells an instruction and "
    "shows the page as HTML, in which each element that an action can name has a ref. Then call "
    "one action at a time (click, fill, select_option ...); each answers with its error, if any, "
    "the reward, and the page as it is then. Refs stay with their elements for the episode. An "
    "episode is over when a result says so; then call reset again. Where all is done and it is not "
    "over, as on the larger websites, call send_msg_to_user."
)
_MOST_LISTED = 200
_LOOKS = {"readOnlyHint": True}


def _left_out(schema: dict[str, Any]) -> None:
    """Has an optional field be one to leave out, not one to be null: models take it at its word."""
    del schema["default"]
    schema.update(schema.pop("anyOf")[0])


class Begin(requests.Asked):
    """Begin an episode of a task: tells what is to be done, and shows the page."""

    task: requests.Name | None = Field(
        None,
        description="Its id, such as miniwob.click-test (see list_tasks); by default as before.",
        json_schema_extra=_left_out,
    )
    seed: requests.Seed | None = Field(
        None,
        description="The same seed begins the same episode; by default one is drawn.",
        json_schema_extra=_left_out,
    )
    screenshots: bool = Field(False, description="Whether results carry a picture of the page.")
    settings: dict[str, Any] = Field(
        {}, description="How it is played, as {'view': 'visual'} or {'max_steps': 20}."
    )
    options: dict[str, Any] = Field({}, description="What the task takes, such as WebShop's goal.")


class Observe(requests.Asked):
    """Look at the instruction and the page again, without acting; costs no step."""


class ListTasks(requests.Asked):
    """List the tasks that can be played."""

    select: Annotated[str, Field(max_length=requests.MOST_NAME)] = Field(
        "",
        description="Ids, sets (@webgum56), globs (miniwob.click-*), by comma; empty for the sets.",
    )


_OWN: Mapping[str, tuple[type[BaseModel], Mapping[str, Any]]] = {
    "list_tasks": (ListTasks, _LOOKS),
    "reset": (Begin, {}),
    "observe": (Observe, _LOOKS),
}


def listed(tasks: Mapping[str, TaskSpec]) -> list[dict[str, Any]]:
    """The tools as ``tools/list`` tells them: three of our own, and the tasks' actions."""
    own = [
        {
            "name": name,
            "description": record.__doc__,
            "inputSchema": _schema(record),
            **({"annotations": dict(hints)} if hints else {}),
        }
        for name, (record, hints) in _OWN.items()
    ]
    shops = any(spec.source == "webshop" for spec in tasks.values())
    actions = [
        {"name": each.name, "description": each.help, "inputSchema": each.schema}
        for each in tools(("calls", "webshop") if shops else ("calls",))
    ]
    return [*own, *actions]


def asked(name: str, arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The request that a call of ``reset`` or of an action is: its type and data.

    Raises:
        UserError: the arguments of ``reset`` are wrong. Those of an action are not looked at here:
            what is wrong with an action costs a step.
    """
    if name != "reset":
        return "step", {"text": called(name, arguments)}
    begin = requests.as_record(Begin, name, arguments, "arguments")
    told = {
        "settings": {"screenshots": begin.screenshots, **begin.settings},
        "seed": begin.seed,
        "options": begin.options,
    }
    return "reset", told if begin.task is None else {"task": begin.task, **told}


def content(told: Mapping[str, Any], before: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """What an answer of type ``observation`` is for a model: text, and the picture if there is one.

    before: the answer before it in this episode; None: show the page as at the beginning.
    """
    seen, about = told["observation"], told["metadata"]
    if before is None:
        text = begun(seen, about["max_steps"])
    else:
        now = Standing(
            reward=told["reward"],
            terminated=about["terminated"],
            truncated=about["truncated"],
            success=about["info"]["success"],
            step=about["step"],
            max_steps=about["max_steps"],
        )
        text = moved(before["observation"], seen, now)
    parts = [in_words(text)]
    if picture := seen.get("screenshot"):
        parts.append({"type": "image", "data": picture["data"], "mimeType": picture["media_type"]})
    return parts


def every_task(tasks: Mapping[str, TaskSpec], arguments: Mapping[str, Any]) -> str:
    """What ``list_tasks`` answers: the sets, or the ids of what is selected.

    Raises:
        UserError: a selection that is none.
    """
    select = requests.as_record(ListTasks, "list_tasks", arguments, "arguments").select
    if not select:
        sets = discovery.sets_of(tasks)
        lines = [f"{name} ({len(ids)})" for name, ids in {"*": list(tasks), **sets}.items()]
        return "\n".join(["Sets, and how many tasks each has; select one to see them:", *lines])
    ids = [spec.id for spec in discovery.chosen(tasks, select)]
    more = len(ids) - _MOST_LISTED
    left = [f"and {more} more: select fewer, by ids or globs"] if more > 0 else []
    return "\n".join([*ids[:_MOST_LISTED], *left])


def in_words(text: str) -> dict[str, Any]:
    """A text as a part of a result."""
    return {"type": "text", "text": text}


def _schema(record: type[BaseModel]) -> dict[str, Any]:
    """The record's JSON schema, without the titles that repeat the names."""
    schema = record.model_json_schema()
    for part in (schema, *schema.get("properties", {}).values()):
        part.pop("title", None)
    schema.pop("description", None)
    return schema
