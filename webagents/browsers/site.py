"""The only server a page can reach: its own site, serving as the browser's proxy.

Each page's browser context sends every request through here, whatever its address, so that nothing
else on this machine or beyond it can be reached, and a page's address is the same in every process.
"""

from __future__ import annotations

import contextlib
import mimetypes
import socket
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

_YEAR = 31_536_000


class Request(NamedTuple):
    """What a page asked for."""

    method: str
    path: str
    query: str
    body: bytes
    headers: Mapping[str, str]


class Reply(NamedTuple):
    """What it gets: a status, a MIME type, a body, further headers."""

    status: int
    kind: str
    body: bytes
    headers: Mapping[str, str] = {}


Handler = Callable[[Request], Reply]


class Folder:
    """Serves the files below a folder, and nothing above it; browsers may keep them for good."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def __call__(self, request: Request) -> Reply:
        """The file of that path; 404 where there is none."""
        path = (self.root / unquote(request.path).lstrip("/")).resolve()
        if not path.is_relative_to(self.root) or not path.is_file():
            return Reply(404, "text/plain", f"no file {request.path}".encode())
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if kind.startswith("text/") or kind.endswith("javascript"):
            kind += "; charset=utf-8"
        kept = {"Cache-Control": f"max-age={_YEAR}, immutable"}
        return Reply(200, kind, path.read_bytes(), kept)


class Site:
    """A host name and what answers for it, served on this machine as a proxy.

    Attributes:
        origin: the site's address as pages see it, such as ``http://miniwob.test``.
        proxy: ``host:port`` to give to a browser as its proxy; people's browsers may go there too.
    """

    def __init__(
        self, host: str, handler: Handler, *, address: tuple[str, int] = ("127.0.0.1", 0)
    ) -> None:
        """Begins to serve.

        address: where it listens, beyond the proxy's use on this machine; port 0 takes a free one.

        Raises:
            OSError: it cannot listen there.
        """
        self.origin = f"http://{host}"
        self._server = _Server(address, _handler_class(host, handler))
        self.proxy = f"{address[0]}:{self._server.server_address[1]}"
        threading.Thread(target=self._server.accept_all, name=f"site {host}", daemon=True).start()

    def close(self) -> None:
        """Stops serving; safe to call again."""
        self._server.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def accept_all(self) -> None:
        """Serves until `stop`; blocked in accept, where `serve_forever` would poll."""
        while True:
            try:
                request, address = self.get_request()
            except OSError:  # the socket was shut
                return
            self.process_request(request, address)

    def stop(self) -> None:
        with contextlib.suppress(OSError):  # already shut
            self.socket.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is no error."""


def _handler_class(host: str, handler: Handler) -> type[BaseHTTPRequestHandler]:
    class SiteHandler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 300  # seconds a kept connection may be idle
        wbufsize = -1
        disable_nagle_algorithm = True

        def answer(self) -> None:
            """Answers any request."""
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if (parts.hostname or host) != host or parts.scheme not in ("", "http"):
                refused = f"this page reaches nothing beyond http://{host}"
                reply = Reply(403, "text/plain", refused.encode())
            else:
                headers = dict(self.headers.items())
                path = parts.path or "/"
                reply = handler(Request(self.command, path, parts.query, body, headers))
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)
            self.wfile.flush()

        do_GET = do_HEAD = do_POST = answer  # noqa: N815 (the library's names)

        def do_CONNECT(self) -> None:
            self.send_error(403)

        def log_message(self, *_: Any) -> None:
            """Silent: a page's requests are no news."""

    return SiteHandler
