"""A browser without a browser: scripted pages for tests of policies, rollouts and environments.

A page is a handful of scenes, and a table (or a function) says which action leads from which scene
to which. Everything above the browser runs as it is::

    def state(raw=0.0, done=False):
        words = "Click yes."
        return {"ready": True, "done": done, "raw": raw, "original": raw, "utterance": words}

    browser = ScriptedBrowser(
        {
            "ask": Scene("<button>yes</button><button>no</button>", state()),
            "right": Scene("<p>Thank you.</p>", state(1.0, done=True)),
        },
        {("ask", "click('2')"): "right", ("ask", "click('3')"): Move("ask", "not now")},
    )
    env = WebEnv("miniwob.click-test", browser=browser)
    env.reset(seed=0)           # html: <body ref="1"><button ref="2">yes</button>...
    env.step("click('2')")      # reward 1.0, terminated

What can go wrong with a real one goes wrong where it is told to: ``faults={("step", 3):
PageHung("scripted")}`` raises at the third action, ``("open", 1)`` at the first document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Literal, NamedTuple
from zlib import crc32

import numpy as np
from lxml import html as markup

from webagents.actions import Action
from webagents.browsers.base import PageOptions, View
from webagents.browsers.hands import HANDS
from webagents.errors import BrowserDied, MachineError, PageLoadError, UserError, clipped
from webagents.types import Screenshot

_UNSEEN = (
    "//comment() | //script | //style | //template | //noscript | //meta | //link | //title"
    " | //base | //*[@hidden]"
)
_VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "source", "track", "wbr"})
_REFS = ("ref", "from_ref", "to_ref")


class Scene(NamedTuple):
    """A page at rest.

    html: what is in its body. An element's `id` makes it the same one, with the same ref, in every
        scene; without one it belongs to this scene alone.
    state: what the task's probe would answer here.
    url: its address; "" for the one that was opened.
    """

    html: str
    state: Any = None
    url: str = ""


class Move(NamedTuple):
    """Where an action leads, and what is told of it ("" when all went well)."""

    scene: str
    error: str = ""


Moves = Mapping[tuple[str, str], str | Move] | Callable[[str, Action], str | Move]
"""(scene, action text) -> the next scene, as a table or a function. What a table does not name
leaves the page as it is; a ref that no element has is an error, as on a real page."""

Moment = tuple[Literal["open", "step"], int]
"""The nth document opened or the nth action performed, counted from 1 over a browser's life."""


class ScriptedBrowser:
    """A `Browser` whose pages follow a script.

    Attributes:
        log: what was asked of it, in order: ``open URL``, ``run SCRIPT`` and actions' texts.
    """

    def __init__(
        self,
        scenes: Mapping[str, Scene],
        moves: Moves,
        *,
        answer: Callable[[str], Any] = lambda script: None,
        faults: Mapping[Moment, MachineError] | None = None,
    ) -> None:
        """A browser for these scenes, of which the first is what a fresh page shows.

        answer: the value of a script run in the page.
        faults: what breaks when.

        Raises:
            UserError: a move names a scene there is not.
        """
        if not scenes:
            raise UserError("a scripted browser needs at least one scene")
        self.scenes = scenes
        self.answer = answer
        self.log: list[str] = []
        self._moves = moves
        self._faults = dict(faults or {})
        self._counts = {"open": 0, "step": 0}
        self._ended = False
        if isinstance(moves, Mapping):
            for (scene, _), move in moves.items():
                self.scene(scene)
                self.scene(move if isinstance(move, str) else move.scene)

    @property
    def version(self) -> str:
        """Its own name."""
        return "scripted"

    @property
    def source(self) -> None:
        """Nothing to wait on."""
        return

    @property
    def alive(self) -> bool:
        """Whether it was neither closed nor has died by its script."""
        return not self._ended

    async def page(self, options: PageOptions) -> ScriptedPage:
        """A new page, with a place in the script of its own."""
        self.check()
        return ScriptedPage(self, options)

    def close(self) -> None:
        """Ends it; safe to call again."""
        self._ended = True

    def check(self) -> None:
        """Raises `BrowserDied` once it has ended."""
        if self._ended:
            raise BrowserDied("the scripted browser has ended")

    def count(self, kind: Literal["open", "step"]) -> None:
        """Counts a moment, and raises the fault that waits there."""
        self.check()
        self._counts[kind] += 1
        fault = self._faults.get((kind, self._counts[kind]))
        if fault is not None:
            self._ended = isinstance(fault, BrowserDied)
            raise fault

    def scene(self, name: str) -> Scene:
        """The scene of that name.

        Raises:
            UserError: there is none.
        """
        if name not in self.scenes:
            raise UserError(f"no scene {clipped(name)}; the scenes are {', '.join(self.scenes)}")
        return self.scenes[name]

    def move(self, scene: str, action: Action) -> Move:
        """What the script says an action does, in a scene where it can be performed."""
        if isinstance(self._moves, Mapping):
            found = self._moves.get((scene, action.text), scene)
        else:
            found = self._moves(scene, action)
        return Move(found) if isinstance(found, str) else found


