"""The page-side scripts of this package, ready to be put into a page."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from webagents.browsers.base import PageOptions

KEY = "webagents:clock"
"""The name page and agent scripts know each other by."""

EPOCH_MS = 1_767_268_800_000
"""When every page's clock starts: 2026-01-01 12:00 UTC."""

WORLD = "webagents"
"""The JavaScript world of agent.js, out of the page's own reach."""


@cache
def _text(name: str) -> str:
    return files("webagents.browsers").joinpath("js", name).read_text(encoding="utf-8")


def page_script(options: PageOptions) -> str:
    """What runs in the page's world before its own scripts: the clock, and the probe."""
    name = "clock.js" if options.clock == "virtual" else "probe.js"
    return f"{_text(name)}({_json(KEY)}, {EPOCH_MS}, {options.probe})"


def agent_script(*, steady: bool) -> str:
    """What runs in the agent's world: it leaves a global ``agent`` there.

    steady: whether the page asks for a frame at all times. Where frames come only when they are
        begun, that makes every one of them reach the page, and costs nothing in between.
    """
    return f"{_text('agent.js')}({_json(KEY)}, {_json(steady)})"


def call(function: str, arguments: tuple[object, ...]) -> str:
    """The expression that calls a function of agent.js."""
    return f"agent.{function}({', '.join(_json(each) for each in arguments)})"


def step_arguments(options: PageOptions, ms: float, forget: int | None) -> dict[str, object]:
    """What agent.js's `step` is given; refs above `forget` are given anew (None: all stay)."""
    return {
        "ms": ms,
        "forget": forget,
        "visual": options.view == "visual",
        "skip": options.skip,
        "virtual": options.clock == "virtual",
    }


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def device_metrics(options: PageOptions) -> dict[str, Any]:
    """The size a page is laid out in, and what of it is drawn, as DevTools take it.

    Where only a part of the window is the task's, that part of the page is drawn, and stays the
    same when the page is scrolled; else the window is drawn as it is.
    """
    width, height = options.window
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    if options.window == (options.width, options.height):
        return metrics
    clip = {"x": 0, "y": 0, "width": options.width, "height": options.height, "scale": 1}
    return {**metrics, "viewport": clip}
