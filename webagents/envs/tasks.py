"""From a catalogue entry to the task it stands for: one class a source."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

from webagents.envs.catalogue import select
from webagents.envs.compwob.task import composed_task
from webagents.envs.miniwob import MiniWobTask
from webagents.envs.task import Task
from webagents.errors import UnknownTask, UserError, clipped
from webagents.resources import named_object
from webagents.types import TaskSpec


def _shop(spec: TaskSpec) -> Task:
    from webagents.envs.webshop.task import WebShopTask

    return WebShopTask(spec)


def _website(spec: TaskSpec) -> Task:
    from webagents.envs.websites.task import WebsiteTask

    return WebsiteTask(spec)


SOURCES: Mapping[str, Callable[[TaskSpec], Task]] = {
    "compwob": composed_task,
    "miniwob": MiniWobTask,
    "site": _website,
    "webshop": _shop,
    "webshop-text": _shop,
}
"""What plays a task, by the part of its id before the first dot."""


def make_task(task: str | TaskSpec | Task) -> Task:
    """The task of that id, Gymnasium id or bare name; one that is made already, as it is.

    Raises:
        UnknownTask: there is none, or the name stands for several.
        UserError: nothing plays it, or its class is no task's.
    """
    if isinstance(task, str):
        specs = select(task)
        if len(specs) != 1:
            raise UnknownTask(f"{clipped(task)} names {len(specs)} tasks; an environment plays one")
        (task,) = specs
    if not isinstance(task, TaskSpec):
        return task
    if task.made_by:
        return _own(task)
    source = task.id.partition(".")[0]
    if source not in SOURCES:
        raise UserError(
            f"nothing plays {task.id}: ids begin with {', '.join(SOURCES)}, or tasks.toml names "
            'the class that plays its tasks (class = "module:Class")'
        )
    return SOURCES[source](task)


def _own(spec: TaskSpec) -> Task:
    """A task that a user's own class plays."""
    made = named_object(spec.made_by)
    lacking = [name for name in ("page", "url", "start", "close") if not hasattr(made, name)]
    if lacking or not callable(made):
        raise UserError(
            f"{spec.id}: {clipped(spec.made_by)} is no task's class: it has no "
            f"{', '.join(lacking) or 'call'} (see docs/own-task.md)"
        )
    try:
        inspect.signature(made).bind(spec)
    except TypeError as error:
        raise UserError(
            f"{spec.id}: {clipped(spec.made_by)} has to take the task's spec: {error}"
        ) from error
    task: Task = made(spec)
    return task
