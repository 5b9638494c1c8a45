"""Environments as TRL's GRPOTrainer takes them: tools to call, and a reward in the end.

``GRPOTrainer(..., environment_factory=EnvironmentFactory("miniwob.click-test"))``

TRL itself is not imported here.
Source of the form: TRL 1.16, GRPOTrainer, `environment_factory`.
"""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, NamedTuple
from weakref import WeakSet

from gymnasium.envs.registration import load_env_creator
from PIL import Image

from webagents.actions import Parameter, Signature
from webagents.actions.table import signature_of
from webagents.actions.tools import called
from webagents.browsers.base import Browser
from webagents.envs.catalogue import select
from webagents.envs.launch import launch
from webagents.envs.registration import entry_point
from webagents.envs.showing import Standing, begun, moved
from webagents.errors import MachineError, UnknownTask, UserError, clipped

log = logging.getLogger(__name__)

OFFERED = ("click", "fill", "select_option", "press", "drag_and_drop", "scroll", "send_msg_to_user")
"""The actions that are tools unless others are named; each lengthens every prompt."""

PROMPT = (
    "Below are an instruction and a web page. Do what the instruction says by calling tools, one "
    "action at a time; elements are named by their refs. Stop when you are told that the episode "
    "is over; where all is done and it is not, call send_msg_to_user.\n\n"
)

_HINTS: Mapping[str, Any] = {"string": str, "number": float, "integer": int}


class _Opened(NamedTuple):
    """An environment that can be played.

    max_steps: its step limit.
    """

    env: Any
    max_steps: int


