"""MiniWoB++ tasks: pages of the `miniwob` package, started and judged by their own `core.js`."""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from webagents.actions import Action, parse
from webagents.browsers.base import Page, PageOptions, View
from webagents.browsers.site import Folder, Handler
from webagents.envs import layouts, sites
from webagents.envs.task import PlayOptions, Round, Verdict, no_options
from webagents.errors import MachineError
from webagents.types import NOTHING, TaskSpec

HOST = "miniwob.test"

# What lies outside the task: the HUD with the last reward and the time left, the click tracker.
_SKIP = ("reward-display", "click-canvas", "sync-task-cover", "attention-canvas", "reward-reason")

_PROBE = """() => ({
  ready: WOB_TASK_READY, done: WOB_DONE_GLOBAL, raw: WOB_RAW_REWARD_GLOBAL,
  original: WOB_REWARD_GLOBAL, utterance: core.getUtterance(),
  composed: window.composed?.told() ?? null,
})"""


@cache
def pages() -> Path:
    """The folder with the package's pages.

    Raises:
        MachineError: the package is not installed.
    """
    spec = importlib.util.find_spec("miniwob")
    if spec is None or spec.origin is None:
        raise MachineError("the package 'miniwob', whose pages are played, is not installed")
    return Path(spec.origin).parent / "html"


class MiniWobTask:
    """One MiniWoB++ page as a task."""

    def __init__(
        self,
        spec: TaskSpec,
        *,
        host: str = HOST,
        handler: Callable[[], Handler] = lambda: Folder(pages()),
        path: Callable[[PlayOptions], str] | None = None,
    ) -> None:
        """The task of a catalogue entry.

        host, handler: the site that has its page.
        path: where the page is on that site; None: where the entry says.
        """
        self.spec = spec
        self._path = path or (lambda options: spec.page)
        self._name = spec.id.partition(".")[2]
        self._host = host
        self._site = sites.borrow(host, handler)
        self._closed = False
        self._fields: tuple[str, dict[str, str]] = ("", {})

    @property
    def browser(self) -> None:
        """Its pages need a browser."""
        return

    def page(self, options: PlayOptions) -> PageOptions:
        """How the page is shown and driven; covered elements get their clicks, as in the papers."""
        return PageOptions(
            proxy=self._site.proxy,
            origin=self._site.origin,
            single=True,
            probe=_PROBE,
            skip=_SKIP,
            width=self.spec.width,
            height=self.spec.height,
            window=self.spec.window,
            view=options.view,
            screenshots=options.screenshots,
            clicks=options.clicks or "element",
            clock=options.clock,
        )

    def url(self, options: PlayOptions) -> str:
        """The page's address."""
        return f"{self._site.origin}/{self._path(options)}"

    async def start(
        self, page: Page, seed: int, options: PlayOptions, asked: Mapping[str, Any]
    ) -> Round:
        """Seeds the page's random numbers and begins its episode."""
        no_options(self.spec.id, asked)
        layout = layouts.moved(self.spec.id, seed) if options.layout == "moved" else ""
        lift = "clearTimeout(core.EP_TIMER);" if options.time_limit == "none" else ""
        await page.run(
            f"{layout and layouts.script(layout)}"
            f"Math.seedrandom({page_seed(seed, options)});"
            f"core.setDataMode({json.dumps(options.data_mode)});"
            f"core.startEpisodeReal(); {lift} 0"
        )
        return self

    def read(self, text: str, view: View) -> Action:
        """The action of a text, in any dialect but WebShop's."""
        return parse(text)

    def judge(self, view: View) -> Verdict:
        """Reads reward, end and instruction."""
        state = view.state
        utterance = state["utterance"]
        composed = state.get("composed") or {}
        if composed:
            instruction = utterance
            fields = {key.lower(): str(value) for key, value in composed["fields"].items()}
        elif isinstance(utterance, dict):
            instruction = utterance["utterance"]
            # Sorted, as they come out of ChromeDriver in Farama's package.
            fields = {key: str(value) for key, value in sorted(utterance["fields"].items())}
        else:
            instruction = utterance
            if self._fields[0] != instruction:
                self._fields = (instruction, extracted(self._name, instruction))
            fields = dict(self._fields[1])
        return Verdict(
            ready=bool(state["ready"]),
            done=bool(state["done"]),
            # None where the page divided by zero (bisect-angle, a mark on the vertex).
            raw=float(state["raw"] or 0.0),
            original=float(state["original"] or 0.0),
            instruction=instruction,
            fields=fields,
            subtasks=composed.get("subtasks", NOTHING),
        )

    def close(self) -> None:
        """Gives the site back."""
        if not self._closed:
            self._closed = True
            sites.give_back(self._host)


def page_seed(seed: int, options: PlayOptions) -> int:
    """What goes into `Math.seedrandom`.

    Source: Farama's package seeds the page with the seed itself; BrowserGym 0.14.3 with a draw of
    ``RandomState(seed).randint(0, 1000000)``.
    """
    if options.seed_scheme == "browsergym":
        return int(np.random.RandomState(seed).randint(0, 1_000_000))
    return seed


def extracted(name: str, instruction: str) -> dict[str, str]:
    """The instruction's fields as Farama's package reads them; empty where it does not know how."""
    library: Any = _field_library()
    if name not in library.FIELD_EXTRACTORS:
        return {}
    try:
        return {
            str(key): str(value) for key, value in library.get_field_extractor(name)(instruction)
        }
    except ValueError:
        return {}


@cache
def _field_library() -> Any:
    return importlib.import_module("miniwob.fields")
