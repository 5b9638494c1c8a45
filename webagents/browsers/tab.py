"""A tab of Chromium over the DevTools protocol: a `Tab`."""

from __future__ import annotations

import base64
import contextlib
import io
from typing import Any

import numpy as np
from PIL import Image

from webagents.browsers import scripts
from webagents.browsers.base import Input, Notes, PageOptions, Pointer
from webagents.browsers.cdp import Call, Connection, ProtocolError
from webagents.browsers.inputs import Mouse, command
from webagents.browsers.loop import FirstOf
from webagents.browsers.watch import Watch
from webagents.errors import BrowserDied, PageLoadError, clipped
from webagents.types import Screenshot

BLANK = "about:blank"
"""Where a new tab is."""

_SHOT = {"format": "png", "optimizeForSpeed": True}
_DOCUMENTS = {"patterns": [{"urlPattern": "*", "resourceType": "Document"}]}
_NEED_FRAMES = frozenset({"step", "frame"})
_FRAME_NEEDED = {"expression": "agent.frameNeeded()"}
_LOADS_PER_COLLECTION = 16
_LOST = ("Cannot find context", "context was destroyed", "navigated or closed")
_FRAMES_FOR_A_PICTURE = 20


class ChromiumTab:
    """One target with its session, in a browser context of its own."""

    def __init__(
        self, connection: Connection, options: PageOptions, *, frame_control: bool
    ) -> None:
        self._connection = connection
        self._options = options
        self._frame_control = frame_control
        self._context = ""
        self._mouse = Mouse()
        self._picture: Call | None = None  # the frame that shows what `step` saw
        self._loads = 0

    @property
    def source(self) -> Connection:
        """The browser's pipe."""
        return self._connection

    @property
    def notes(self) -> Notes:
        """What the page tried and was refused."""
        return self._watch.notes

    @property
    def pointer(self) -> tuple[float, float]:
        """Where the pointer is, CSS pixels."""
        return self._mouse.at

    # ------------------------------------------------------------------ life
    async def create(self) -> None:
        """Makes the target, on the site's proxy."""
        options, send = self._options, self._connection.send
        proxy = {"proxyServer": f"http://{options.proxy}", "proxyBypassList": "<-loopback>"}
        context = await send("Target.createBrowserContext", proxy)
        self._context = context["browserContextId"]
        refusal = {"behavior": "deny", "browserContextId": self._context}
        refused = send("Browser.setDownloadBehavior", refusal)
        target: dict[str, Any] = {
            "url": BLANK,
            "browserContextId": self._context,
            "width": options.width,
            "height": options.height,
        }
        if self._frame_control:
            target["enableBeginFrameControl"] = True
        else:
            target["newWindow"] = True  # a tab behind another would get no frames
        self._target = (await send("Target.createTarget", target))["targetId"]
        attached = await send("Target.attachToTarget", {"targetId": self._target, "flatten": True})
        self._session = attached["sessionId"]
        self._watch = Watch(self._connection, options, self._session, self._target)
        await refused
        for call in [self._send(method, params) for method, params in self._settings()]:
            await call

    def _settings(self) -> list[tuple[str, dict[str, Any]]]:
        options = self._options
        agent = {
            "source": scripts.agent_script(steady=self._frame_control),
            "worldName": scripts.WORLD,
        }
        return [
            ("Page.enable", {}),
            ("Network.enable", {}),
            ("Inspector.enable", {}),
            ("Emulation.setDeviceMetricsOverride", scripts.device_metrics(options)),
            ("Emulation.setTimezoneOverride", {"timezoneId": "UTC"}),
            ("Emulation.setFocusEmulationEnabled", {"enabled": True}),
            ("Page.setInterceptFileChooserDialog", {"enabled": True}),
            ("Input.setInterceptDrags", {"enabled": True}),
            ("Page.addScriptToEvaluateOnNewDocument", {"source": scripts.page_script(options)}),
            ("Page.addScriptToEvaluateOnNewDocument", agent),
        ]

    def begin(self, url: str) -> None:
        """Starts loading `url` with nothing kept of what was there; `arrive` waits for it."""
        self._mouse = Mouse()
        self._url = url
        self._watch.opening(url)
        self._loads += 1
        if self._loads % _LOADS_PER_COLLECTION == 0:  # V8 would let the old documents pile up
            self._send("HeapProfiler.collectGarbage")
        origin = self._options.origin
        self._send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        session_storage = {"securityOrigin": origin, "isLocalStorage": False}
        self._send("DOMStorage.clear", {"storageId": session_storage})
        # What would outlast the document: where the pointer is, and the window's name.
        self._send("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": -1, "y": -1})
        self._send("Runtime.evaluate", {"expression": "window.name = ''"})
        # A load that nobody attends to must not wait for us to let its document through.
        self._send("Fetch.disable")
        self._asked = self._send("Page.navigate", {"url": url})

    async def arrive(self) -> None:
        """Waits until the document has loaded.

        Raises:
            PageLoadError: it did not.
        """
        answer = await self._asked
        if answer.get("errorText"):
            raise PageLoadError(f"{self._url} did not load: {answer['errorText']}")
        await self._watch.loaded()
        self._send("Page.resetNavigationHistory")
        self._send("Fetch.enable", _DOCUMENTS)

    async def close(self) -> None:
        """Ends the target and its context; safe to call again."""
        context, self._context = self._context, ""
        if context:
            self._connection.forget(self._session)
            self._connection.send("Target.disposeBrowserContext", {"browserContextId": context})

    # ------------------------------------------------------------------ the page's two worlds
    async def run(self, script: str) -> Any:
        """The value of an expression in the page's own world.

        Raises:
            PageLoadError: it threw.
        """
        asked = {"expression": script, "awaitPromise": True, "returnByValue": True}
        return _value(await self._send("Runtime.evaluate", asked))

    async def ask(self, function: str, *arguments: Any) -> Any:
        """Calls a function of agent.js; waits for a page that is just being replaced."""
        expression = scripts.call(function, arguments)
        for _ in range(3):
            await self._watch.loaded()
            if self._watch.navigated:
                await self._enter()
            asked = {
                "expression": expression,
                "contextId": self._world,
                "awaitPromise": True,
                "returnByValue": True,
            }
            try:
                self._watch.looking()
                call = self._send("Runtime.evaluate", asked)
                if self._frame_control and function in _NEED_FRAMES:
                    needed = self._send("Runtime.evaluate", {**asked, **_FRAME_NEEDED})
                    await self._needed_frame(needed, call, picture=function == "step")
                return _value(await call)
            except ProtocolError as error:
                if not any(lost in str(error) for lost in _LOST):
                    raise
                self._watch.navigated = True
        raise PageLoadError("the page keeps replacing itself")

    async def _enter(self) -> None:
        # The world is there since the document began, agent.js with it; this tells its number.
        asked = {"frameId": self._target, "worldName": scripts.WORLD}
        self._watch.navigated = False
        self._world = (await self._send("Page.createIsolatedWorld", asked))["executionContextId"]

    # ------------------------------------------------------------------ input
    async def send(self, inputs: list[Input], *, together: bool = True) -> None:
        """Real input events, in order."""
        calls: list[Call] = []
        for event in inputs:
            method, params = command(event, self._mouse)
            calls.append(self._send(method, params))
            if not together:
                await self._with_frames(calls)
        for call in calls:
            await call

    async def drag(self, path: list[tuple[float, float]]) -> None:
        """Presses, moves along the path with a frame between moves, releases."""
        (x, y), *moves = path
        end = moves[-1]
        self._watch.drag = None
        down = Pointer("down", x, y, "left", 1)
        await self.send([Pointer("move", x, y), down], together=False)
        entered = False
        for point in moves:
            if not self._watch.dragging():
                await self.send([Pointer("move", *point)], together=False)
            if self._watch.dragging():  # the page drags data, as HTML5 has it
                await self._drag_data("dragOver" if entered else "dragEnter", point)
                entered = True
        if entered:
            await self._drag_data("dragOver", end)
            await self._drag_data("drop", end)
            self._watch.drag = None
        await self.send([Pointer("up", *end, "left", 1)], together=False)

    async def _drag_data(self, kind: str, point: tuple[float, float]) -> None:
        x, y = point
        event = {"type": kind, "x": x, "y": y, "data": self._watch.drag}
        call = self._send("Input.dispatchDragEvent", event)
        await self._with_frames([call])
        await call

    # ------------------------------------------------------------------ waiting and looking
    async def quiet(self) -> bool:
        """Waits until nothing is loading; whether there was anything to wait for."""
        return await self._watch.quiet()

    async def capture(self) -> Screenshot:
        """The page as it is shown.

        The frame that `step` let pass brought its picture along; where it has none, as before
        anything is shown, the next that has one is it.
        """
        if not self._frame_control:
            return self._pixels((await self._send("Page.captureScreenshot", _SHOT))["data"])
        frame, self._picture = self._picture, None
        for _ in range(_FRAMES_FOR_A_PICTURE):
            frame = frame or await self._frame({"screenshot": _SHOT})
            assert frame is not None
            data = (await frame).get("screenshotData")
            if data:
                return self._pixels(data)
            frame = None
        raise BrowserDied("the browser draws no pictures")

    def _pixels(self, data: str) -> Screenshot:
        image: Image.Image = Image.open(io.BytesIO(base64.b64decode(data)), formats=("PNG",))
        shown = (self._options.width, self._options.height)
        if image.size != shown:
            image = image.crop((0, 0, *shown))
        return np.array(image if image.mode == "RGB" else image.convert("RGB"), dtype=np.uint8)

    async def _needed_frame(self, needed: Call, call: Call, *, picture: bool) -> None:
        """Begins a frame once the page waits for it, for a look with a picture of what it shows.

        One begun before would be drawn for nothing; one after would show the same again.
        """
        await FirstOf(needed, call)
        picture = picture and self._options.screenshots
        frame = await self._frame({"screenshot": _SHOT} if picture else {}, call)
        if frame is not None:
            await FirstOf(frame, call)
            if not call.done:  # its answer may be on its way: it left before this one's does
                await self._send("Runtime.evaluate", {"expression": "0"})
        self._picture = frame if picture and call.done else None
        await self._with_frames([call])

    async def _with_frames(self, calls: list[Call]) -> None:
        """Lets frames pass until all calls are answered: some answers come only with one."""
        if self._frame_control:
            for call in calls:
                while not call.done:
                    frame = await self._frame({}, call)
                    if frame is not None:
                        await FirstOf(frame, call)
            return
        for call in calls:
            with contextlib.suppress(ProtocolError, BrowserDied):  # told where it is awaited
                await call

    async def _frame(self, params: dict[str, Any], *unless: Call) -> Call | None:
        """Begins a frame when the browser has none under way; None when `unless` came first."""
        connection = self._connection
        while connection.frame is not None and not connection.frame.done:
            await FirstOf(connection.frame, *unless)
            if any(call.done for call in unless):
                return None
        connection.frame = self._send("HeadlessExperimental.beginFrame", params)
        return connection.frame

    def _send(self, method: str, params: dict[str, Any] | None = None) -> Call:
        return self._connection.send(method, params, self._session)


def _value(answer: dict[str, Any]) -> Any:
    """What an expression came to.

    Raises:
        PageLoadError: it threw.
    """
    thrown = answer.get("exceptionDetails")
    if thrown:
        said = thrown.get("exception", {}).get("description") or thrown.get("text", "")
        raise PageLoadError(f"the page's script failed: {clipped(said.splitlines()[0], 200)}")
    return answer["result"].get("value")
