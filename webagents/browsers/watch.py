"""What a tab does of its own accord: loading, fetching, opening dialogs, going places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from webagents.browsers.base import Notes, PageOptions
from webagents.browsers.cdp import Call, Connection
from webagents.browsers.loop import FirstOf
from webagents.errors import BrowserDied, clipped

_UNTOLD = frozenset({"EventSource", "WebSocket", "Ping", "Media", "Document"})


def awaited(request: Mapping[str, Any]) -> bool:
    """Whether a ``Network.requestWillBeSent`` is of a resource whose end will be told.

    It is not told of what need never end, nor of a worker's own script (its loader is no
    document); documents are told of as frames.
    """
    return bool(request.get("loaderId")) and request.get("type") not in _UNTOLD


class Watch:
    """Follows one session's events: answers dialogs, lets documents through or not, keeps count.

    Attributes:
        notes: what the page tried, to be told to the agent.
        navigated: whether a new document has replaced the one last asked about.
        drag: the data of an HTML5 drag that has begun, None while there is none.
    """

    def __init__(
        self, connection: Connection, options: PageOptions, session: str, frame: str
    ) -> None:
        self.notes = Notes()
        self.navigated = True
        self.drag: dict[str, Any] | None = None
        self._connection = connection
        self._options = options
        self._session = session
        self._frame = frame
        self._opening = ""
        self._loading: Call | None = None
        self._requests: set[str] = set()  # resources, and frames within the page, being loaded
        self._stirred = False  # whether anything began or ceased to load since the last look
        self._settled: Call | None = None
        self._sifting: Call | None = None
        self._asked: set[str] = set()  # frames whose scripts asked for a document, not yet begun
        self._dropped: set[str] = set()  # of these, those whose asking has been dealt with
        self._handlers: dict[str, Callable[[dict[str, Any]], None]] = {
            "Page.frameRequestedNavigation": self._on_asked,
            "Page.frameClearedScheduledNavigation": self._on_cleared,
            "Page.frameStartedLoading": self._on_started,
            "Page.frameStoppedLoading": self._on_stopped,
            "Page.frameDetached": self._on_frame_gone,
            "Page.frameNavigated": self._on_navigated,
            "Page.loadEventFired": self._on_load,
            "Page.javascriptDialogOpening": self._on_dialog,
            "Page.windowOpen": self._on_window,
            "Page.downloadWillBegin": self._on_download,
            "Page.fileChooserOpened": self._on_chooser,
            "Network.requestWillBeSent": self._on_request,
            "Network.loadingFinished": self._on_request_over,
            "Network.loadingFailed": self._on_request_over,
            "Fetch.requestPaused": self._on_document,
            "Input.dragIntercepted": self._on_drag,
            "Inspector.targetCrashed": self._on_crash,
            "Inspector.detached": self._on_crash,
        }
        connection.listen(session, self._on_event)

    def opening(self, url: str) -> None:
        """A document is about to be loaded on our own account; all that was is forgotten."""
        self.notes = Notes()
        self.drag = None
        self._requests.clear()
        self._asked.clear()
        self._dropped.clear()
        self._opening = url
        self._loading = self._connection.expect(f"loading {url}", self._session)

    def dragging(self) -> bool:
        """Whether an HTML5 drag has begun."""
        return self.drag is not None

    async def loaded(self) -> None:
        """Waits for the document that is loading, if one is."""
        if self._loading is not None:
            await self._loading
            self._loading = None
            self._opening = ""

    def looking(self) -> None:
        """The page is about to be looked at: what loads from now on may be missed."""
        self._stirred = False

    async def quiet(self) -> bool:
        """Waits until no document and no resource is loading.

        Returns:
            Whether any has been since `looking`, so that it may show only now.
        """
        busy = self._stirred
        while self._loading is not None or self._requests:
            busy = True
            await self._sift()
            self._sifting = self._connection.expect("a load given up", self._session)
            if self._loading is not None:
                await FirstOf(self._loading, self._sifting)
                if self._loading.done:
                    await self.loaded()
            elif self._requests:
                self._settled = self._connection.expect("the network", self._session)
                await FirstOf(self._settled, self._sifting)
                if self._settled.failure is not None:
                    raise self._settled.failure
        return busy

    async def _sift(self) -> None:
        """Ends the waiting for documents that were asked for and never begun to load."""
        if not self._dropped:
            return
        # The browser tells of a load that began before it answers this.
        await self._connection.send("Page.getNavigationHistory", None, self._session)
        for frame in self._dropped & self._asked:
            self._finish(frame)
        self._dropped.clear()

    # ------------------------------------------------------------------ events
    def _on_event(self, method: str, params: dict[str, Any]) -> None:
        handle = self._handlers.get(method)
        if handle is not None:
            handle(params)

    def _on_started(self, params: dict[str, Any]) -> None:
        self._asked.discard(params["frameId"])
        self._begin(params["frameId"])

    def _on_asked(self, params: dict[str, Any]) -> None:
        # Told by the page's process at once, where the browser's telling may come after our next
        # question has been answered.
        self._asked.add(params["frameId"])
        self._begin(params["frameId"])

    def _on_cleared(self, params: dict[str, Any]) -> None:
        if params["frameId"] in self._asked:
            self._dropped.add(params["frameId"])
            self._end_of(self._sifting)

    def _begin(self, frame: str) -> None:
        self._stirred = True
        if frame != self._frame:
            self._requests.add(frame)
        elif self._loading is None or self._loading.done:
            self._loading = self._connection.expect("loading", self._session)

    def _on_stopped(self, params: dict[str, Any]) -> None:
        self._finish(params["frameId"])

    def _finish(self, frame: str) -> None:
        self._asked.discard(frame)
        if frame != self._frame:
            self._over(frame)
        elif not self._opening:  # a navigation that came to nothing; ours ends with its load event
            self._end_of(self._loading)

    def _on_frame_gone(self, params: dict[str, Any]) -> None:
        self._over(params["frameId"])

    def _on_navigated(self, params: dict[str, Any]) -> None:
        if "parentId" not in params["frame"]:
            self.navigated = True

    def _on_load(self, _: dict[str, Any]) -> None:
        self._end_of(self._loading)

    def _on_request(self, params: dict[str, Any]) -> None:
        if awaited(params):
            self._stirred = True
            self._requests.add(params["requestId"])

    def _on_request_over(self, params: dict[str, Any]) -> None:
        self._over(params["requestId"])

    def _over(self, what: str) -> None:
        if what in self._requests:
            self._stirred = True
            self._requests.remove(what)
        if not self._requests:
            self._end_of(self._settled)

    def _on_document(self, params: dict[str, Any]) -> None:
        """A document is asked for: the site's own may come, others never leave this machine."""
        url, request = params["request"]["url"], {"requestId": params["requestId"]}
        top = params.get("frameId") == self._frame
        if url == self._opening or self._may_go(url, top=top):
            self._send("Fetch.continueRequest", request)
            return
        self._send("Fetch.failRequest", {**request, "errorReason": "Aborted"})
        if top:
            self.notes.add(f"the page tried to go to {clipped(url)}; it stays where it is")

    def _may_go(self, url: str, *, top: bool) -> bool:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != self._options.origin:
            return False
        return not (top and self._options.single)

    def _on_dialog(self, params: dict[str, Any]) -> None:
        kind, words = params["type"], params.get("message", "")
        answer = {"accept": True, "promptText": params.get("defaultPrompt", "")}
        self._send("Page.handleJavaScriptDialog", answer)
        if kind != "beforeunload":
            name = f"an {kind}" if kind == "alert" else f"a {kind}"
            self.notes.add(f"the page opened {name} saying {clipped(words)}; it was answered OK")

    def _on_window(self, params: dict[str, Any]) -> None:
        self.notes.add(f"the page tried to open a window for {clipped(params['url'])}; it has none")

    def _on_download(self, params: dict[str, Any]) -> None:
        self.notes.add(f"the page offered {clipped(params['url'])} as a download; none is taken")

    def _on_chooser(self, _: dict[str, Any]) -> None:
        self.notes.add("the page asked for a file; pages reach no files")

    def _on_drag(self, params: dict[str, Any]) -> None:
        self.drag = params["data"]

    def _on_crash(self, _: dict[str, Any]) -> None:
        self._connection.fail(self._session, BrowserDied("the page's process crashed"))

    def _send(self, method: str, params: dict[str, Any]) -> None:
        self._connection.send(method, params, self._session)

    @staticmethod
    def _end_of(awaited: Call | None) -> None:
        if awaited is not None and not awaited.done:
            awaited.resolve(None)