class ScriptedPage:
    """A `Page` somewhere in its browser's script."""

    source = None

    def __init__(self, browser: ScriptedBrowser, options: PageOptions) -> None:
        self.options = options
        self._browser = browser
        self._place = ""
        self._url = ""
        self._ms = 0.0
        self._refs: dict[Any, int] = {}

    async def open(self, url: str) -> None:
        """Shows the first scene."""
        self._place = ""
        self._browser.log.append(f"open {url}")
        self._browser.count("open")
        self._place, self._url, self._ms = next(iter(self._browser.scenes)), url, 0.0
        self._refs = {}

    async def run(self, script: str) -> Any:
        """What the script's author answers."""
        self._browser.check()
        self._browser.log.append(f"run {script}")
        return self._browser.answer(script)

    async def step(self, action: Action | None, ms: float, *, anew: bool = False) -> View:
        """Goes where the script says the action leads, and shows what is there."""
        self._browser.check()
        if not self._place:
            raise PageLoadError("no page is open; call open(url) first")
        error = ""
        if anew:
            self._refs = {}
        if action is not None:
            self._browser.log.append(action.text)
            self._browser.count("step")
            error = self._perform(action)
        self._ms += ms
        scene = self._browser.scene(self._place)
        shown = self._shown()
        text = _written(next(iter(shown)), shown)
        screenshot = self._picture(text) if self.options.screenshots else None
        return View(text, scene.url or self._url, error, scene.state, self._ms, screenshot)

    def prepare(self, url: str) -> None:
        """Nothing is loaded ahead."""

    async def close(self) -> None:
        """Ends the page."""
        self._place = ""

    def _perform(self, action: Action) -> str:
        if action.name not in HANDS:
            return f"{action.name} does not apply here"
        shown = self._shown().values()
        for ref in (int(str(action.arguments[name])) for name in _REFS if name in action.arguments):
            if ref > len(self._refs):
                return f"no element has ref {ref}; the page's refs go up to {len(self._refs)}"
            if ref not in shown:
                return f"ref {ref} is stale: its element has left the page"
        self._place, error = self._browser.move(self._place, action)
        return error

    def _shown(self) -> dict[Any, int]:
        """The elements an agent sees, body first in document order, and their refs."""
        body: Any = markup.document_fromstring(f"<body>{self._browser.scene(self._place).html}")
        body = body.body
        for each in body.xpath(_UNSEEN):
            each.drop_tree()
        for each in [each for each in body.iter() if each.get("id") in self.options.skip]:
            each.drop_tree()
        shown = {}
        for nth, element in enumerate(body.iter()):
            key = "body" if nth == 0 else element.get("id") or (self._place, nth)
            shown[element] = self._refs.setdefault(key, len(self._refs) + 1)
        return shown

    def _picture(self, text: str) -> Screenshot:
        """One colour that follows from the page's text."""
        colour = np.frombuffer(crc32(text.encode()).to_bytes(4, "big")[:3], dtype=np.uint8)
        shown = (self.options.height, self.options.width, 3)
        return np.ascontiguousarray(np.broadcast_to(colour, shown))


def _written(element: Any, refs: Mapping[Any, int]) -> str:
    """An element as the agent sees it: its ref first, white space as it is shown."""
    out = f'<{element.tag} ref="{refs[element]}"'
    for name, value in element.items():
        if name != "ref":
            out += f' {name}="{escape(value)}"' if value else f" {name}"
    if element.tag in _VOID:
        return out + ">"
    inside = _text(element.text)
    for child in element:
        inside += _written(child, refs) + _text(child.tail)
    return f"{out}>{inside.strip(' ')}</{element.tag}>"


def _text(text: str | None) -> str:
    return escape(re.sub(r"\s+", " ", text or ""), quote=False)
