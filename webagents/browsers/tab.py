"""A tab of Chromium over the DevTools protocol, and the two tabs a page takes turns with."""

from __future__ import annotations

import base64
import io
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import orjson
from PIL import Image

from webagents.browsers.base import Input, Insert, Key, Notes, PageOptions, Pointer, Wheel
from webagents.browsers.cdp import Call, Connection, ProtocolError
from webagents.errors import BrowserDied, PageLoadError, clipped
from webagents.types import Screenshot

KEY = "webagents:clock"
"""The name page and agent scripts know each other by."""

EPOCH_MS = 1_767_268_800_000
"""When every page's clock starts: 2026-01-01 12:00 UTC."""

_SHOT = {"format": "png", "optimizeForSpeed": True}
_MOUSE = {"move": "mouseMoved", "down": "mousePressed", "up": "mouseReleased"}
_BUTTONS = {"none": 0, "left": 1, "right": 2, "middle": 4}
_LOST = ("Cannot find context", "context was destroyed", "navigated or closed", "Cannot find default")
_DOCUMENTS = {"patterns": [{"urlPattern": "*", "resourceType": "Document"}]}
_WORLD = "webagents"
_LOADS_PER_COLLECTION = 16
_NEED_FRAMES = frozenset({"step", "frame"})
_STREAMS = frozenset({"EventSource", "WebSocket", "Ping", "Media"})


@cache
def script(name: str) -> str:
    """The text of a page-side script of this package."""
    return files("webagents.browsers").joinpath("js", name).read_text(encoding="utf-8")