class Playing:
    """One rollout at a time. What TRL makes tools of are its factory's actions.

    Attributes:
        reward: the sum of the episode's rewards so far.
        success: the task's own judgement.
        done: whether the episode is over.
        void: why the machinery broke and the episode does not count, "" when it did not.
    """

    def __init__(self, open_: Callable[[str | None], _Opened]) -> None:
        self._open = open_
        self._opened: _Opened | None = None
        self._task: str | None = None
        self._seen: Mapping[str, Any] = {}
        self._begin()
        self.done = True

    def reset(
        self,
        task: str | None = None,
        seed: int | None = None,
        options: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> Any:
        """Begins the episode of a row of the data set: what is to be done and the page, to read.

        task: None for the factory's.
        options: what the task takes, such as WebShop's ``{"goal": 3}``.

        Raises:
            UserError: the row has no seed, or there is no such task or option.
            MachineError: no page came up, twice.
        """
        if seed is None:
            raise UserError(
                "a row has no seed: GRPO compares plays of one and the same episode, so the data "
                "set needs a column 'seed' (webagents.envs.compatible.trl.rows makes one)"
            )
        self._begin()
        try:
            observation = self._began(task, seed, options)
        except MachineError as broke:
            log.warning("no page came up: %s; trying once more", broke)
            self._close()
            observation = self._began(task, seed, options)
        assert self._opened is not None
        return self._shown(begun(observation, self._opened.max_steps))

    def get_reward(self) -> float | None:
        """The reward of the episode as far as it was played; None if void: TRL leaves it out."""
        return None if self.void else self.reward

    def _begin(self) -> None:
        self.reward, self.success, self.done, self.void = 0.0, False, False, ""
        self._steps = 0

    def _began(
        self, task: str | None, seed: int, options: Mapping[str, Any] | None
    ) -> Mapping[str, Any]:
        if self._opened is None or task != self._task:
            self._close()
            self._opened, self._task = self._open(task), task
        self._seen, _ = self._opened.env.reset(seed=int(seed), options=dict(options or {}))
        return self._seen

    def _act(self, text: str) -> Any:
        """Performs an action: what came of it, to read.

        Raises:
            UserError: the episode is over.
            MachineError: the machinery broke; the episode is void.
        """
        if self.done or self.void or self._opened is None:
            raise UserError("the episode is over; there is nothing more to do")
        try:
            seen, reward, terminated, truncated, info = self._opened.env.step(text)
        except MachineError as broke:
            log.warning("an episode is void: %s", broke)
            self.void = str(broke)
            self._close()
            raise
        self._steps += 1
        self.reward += float(reward)
        self.success, self.done = bool(info["success"]), terminated or truncated
        before, self._seen = self._seen, seen
        now = Standing(
            reward=float(reward),
            terminated=terminated,
            truncated=truncated,
            success=self.success,
            step=self._steps,
            max_steps=self._opened.max_steps,
        )
        return self._shown(moved(before, seen, now))

    def _shown(self, text: str) -> Any:
        picture = self._seen.get("screenshot")
        if picture is None:
            return text
        image = {"type": "image", "image": Image.fromarray(picture)}
        return [image, {"type": "text", "text": text}]

    def _close(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.env.close()


class EnvironmentFactory:
    """Makes environments for GRPOTrainer, which share one browser, or play on a server.

    Each call makes one; TRL makes as many as a batch has rollouts, and uses them again. `close`, or
    the end of a ``with``, ends what they hold; so does the end of the process.
    """

    def __init__(
        self,
        task: str | None = None,
        *,
        url: str | None = None,
        actions: Sequence[str] = OFFERED,
        browser: str | None = None,
        **settings: Any,
    ) -> None:
        """A factory that has made nothing yet, and starts nothing.

        task: what is played where a row of the data set names none (its column ``task``).
        url: the address of an environment server; None: pages are played here.
        actions: the names of the actions that are tools.
        browser: the path of the browser's executable; None: see `webagents.browsers.lookup`.
        settings: `max_steps` and what `PlayOptions` lists; screenshots are off unless asked for.

        Raises:
            ActionError: no action of such a name.
        """
        self._task, self._url, self._path = task, url, browser
        self._settings = {"screenshots": False, **settings}
        self._browser: Browser | None = None
        self._made: WeakSet[Playing] = WeakSet()
        tools = {name: _tool(signature_of(name)) for name in actions}
        self._kind = type("WebEnvironment", (Playing,), tools)

    def __call__(self) -> Playing:
        """One more environment."""
        made: Playing = self._kind(self._open)
        self._made.add(made)
        return made

    def close(self) -> None:
        """Ends all environments and the browser; safe to call again."""
        made, self._made = self._made, WeakSet()
        for each in list(made):
            each._close()
        browser, self._browser = self._browser, None
        if browser is not None:
            browser.close()

    def __del__(self) -> None:
        """Ends what `close` was not called for; as Python ends, browsers do so by themselves."""
        if getattr(self, "_browser", None) is not None and not sys.is_finalizing():
            self.close()

    def __enter__(self) -> EnvironmentFactory:
        """The factory itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes it."""
        self.close()

    def _open(self, task: str | None) -> _Opened:
        name = task or self._task
        if name is None:
            raise UserError("which task? name one for the factory, or in the data set's 'task'")
        limit = self._settings.get("max_steps")
        if self._url is not None:
            from webagents.envs.remote.env import RemoteEnv

            remote = RemoteEnv(self._url, name, **self._settings)
            return _Opened(remote, limit or remote.task["max_steps"])
        found = select(name)
        if len(found) != 1:
            raise UnknownTask(f"{clipped(name)} names {len(found)} tasks; an episode is of one")
        spec: Any = found[0]
        create = load_env_creator(entry_point(spec.id))
        shared = self._running() if spec.browser else None
        env = create(task=spec, browser=shared, ahead=False, **self._settings)
        return _Opened(env, limit or spec.max_steps)

    def _running(self) -> Browser:
        if self._browser is None or not self._browser.alive:
            if self._browser is not None:
                self._browser.close()
            self._browser = launch(path=self._path)
        return self._browser


def rows(tasks: str, seeds: Iterable[int], prompt: str = PROMPT) -> list[dict[str, Any]]:
    """The rows of a data set: ``datasets.Dataset.from_list(rows("@webgum56", range(100)))``.

    tasks: ids, sets and globs, by comma.
    seeds: of each task's episodes.
    prompt: what is said before the instruction and the page, which `reset` adds.

    Raises:
        UnknownTask: no such task.
    """
    kept = list(seeds)
    return [
        {"prompt": [{"role": "user", "content": prompt}], "task": spec.id, "seed": seed}
        for spec in select(tasks)
        for seed in kept
    ]


def _tool(action: Signature) -> Callable[..., Any]:
    """A method for an action, with the hints and the docstring that TRL makes a tool of."""
    names = [each.name for each in action.parameters]

    def method(self: Playing, *given: Any, **named: Any) -> Any:
        return self._act(called(action.name, {**dict(zip(names, given, strict=False)), **named}))

    method.__name__ = action.name
    method.__qualname__ = f"WebEnvironment.{action.name}"
    told = [f"    {each.name}: {each.schema['description']}" for each in action.parameters]
    method.__doc__ = "\n".join([action.help, *(["", "Args:", *told] if told else [])])
    method.__annotations__ = {each.name: _hint(each) for each in action.parameters}
    method.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD),
            *(
                inspect.Parameter(
                    each.name,
                    inspect.Parameter.POSITIONAL_OR_KEYWORD,
                    annotation=_hint(each),
                    default=each.default if each.optional else inspect.Parameter.empty,
                )
                for each in action.parameters
            ),
        ]
    )
    return method


def _hint(parameter: Parameter) -> Any:
    """The Python type that says what the parameter's JSON schema says."""
    hint = _typed(parameter.schema)
    return hint | None if parameter.optional and parameter.default is None else hint


def _typed(schema: Any) -> Any:
    if "enum" in schema:
        return Literal[tuple(schema["enum"])]
    if schema["type"] == "array":
        return list[_typed(schema["items"])]  # type: ignore[misc]
    return _HINTS[str(schema["type"])]
