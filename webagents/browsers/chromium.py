"""Chromium over its own DevTools pipe: the default browser.

The headless shell is driven frame by frame (``HeadlessExperimental.beginFrame``): nothing is drawn
that was not asked for, so a frame costs well under a millisecond instead of a sixtieth of a second,
and pictures follow from the page alone. Other Chromium builds draw at their own pace; they show the
same pages more slowly.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from webagents.browsers.base import PageOptions
from webagents.browsers.cdp import Connection, ProtocolError
from webagents.browsers.lookup import find_browser
from webagents.browsers.loop import run
from webagents.browsers.page import WebPage
from webagents.browsers.process import BrowserProcess
from webagents.browsers.sandbox import VARIABLE, sandboxed
from webagents.browsers.tab import BLANK
from webagents.browsers.tabs import ChromiumTabs
from webagents.errors import BrowserDied, BrowserStartError, PageHung

_FEATURES_OFF = ",".join(
    [
        "BackForwardCache",  # a page left behind must be gone, not kept
        "RenderDocument",  # the frame stays, its document changes: quicker loads
        "WaitForLateScrollEvents",  # frames that do not wait for the page can block for ever
        "DeferRendererTasksAfterInput",  # scripts would wait 50 ms for a frame after each input
        "SpareRendererForSitePerProcess",
        "PaintHolding",
        "HttpsUpgrades",
        "AcceptCHFrame",
        "Translate",
        "OptimizationHints",
        "MediaRouter",
        "DialMediaRouteProvider",
    ]
)
ARGUMENTS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-startup-window",
    "--disable-gpu",
    "--in-process-gpu",  # one process less, and a third off each screenshot
    "--disable-dev-shm-usage",
    "--mute-audio",
    # nothing of its own over the network, nothing in the background
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-quic",
    "--disable-extensions",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--metrics-recording-only",
    "--no-pings",
    "--password-store=basic",
    "--use-mock-keychain",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-hang-monitor",
    "--disable-ipc-flooding-protection",
    "--disable-prompt-on-repost",
    "--disable-popup-blocking",
    "--block-new-web-contents",
    # the same picture everywhere
    "--force-color-profile=srgb",
    "--force-device-scale-factor=1",
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--disable-smooth-scrolling",
    "--disable-image-animation-resync",
    "--disable-checker-imaging",
    "--disable-partial-raster",
    f"--disable-features={_FEATURES_OFF}",
)
"""Switches for every Chromium."""
_FRAME_CONTROL = ("--enable-begin-frame-control", "--run-all-compositor-stages-before-draw")
_START_SECONDS = 30.0


class ChromiumBrowser:
    """A Chromium of this machine, headless."""

    def __init__(
        self,
        path: str | None = None,
        *,
        sandbox: bool | None = None,
        arguments: tuple[str, ...] = (),
    ) -> None:
        """Starts the browser at `path` (None: see `lookup.find_browser`).

        sandbox: the browser's own sandbox; None: see `sandbox.sandboxed`.
        arguments: further command-line switches.

        Raises:
            BrowserMissing: there is none.
            BrowserStartError: it would not start; its own words are in the message.
        """
        found = find_browser(path)
        self.path: Path = found.path
        self.frame_control = found.kind == "headless-shell"
        switches = [*ARGUMENTS, *arguments]
        if self.frame_control:
            switches += _FRAME_CONTROL
        if not (sandboxed() if sandbox is None else sandbox):
            switches.append("--no-sandbox")
        self._process = BrowserProcess(found.path, switches)
        self.connection = Connection(self._process)
        try:
            answer = run(self._greet(), self.connection, _START_SECONDS)
        except (BrowserDied, PageHung, ProtocolError) as error:
            self.close()
            raise BrowserStartError(
                f"the browser {found.path} did not start: {self._reason(error)}"
            ) from error
        except BaseException:
            self.close()
            raise
        self._version: str = answer["product"]

    @property
    def version(self) -> str:
        """Its name and version, such as ``HeadlessChrome/156.0.8078.79``."""
        return self._version

    @property
    def source(self) -> Connection:
        """Its pipe."""
        return self.connection

    @property
    def alive(self) -> bool:
        """Whether it still runs, as far as is known."""
        return self.connection.dead is None and not self._process.closed

    @property
    def pid(self) -> int:
        """Its process id, which is also its process group."""
        return self._process.pid

    async def page(self, options: PageOptions) -> WebPage:
        """A new page, apart from all others."""
        tabs = ChromiumTabs(self.connection, options, frame_control=self.frame_control)
        return WebPage(options, tabs)

    def close(self) -> None:
        """Ends the browser and all its processes."""
        with self.connection.lock, contextlib.suppress(OSError):
            if self.connection.dead is None:
                self.connection.dead = BrowserDied("the browser was closed")
            self.connection.fail("", self.connection.dead)
            self._process.close()

    def _reason(self, error: Exception) -> str:
        told = str(error)
        if isinstance(error, PageHung):
            told = f"no answer within {_START_SECONDS:g} s"
        elif isinstance(error, BrowserDied):
            told = self._process.ending
        words = self._process.words()
        if words:
            told += f"; it said:\n{words}"
        if "sandbox" in words.lower():
            told += f"\n({VARIABLE}=off starts it without; see docs/containers.md)"
        return told

    async def _greet(self) -> dict[str, str]:
        answer: dict[str, str] = await self.connection.send("Browser.getVersion")
        if not self.frame_control:
            self.connection.listen("", self._on_target)
            await self.connection.send("Target.setDiscoverTargets", {"discover": True})
        return answer

    def _on_target(self, method: str, params: dict[str, Any]) -> None:
        """Closes what a page opened: no switch keeps a full Chromium from showing it in front."""
        target = params.get("targetInfo", {})
        if method != "Target.targetCreated" or target["type"] != "page":
            return
        if "openerId" in target or target["url"] != BLANK:
            self.connection.send("Target.closeTarget", {"targetId": target["targetId"]})