class ChromiumTab:
    """One target with its session: a `Tab`."""

    def __init__(self, connection: Connection, options: PageOptions, *, frame_control: bool) -> None:
        self.notes = Notes()
        self.pointer = (0.0, 0.0)
        self._connection = connection
        self._options = options
        self._frame_control = frame_control
        self._session = ""
        self._target = ""
        self._context = ""
        self._world: int | None = None
        self._loading: Call | None = None
        self._requests: set[str] = set()
        self._settled: Call | None = None
        self._navigating = ""
        self._button = "none"
        self._drag: dict[str, Any] | None = None
        self._loads = 0
        self._broken = False

    @property
    def source(self) -> Connection:
        """The browser's pipe."""
        return self._connection

    # ------------------------------------------------------------------ life
    async def create(self) -> None:
        """Makes the target in a browser context of its own, on the site's proxy."""
        options = self._options
        send = self._connection.send
        context = await send(
            "Target.createBrowserContext",
            {"proxyServer": f"http://{options.proxy}", "proxyBypassList": "<-loopback>"},
        )
        self._context = context["browserContextId"]
        refuse = {"behavior": "deny", "browserContextId": self._context, "eventsEnabled": False}
        downloads = send("Browser.setDownloadBehavior", refuse)
        target = {
            "url": "about:blank",
            "browserContextId": self._context,
            "width": options.width,
            "height": options.height,
        }
        if self._frame_control:
            target["enableBeginFrameControl"] = True
        self._target = (await send("Target.createTarget", target))["targetId"]
        attached = await send(
            "Target.attachToTarget", {"targetId": self._target, "flatten": True}
        )
        self._session = attached["sessionId"]
        self._connection.listen(self._session, self._on_event)
        width, height = options.window
        clip = {"x": 0, "y": 0, "width": options.width, "height": options.height, "scale": 1}
        start = script("clock.js" if options.clock == "virtual" else "probe.js")
        source = f"{start}({orjson.dumps(KEY).decode()}, {EPOCH_MS}, {options.probe})"
        agent = {"source": f"{script('agent.js')}({orjson.dumps(KEY).decode()})", "worldName": _WORLD}
        for call in [
            downloads,
            self._send("Page.enable"),
            self._send("Network.enable"),
            self._send("Inspector.enable"),
            self._send(
                "Emulation.setDeviceMetricsOverride",
                {
                    "width": width,
                    "height": height,
                    "deviceScaleFactor": 1,
                    "mobile": False,
                    "viewport": clip,
                },
            ),
            self._send("Emulation.setTimezoneOverride", {"timezoneId": "UTC"}),
            self._send("Emulation.setFocusEmulationEnabled", {"enabled": True}),
            self._send("Page.setInterceptFileChooserDialog", {"enabled": True}),
            self._send("Input.setInterceptDrags", {"enabled": True}),
            self._send("Page.addScriptToEvaluateOnNewDocument", {"source": source}),
            self._send("Page.addScriptToEvaluateOnNewDocument", agent),
        ]:
            await call

    async def close(self) -> None:
        """Ends the target and its context."""
        if self._context:
            self._connection.forget(self._session)
            self._connection.send(
                "Target.disposeBrowserContext", {"browserContextId": self._context}
            )
            self._context = ""

    def begin(self, url: str) -> None:
        """Starts loading `url` with nothing kept of what was there; `arrive` waits for it."""
        self.notes = Notes()
        self.pointer = (0.0, 0.0)
        self._button = "none"
        self._drag = None
        self._requests.clear()
        self._loads += 1
        if self._loads % _LOADS_PER_COLLECTION == 0:  # V8 would let the old documents pile up
            self._send("HeapProfiler.collectGarbage")
        self._navigating = url
        self._loading = self._connection.expect(f"loading {url}", self._session)
        for origin in (self._options.origin,):
            self._send(
                "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"}
            )
            for local in (False, True):
                storage = {"securityOrigin": origin, "isLocalStorage": local}
                self._send("DOMStorage.clear", {"storageId": storage})
        # A load that nobody attends to must not wait for us to let its document through.
        self._send("Fetch.disable")
        self._opening = self._send("Page.navigate", {"url": url})

    async def arrive(self) -> None:
        """Waits until the document has loaded.

        Raises:
            PageLoadError: it did not.
        """
        answer = await self._opening
        if answer.get("errorText"):
            raise PageLoadError(f"{self._navigating} did not load: {answer['errorText']}")
        await self._loaded()
        self._navigating = ""
        self._send("Fetch.enable", _DOCUMENTS)

    # ------------------------------------------------------------------ the page's two worlds
    async def run(self, script: str) -> Any:
        """The value of an expression in the page's own world.

        Raises:
            PageLoadError: it threw.
        """
        return await self._evaluate({"expression": script, "awaitPromise": True})

    async def ask(self, function: str, *arguments: Any) -> Any:
        """Calls a function of agent.js; waits for a page that is just being replaced."""
        given = ", ".join(orjson.dumps(argument).decode() for argument in arguments)
        expression = f"agent.{function}({given})"
        for _ in range(3):
            await self._loaded()
            if self._world is None:
                await self._enter()
            try:
                return await self._evaluate(
                    {
                        "expression": expression,
                        "contextId": self._world,
                        "awaitPromise": True,
                    },
                    frames=function in _NEED_FRAMES,
                )
            except ProtocolError as error:
                if not any(lost in str(error) for lost in _LOST):
                    raise
                self._world = None
        raise PageLoadError("the page keeps replacing itself")

    async def _enter(self) -> None:
        # The world is there since the document began, agent.js with it; this tells its number.
        world = await self._send(
            "Page.createIsolatedWorld", {"frameId": self._target, "worldName": _WORLD}
        )
        self._world = world["executionContextId"]

    async def _evaluate(self, params: dict[str, Any], *, frames: bool = False) -> Any:
        call = self._send("Runtime.evaluate", {"returnByValue": True, **params})
        if frames:
            await self._with_frames([call])
        answer = await call
        thrown = answer.get("exceptionDetails")
        if thrown:
            said = thrown.get("exception", {}).get("description") or thrown.get("text", "")
            raise PageLoadError(f"the page's script failed: {clipped(said.splitlines()[0], 200)}")
        return answer["result"].get("value")

    # ------------------------------------------------------------------ input
    async def send(self, inputs: list[Input], *, together: bool = True) -> None:
        """Real input events, in order."""
        calls: list[Call] = []
        for event in inputs:
            calls.append(self._input(event))
            if not together:
                await self._with_frames(calls)
        await self._with_frames(calls)
        for call in calls:
            await call

    async def drag(self, path: list[tuple[float, float]]) -> None:
        """Presses, moves along the path with a frame between moves, releases."""
        (x, y), *_, (end_x, end_y) = path
        self._drag = None
        await self.send([Pointer("move", x, y)], together=False)
        await self.send([Pointer("down", x, y, "left", 1)], together=False)
        entered = False
        for at_x, at_y in path[1:]:
            if self._drag is None:
                await self.send([Pointer("move", at_x, at_y)], together=False)
                if self._drag is None:
                    continue
            kind = "dragOver" if entered else "dragEnter"
            await self._drag_event(kind, at_x, at_y)
            entered = True
        if self._drag is not None:
            await self._drag_event("dragOver", end_x, end_y)
            await self._drag_event("drop", end_x, end_y)
            self._drag = None
        await self.send([Pointer("up", end_x, end_y, "left", 1)], together=False)

    async def _drag_event(self, kind: str, x: float, y: float) -> None:
        call = self._send(
            "Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": self._drag}
        )
        await self._with_frames([call])
        await call

    def _input(self, event: Input) -> Call:
        if isinstance(event, Pointer):
            return self._pointer(event)
        if isinstance(event, Key):
            return self._send(
                "Input.dispatchKeyEvent",
                {
                    "type": "keyUp"
                    if event.kind == "up"
                    else ("keyDown" if event.text else "rawKeyDown"),
                    "key": event.key,
                    "code": event.code,
                    "windowsVirtualKeyCode": event.number,
                    "text": event.text,
                    "unmodifiedText": event.text,
                    "location": event.location,
                    "modifiers": event.modifiers,
                },
            )
        if isinstance(event, Insert):
            return self._send("Input.insertText", {"text": event.text})
        assert isinstance(event, Wheel)
        return self._send(
            "Input.dispatchMouseEvent",
            {
                "type": "mouseWheel",
                "x": event.x,
                "y": event.y,
                "deltaX": event.dx,
                "deltaY": event.dy,
            },
        )

    def _pointer(self, event: Pointer) -> Call:
        button = event.button
        if event.kind == "down":
            self._button = button
        held = self._button
        if event.kind == "up":
            self._button = held = "none"
        self.pointer = (event.x, event.y)
        return self._send(
            "Input.dispatchMouseEvent",
            {
                "type": _MOUSE[event.kind],
                "x": event.x,
                "y": event.y,
                "button": held if event.kind == "move" else button,
                "buttons": _BUTTONS[held],
                "clickCount": event.count,
                "modifiers": event.modifiers,
            },
        )

    # ------------------------------------------------------------------ waiting
    async def _with_frames(self, calls: list[Call]) -> None:
        """Lets frames pass until all calls are answered: some answers come only with one."""
        if not self._frame_control:
            for call in calls:
                if not call.done:
                    try:
                        await call
                    except (ProtocolError, BrowserDied):
                        pass  # raised again where the call's value is asked for
            return
        while not all(call.done for call in calls):
            await self._frame({})

    async def _frame(self, params: dict[str, Any]) -> dict[str, Any]:
        async with self._connection.frames:
            shown: dict[str, Any] = await self._send("HeadlessExperimental.beginFrame", params)
            return shown

    async def quiet(self) -> bool:
        """Waits until no document and no resource is loading."""
        busy = False
        while self._loading is not None or self._requests:
            busy = True
            await self._loaded()
            if self._requests:
                self._settled = self._connection.expect("the network", self._session)
                await self._settled
                self._settled = None
        return busy

    async def _loaded(self) -> None:
        if self._loading is not None:
            await self._loading
            self._loading = None

    async def capture(self) -> Screenshot:
        """The page as it is shown, top left corner first.

        After the two frames that `step` lets pass, everything is drawn; the first frame that yields
        a picture shows it.
        """
        if not self._frame_control:
            data = (await self._send("Page.captureScreenshot", _SHOT))["data"]
            return self._pixels(data)
        for _ in range(20):
            frame = await self._frame({"screenshot": _SHOT})
            if frame.get("screenshotData"):
                return self._pixels(frame["screenshotData"])
        raise BrowserDied("the browser draws no pictures")

    def _pixels(self, data: str) -> Screenshot:
        image = Image.open(io.BytesIO(base64.b64decode(data)))
        options = self._options
        pixels = np.asarray(image.convert("RGB"), dtype=np.uint8)
        return np.ascontiguousarray(pixels[: options.height, : options.width])

    # ------------------------------------------------------------------ events
    def _send(self, method: str, params: dict[str, Any] | None = None) -> Call:
        return self._connection.send(method, params, self._session)

    def _on_event(self, method: str, params: dict[str, Any]) -> None:
        handle = _EVENTS.get(method)
        if handle is not None:
            handle(self, params)

    def _on_started(self, params: dict[str, Any]) -> None:
        if params["frameId"] == self._target and self._loading is None:
            self._loading = self._connection.expect("loading", self._session)

    def _on_stopped(self, params: dict[str, Any]) -> None:
        if params["frameId"] != self._target or self._loading is None:
            return
        if not self._navigating and not self._loading.done:
            self._loading.resolve(None)

    def _on_navigated(self, params: dict[str, Any]) -> None:
        if "parentId" not in params["frame"]:
            self._world = None

    def _on_load(self, params: dict[str, Any]) -> None:
        if self._loading is not None and not self._loading.done:
            self._loading.resolve(None)

    def _on_request(self, params: dict[str, Any]) -> None:
        if params.get("type") not in _STREAMS and params.get("type") != "Document":
            self._requests.add(params["requestId"])

    def _on_request_over(self, params: dict[str, Any]) -> None:
        self._requests.discard(params["requestId"])
        if not self._requests and self._settled is not None and not self._settled.done:
            self._settled.resolve(None)

    def _on_document(self, params: dict[str, Any]) -> None:
        """A document is asked for: the page's own are let through, others never leave."""
        url = params["request"]["url"]
        top = params.get("frameId") == self._target
        if self._navigating == url or self._may_go(url, top):
            self._send("Fetch.continueRequest", {"requestId": params["requestId"]})
            return
        self._send(
            "Fetch.failRequest", {"requestId": params["requestId"], "errorReason": "Aborted"}
        )
        if top:
            self.notes.add(f"the page tried to go to {clipped(url)}; it stays where it is")

    def _may_go(self, url: str, top: bool) -> bool:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != self._options.origin:
            return False
        return not (top and self._options.single)

    def _on_dialog(self, params: dict[str, Any]) -> None:
        kind, words = params["type"], params.get("message", "")
        self._send(
            "Page.handleJavaScriptDialog",
            {"accept": True, "promptText": params.get("defaultPrompt", "")},
        )
        if kind != "beforeunload":
            self.notes.add(f"the page opened {_articled(kind)} saying {clipped(words)}; it was answered OK")

    def _on_window(self, params: dict[str, Any]) -> None:
        self.notes.add(f"the page tried to open a window for {clipped(params['url'])}; it has none")

    def _on_download(self, params: dict[str, Any]) -> None:
        self.notes.add(f"the page offered {clipped(params['url'])} as a download; none is taken")

    def _on_chooser(self, params: dict[str, Any]) -> None:
        self.notes.add("the page asked for a file; pages reach no files")

    def _on_drag(self, params: dict[str, Any]) -> None:
        self._drag = params["data"]

    def _on_crash(self, params: dict[str, Any]) -> None:
        self._connection.fail(self._session, BrowserDied("the page's process crashed"))
        self._broken = True


