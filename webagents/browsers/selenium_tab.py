"""One session of chromedriver as a `Tab`: real input through WebDriver's actions, the rest by CDP.

What WebDriver has no word for (the agent's world, the clock, pictures of the task's area) goes
through chromedriver's own way to the DevTools protocol.
"""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import orjson
from PIL import Image

from webagents.browsers import scripts
from webagents.browsers.base import Input, Insert, Key, Notes, PageOptions, Pointer
from webagents.browsers.chromium import ARGUMENTS
from webagents.browsers.inputs import Mouse, command
from webagents.browsers.sandbox import sandboxed
from webagents.browsers.w3c import Event, Hand, knows
from webagents.browsers.watch import awaited
from webagents.errors import (
    BrowserDied,
    BrowserMissing,
    BrowserStartError,
    MachineError,
    PageHung,
    PageLoadError,
    clipped,
)
from webagents.types import Screenshot

try:
    from selenium import webdriver
    from selenium.common import exceptions as failures
    from selenium.webdriver.chromium.remote_connection import ChromiumRemoteConnection
    from selenium.webdriver.remote.client_config import ClientConfig
    from selenium.webdriver.remote.command import Command
    from urllib3 import exceptions as network
except ImportError as error:
    raise BrowserMissing(
        "the package 'selenium' is not installed; `pip install webagents-gym[selenium]` brings it"
    ) from error

_OURS_ALONE = frozenset(
    {
        "--remote-debugging-pipe",
        "--no-startup-window",
        "--block-new-web-contents",  # would block the one window chromedriver waits for
    }
)
_SWITCHES = (
    *(each for each in ARGUMENTS if each not in _OURS_ALONE),
    "--disable-frame-rate-limit",  # a picture costs 3 ms instead of 17 to 33
    "--disable-gpu-vsync",
    "--lang=en-US",
)
START_SECONDS = 30.0
_ANSWER_SECONDS = 4.0
_LOST = (
    "Cannot find context",
    "context was destroyed",
    "navigated or closed",
    "no such execution context",
    "agent is not defined",
    "guard is not defined",
)
_GONE = ("disconnected", "not reachable", "crashed", "invalid session id", "no such window")


