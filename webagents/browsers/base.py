"""The seam between environments and browsers: what every browser can do.

A `Browser` is one process with many isolated pages; a `Page` is where one episode after the other
is played. Their methods are coroutines run by :mod:`webagents.browsers.loop`, so that many
pages can be driven at once; implementations that never wait simply return.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from webagents.actions import Action
from webagents.browsers.loop import Pump
from webagents.types import Screenshot

ViewName = Literal["text", "visual"]
Clicks = Literal["element", "pointer"]
Clock = Literal["virtual", "real"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOptions:
    """How a page is shown and driven, fixed for its life.

    proxy: ``host:port`` of the only server the page may reach.
    origin: the site's address, such as ``http://miniwob.test``; the page cannot leave it.
    single: the task is one page: it cannot leave its address either.
    probe: a JavaScript function without arguments, run in the page after each step; its answer is
        the view's `state`.
    skip: ids of elements that are no part of what the agent sees.
    width, height: the screenshot, CSS pixels from the page's top left corner.
    window: the size the page is laid out in, CSS pixels (width, height).
    view: what the html carries, ``"text"`` or ``"visual"`` (adds boxes, colours, geometry).
    screenshots: whether views carry one.
    clicks: what a click on a covered element does: ``"element"`` lets the element receive it,
        ``"pointer"`` answers an error.
    clock: ``"virtual"`` moves the page's time only by steps, ``"real"`` lets it run.
    ahead: whether a second tab loads the next episode's document while one is played: quicker
        resets for twice the memory.
    """

    proxy: str
    origin: str
    single: bool = True
    probe: str = "() => null"
    skip: tuple[str, ...] = ()
    width: int = 160
    height: int = 210
    window: tuple[int, int] = (500, 320)
    view: ViewName = "text"
    screenshots: bool = True
    clicks: Clicks = "element"
    clock: Clock = "virtual"
    ahead: bool = False


class View(NamedTuple):
    """What a step came to.

    html: the rendered page as text, each element with its ref.
    url: the page's address.
    error: why the action failed, or what the page tried and was refused; "" when all went well.
    state: the probe's answer.
    time_ms: the page's clock since its document began.
    screenshot: uint8 (height, width, 3), RGB; None without screenshots.
    """

    html: str
    url: str
    error: str
    state: Any
    time_ms: float
    screenshot: Screenshot | None


class Page(Protocol):
    """Where one episode after the other is played."""

    options: PageOptions

    @property
    def source(self) -> Pump | None:
        """What its operations wait on, to be given to `loop.run`."""
        ...

    async def open(self, url: str) -> None:
        """Loads a fresh document: no state of the one before, refs from 1, the clock at 0.

        Raises:
            PageLoadError: it did not load.
            BrowserDied: the browser went away.
        """
        ...

    async def run(self, script: str) -> Any:
        """The value of a JavaScript expression in the page's own world (JSON types)."""
        ...

    async def step(self, action: Action | None, ms: float, *, anew: bool = False) -> View:
        """Performs an action (None: none), lets `ms` of page time pass, and looks.

        anew: refs count from 1 again.

        The agent's mistakes come back in the view's `error`.

        Raises:
            BrowserDied, PageHung: the machinery broke.
        """
        ...

    def prepare(self, url: str) -> None:
        """Begins to load the document that the next `open` will ask for, in the background."""
        ...

    async def close(self) -> None:
        """Ends the page; safe to call again."""
        ...


class Browser(Protocol):
    """One browser process and its pages."""

    @property
    def version(self) -> str:
        """Its own name and version."""
        ...

    @property
    def source(self) -> Pump | None:
        """What its operations wait on, to be given to `loop.run`."""
        ...

    @property
    def alive(self) -> bool:
        """Whether pages can still be opened."""
        ...

    async def page(self, options: PageOptions) -> Page:
        """A new page, apart from all others: cookies, storage, clipboard, clock."""
        ...

    def close(self) -> None:
        """Ends the browser and all its processes; safe to call again."""
        ...


class Pointer(NamedTuple):
    """A mouse event at a point of the page, CSS pixels from its top left corner."""

    kind: Literal["move", "down", "up"]
    x: float
    y: float
    button: str = "none"
    clicks: int = 0
    modifiers: int = 0


class Wheel(NamedTuple):
    """A turn of the wheel over a point, CSS pixels."""

    x: float
    y: float
    dx: float
    dy: float


class Key(NamedTuple):
    """A key going down or up; `text` is what it would type, "" for none."""

    kind: Literal["down", "up"]
    key: str
    code: str
    number: int
    text: str = ""
    location: int = 0
    modifiers: int = 0


class Insert(NamedTuple):
    """Text that comes without keys, as from an input method."""

    text: str


Input = Pointer | Wheel | Key | Insert


@dataclass(slots=True)
class Notes:
    """What a page tried and what became of it, told with the next view."""

    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        """Keeps a line, once."""
        if line not in self.lines and len(self.lines) < 5:
            self.lines.append(line)

    def taken(self) -> str:
        """All lines as one text; there are none afterwards."""
        text = "; ".join(self.lines)
        self.lines.clear()
        return text


class Tab(Protocol):
    """The few things a backend must do for `WebPage` to do the rest."""

    @property
    def notes(self) -> Notes:
        """What the page tried and what became of it."""
        ...

    @property
    def pointer(self) -> tuple[float, float]:
        """Where the pointer is, CSS pixels."""
        ...

    @property
    def source(self) -> Pump | None:
        """What its operations wait on."""
        ...

    async def ask(self, function: str, *arguments: Any) -> Any:
        """Calls a function of agent.js in the agent's world of the page."""
        ...

    async def run(self, script: str) -> Any:
        """The value of an expression in the page's own world."""
        ...

    async def send(self, inputs: list[Input], *, together: bool = True) -> None:
        """Real input events, in order; `together` when no frame needs to pass in between."""
        ...

    async def drag(self, path: list[tuple[float, float]]) -> None:
        """Presses at the first point, moves along the path, releases at the last."""
        ...

    async def quiet(self) -> bool:
        """Waits until nothing is loading; whether there was anything to wait for."""
        ...

    async def capture(self) -> Screenshot:
        """The page as it is shown now."""
        ...


class Tabs(Protocol):
    """Where a page gets its fresh documents from."""

    @property
    def source(self) -> Pump | None:
        """What its operations wait on."""
        ...

    async def fresh(self, url: str) -> Tab:
        """A tab with a newly loaded document and nothing left of earlier ones."""
        ...

    def prepare(self, url: str) -> None:
        """Begins to load the document `fresh` will be asked for next."""
        ...

    async def close(self) -> None:
        """Ends all tabs."""
        ...