def _articled(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


_EVENTS = {
    "Page.frameStartedLoading": ChromiumTab._on_started,
    "Page.frameStoppedLoading": ChromiumTab._on_stopped,
    "Page.frameNavigated": ChromiumTab._on_navigated,
    "Page.loadEventFired": ChromiumTab._on_load,
    "Page.javascriptDialogOpening": ChromiumTab._on_dialog,
    "Page.windowOpen": ChromiumTab._on_window,
    "Page.downloadWillBegin": ChromiumTab._on_download,
    "Page.fileChooserOpened": ChromiumTab._on_chooser,
    "Network.requestWillBeSent": ChromiumTab._on_request,
    "Network.loadingFinished": ChromiumTab._on_request_over,
    "Network.loadingFailed": ChromiumTab._on_request_over,
    "Fetch.requestPaused": ChromiumTab._on_document,
    "Input.dragIntercepted": ChromiumTab._on_drag,
    "Inspector.targetCrashed": ChromiumTab._on_crash,
    "Inspector.detached": ChromiumTab._on_crash,
}


class ChromiumTabs:
    """The tabs of one page: with `ahead`, one loads the next episode while the other is played in."""

    def __init__(
        self, connection: Connection, options: PageOptions, *, frame_control: bool
    ) -> None:
        self._connection = connection
        self._options = options
        self._frame_control = frame_control
        self._current: ChromiumTab | None = None
        self._spare: ChromiumTab | None = None
        self._prepared = ""

    @property
    def source(self) -> Connection:
        """The browser's pipe."""
        return self._connection

    async def fresh(self, url: str) -> ChromiumTab:
        """A tab with a newly loaded document."""
        if self._options.ahead:
            tab, self._spare, self._current = self._spare, self._current, None
        else:
            tab, self._current = self._current, None
        prepared, self._prepared = self._prepared == url, ""
        try:
            if tab is None:
                tab = ChromiumTab(
                    self._connection, self._options, frame_control=self._frame_control
                )
                await tab.create()
                prepared = False
            if not prepared:
                tab.begin(url)
            await tab.arrive()
        except BaseException:
            if tab is not None:
                await tab.close()
            raise
        self._current = tab
        return tab

    def prepare(self, url: str) -> None:
        """Begins to load `url` in the tab that is not in play."""
        if self._spare is None:
            return
        self._prepared = url
        self._spare.begin(url)

    async def close(self) -> None:
        """Ends both tabs."""
        for tab in (self._current, self._spare):
            if tab is not None:
                await tab.close()
        self._current = self._spare = None