class SeleniumTab:
    """One session of chromedriver: a `Tab` whose every operation is done when it returns."""

    def __init__(self, address: str, browser: Path, options: PageOptions) -> None:
        self.notes = Notes()
        self.alive = True
        self._options = options
        self._hand = Hand()
        self._world = 0
        self._loading: set[str] = set()  # requests, and frames whose document is coming
        self._frame = ""
        self._config = ClientConfig(remote_server_addr=address, timeout=START_SECONDS)
        wanted = webdriver.ChromeOptions()
        wanted.binary_location = str(browser)
        wanted.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        for argument in _arguments(options):
            wanted.add_argument(argument)
        link = ChromiumRemoteConnection(address, "goog", "chrome", client_config=self._config)
        try:
            self._driver = webdriver.Remote(command_executor=link, options=wanted)
        except failures.WebDriverException as error:
            raise BrowserStartError(f"the browser {browser} did not start: {error.msg}") from error
        except network.HTTPError as error:
            raise BrowserDied("chromedriver went away") from error
        about = self._driver.capabilities
        self.version = f"{about['browserName']}/{about['browserVersion']}"
        self._config.timeout = _ANSWER_SECONDS
        self._window = self._driver.current_window_handle
        self._prepare()

    @property
    def source(self) -> None:
        """Nothing to wait on."""
        return

    @property
    def pointer(self) -> tuple[float, float]:
        """Where the pointer is, CSS pixels."""
        return self._hand.at

    # ------------------------------------------------------------------ life
    def _prepare(self) -> None:
        options = self._options
        agents = scripts.agent_script(steady=False)
        self._cdp("Emulation.setDeviceMetricsOverride", scripts.device_metrics(options))
        self._cdp("Emulation.setTimezoneOverride", {"timezoneId": "UTC"})
        self._cdp("Emulation.setFocusEmulationEnabled", {"enabled": True})
        self._cdp("Page.setInterceptFileChooserDialog", {"enabled": True})
        self._cdp("Browser.setDownloadBehavior", {"behavior": "deny"})
        for source, world in (
            (_guard(options, in_page=True), ""),
            (scripts.page_script(options), ""),
            (_guard(options, in_page=False), scripts.WORLD),
            (agents, scripts.WORLD),
        ):
            script = {"source": source, **({"worldName": world} if world else {})}
            self._cdp("Page.addScriptToEvaluateOnNewDocument", script)

    def load(self, url: str) -> None:
        """Loads a document with nothing kept of what was there.

        Raises:
            PageLoadError: it did not load.
        """
        origin = self._options.origin
        self._cdp("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        session_storage = {"securityOrigin": origin, "isLocalStorage": False}
        with suppress(failures.WebDriverException):  # no document of the site is there
            self._cdp("DOMStorage.clear", {"storageId": session_storage})
        with self._told():
            self._driver.execute(Command.W3C_CLEAR_ACTIONS)
        self._cdp("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": -1, "y": -1})
        self._cdp("Runtime.evaluate", {"expression": "window.name = ''"})
        self._hand = Hand()
        with self._told():
            try:
                self._driver.get(url)
            except failures.WebDriverException as error:
                if "net::" not in str(error.msg):
                    raise
                raise PageLoadError(f"{url} did not load: {clipped(error.msg, 200)}") from error
        self._cdp("Page.resetNavigationHistory")
        self._read_log()
        self.notes = Notes()
        self._world = 0

    def close(self) -> None:
        """Ends the session and its browser; safe to call again."""
        if self.alive:
            self.alive = False
            with suppress(failures.WebDriverException, network.HTTPError, OSError):
                self._driver.quit()

    # ------------------------------------------------------------------ the page's two worlds
    async def run(self, script: str) -> Any:
        """The value of an expression in the page's own world.

        Raises:
            PageLoadError: it threw.
        """
        return self._evaluate({"expression": script})

    async def ask(self, function: str, *arguments: Any) -> Any:
        """Calls a function of agent.js; enters a page that has just been replaced."""
        waits = arguments[0]["ms"] if function == "step" and self._options.clock == "real" else 0.0
        return self._agent(scripts.call(function, arguments), waits / 1000)

    def _agent(self, expression: str, seconds: float = 0.0) -> Any:
        for _ in range(5):
            try:
                if not self._world:
                    self._enter()
                asked = {"expression": expression, "contextId": self._world}
                return self._evaluate(asked, seconds)
            except (MachineError, failures.WebDriverException) as error:
                if isinstance(error, BrowserDied | PageHung) or not any(
                    lost in str(error) for lost in _LOST
                ):
                    raise
                self._world = 0
        raise PageLoadError("the page keeps replacing itself")

    def _enter(self) -> None:
        self._frame = self._cdp("Page.getFrameTree")["frameTree"]["frame"]["id"]
        asked = {"frameId": self._frame, "worldName": scripts.WORLD}
        self._world = self._cdp("Page.createIsolatedWorld", asked)["executionContextId"]

    def _evaluate(self, params: dict[str, Any], seconds: float = 0.0) -> Any:
        wanted = {"returnByValue": True, "awaitPromise": True, **params}
        self._config.timeout = _ANSWER_SECONDS + seconds
        try:
            answer = self._cdp("Runtime.evaluate", wanted)
        finally:
            self._config.timeout = _ANSWER_SECONDS
        thrown = answer.get("exceptionDetails")
        if thrown:
            said = thrown.get("exception", {}).get("description") or thrown.get("text", "")
            raise PageLoadError(f"the page's script failed: {clipped(said.splitlines()[0], 200)}")
        return answer["result"].get("value")

    # ------------------------------------------------------------------ input
    async def send(self, inputs: list[Input], *, together: bool = True) -> None:
        """Real input events, in order."""
        waiting: list[Event] = []
        for event in inputs:
            if _performed(event):
                waiting.append(event)
                continue
            self._perform(waiting)
            waiting = []
            self._cdp(*command(event, Mouse()))
        self._perform(waiting)
        if not together:
            await self.ask("frame")

    def _perform(self, events: list[Event]) -> None:
        if events:
            sources = {"actions": self._hand.actions(events)}
            with self._told():
                self._driver.execute(Command.W3C_ACTIONS, sources)

    async def drag(self, path: list[tuple[float, float]]) -> None:
        """Presses at the first point, moves along the path, releases at the last."""
        (x, y), *moves = path
        end = Pointer("up", *moves[-1], "left", 1)
        across = [Pointer("move", *point) for point in moves]
        # At one go: a move of a later command tells the page no button, and drags nothing.
        self._perform([Pointer("move", x, y), Pointer("down", x, y, "left", 1), *across, end])
        await self.ask("frame")

    # ------------------------------------------------------------------ waiting and looking
    async def quiet(self) -> bool:
        """Waits until nothing is loading; whether there was anything to wait for."""
        until = time.monotonic() + _ANSWER_SECONDS
        self._read_log()
        busy = False
        while self._loading:
            busy = True
            if time.monotonic() > until:
                raise PageHung(f"the page went on loading for {_ANSWER_SECONDS:g} s")
            time.sleep(0.002)  # WebDriver tells nothing by itself: its log is read again
            self._read_log()
        for kind, words in self._agent("guard.taken()"):
            self.notes.add(_line(kind, words))
        return busy

    async def capture(self) -> Screenshot:
        """The page as it is shown now."""
        shot = self._cdp("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True})
        image = Image.open(io.BytesIO(base64.b64decode(shot["data"])))
        pixels = np.asarray(image.convert("RGB"), dtype=np.uint8)
        return np.ascontiguousarray(pixels[: self._options.height, : self._options.width])

    def _read_log(self) -> None:
        """Takes up what chromedriver has logged of the page's doings since the last time."""
        with self._told():
            entries = self._driver.execute(Command.GET_LOG, {"type": "performance"})["value"]
        for entry in entries:
            message = orjson.loads(entry["message"])["message"]
            self._note(message["method"], message["params"])

    def _note(self, method: str, params: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            if awaited(params):
                self._loading.add(params["requestId"])
        elif method in ("Network.loadingFinished", "Network.loadingFailed"):
            self._loading.discard(params["requestId"])
        elif method == "Page.frameStartedLoading":
            self._loading.add(params["frameId"])
        elif method in ("Page.frameStoppedLoading", "Page.frameDetached"):
            self._loading.discard(params["frameId"])
        elif method == "Page.frameNavigated" and "parentId" not in params["frame"]:
            self._world = 0
        elif method == "Page.windowOpen":
            self.notes.add(_line("window", params["url"]))
            self._close_windows()
        elif method == "Page.downloadWillBegin":
            self.notes.add(_line("download", params["url"]))
        elif method == "Page.fileChooserOpened":
            self.notes.add("the page asked for a file; pages reach no files")

    def _close_windows(self) -> None:
        for target in self._cdp("Target.getTargets")["targetInfos"]:
            if target["type"] == "page" and target["targetId"] != self._window:
                self._cdp("Target.closeTarget", {"targetId": target["targetId"]})

    # ------------------------------------------------------------------ chromedriver
    def _cdp(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        with self._told():
            asked = {"cmd": method, "params": params or {}}
            answer = self._driver.execute("executeCdpCommand", asked)
        value: dict[str, Any] = answer["value"]
        return value

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raises what breaks as one of our errors."""
        try:
            yield
        except (network.TimeoutError, failures.TimeoutException) as error:
            if any(lost in str(error) for lost in _LOST):
                raise
            self.alive = False
            raise PageHung(f"the page did not answer within {self._config.timeout:g} s") from error
        except (network.HTTPError, OSError) as error:
            self.alive = False
            raise BrowserDied("chromedriver went away") from error
        except failures.WebDriverException as error:
            words = str(error.msg)
            if not any(sign in words for sign in _GONE):
                raise
            self.alive = False
            raise BrowserDied(f"the browser went away: {clipped(words, 200)}") from error


def _performed(event: Input) -> TypeGuard[Event]:
    """Whether WebDriver's actions can do it: they know no second click, and not every key."""
    if isinstance(event, Insert):
        return False
    if isinstance(event, Key):
        return knows(event)
    return not (isinstance(event, Pointer) and event.clicks > 1)


def _arguments(options: PageOptions) -> list[str]:
    proxy = [f"--proxy-server=http://{options.proxy}", "--proxy-bypass-list=<-loopback>"]
    width, height = options.window
    arguments = [*_SWITCHES, *proxy, f"--window-size={width},{height}"]
    return arguments if sandboxed() else [*arguments, "--no-sandbox"]


def _guard(options: PageOptions, *, in_page: bool) -> str:
    text = files("webagents.browsers").joinpath("js", "guard.js").read_text(encoding="utf-8")
    told = [scripts.KEY, options.origin, options.single, in_page]
    return f"{text}(...{orjson.dumps(told).decode()})"


def _line(kind: str, words: str) -> str:
    said = clipped(words)
    return {
        "alert": f"the page opened an alert saying {said}; it was answered OK",
        "confirm": f"the page opened a confirm saying {said}; it was answered OK",
        "prompt": f"the page opened a prompt saying {said}; it was answered OK",
        "window": f"the page tried to open a window for {said}; it has none",
        "download": f"the page offered {said} as a download; none is taken",
        "go": f"the page tried to go to {said}; it stays where it is",
    }[kind]
