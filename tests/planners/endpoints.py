"""An OpenAI-compatible endpoint on loopback that replies as a test says."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GONE, SLOW, DRIPPING = 0, 1, 2
"""No reply at all; none until the test ends; one that goes on and on, a byte at a time."""

Reply = tuple[int, Any, dict[str, str]]


def saying(text: str, read: int = 1000, written: int = 100) -> Reply:
    """A reply as llama.cpp's server and OpenAI write it, but for what nobody reads."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}}
    used = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    told = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "tiny",
        "choices": [{**choice, "finish_reason": "stop"}],
        "usage": used,
    }
    return 200, told, {}


class Server:
    """The endpoint.

    Attributes:
        asked: the requests' bodies, in order.
        keys: the Authorization headers, in order.
        port, url: where it is.
        reply: gives the reply to a request's body.
    """

    def __init__(self, port: int = 0) -> None:
        self.replies: list[Reply] = []
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.reply: Callable[[dict[str, Any]], Reply] = lambda asked: self.replies.pop(0)
        self._over = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.asked.append(json.loads(body))
                server.keys.append(self.headers.get("Authorization"))
                status, told, headers = server.reply(server.asked[-1])
                if status == SLOW:
                    server._over.wait()
                if status == DRIPPING:
                    self.send_response(200)
                    self.end_headers()
                    self._drip()
                if status in (SLOW, GONE, DRIPPING):
                    self.close_connection = True
                    return
                content = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def _drip(self) -> None:
                try:
                    while not server._over.wait(0.01):
                        self.wfile.write(b" ")
                except OSError:  # the other side has had enough
                    return

            def log_message(self, *args: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._http.server_port
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def says(self, *replies: tuple[int, Any] | Reply) -> None:
        """What it replies, in order."""
        self.replies = [(*reply, {}) if len(reply) == 2 else reply for reply in replies]

    def close(self) -> None:
        """Ends it, and the replies it is at."""
        self._over.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@contextmanager
def serving(port: int = 0) -> Iterator[Server]:
    """An endpoint that ends with the block, at a port that is free if none is named."""
    server = Server(port)
    try:
        yield server
    finally:
        server.close()
