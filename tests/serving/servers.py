"""A recorder, or environments, served while a test asks."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from webagents.serving.environments.config import ServeConfig
from webagents.serving.environments.run import Served as Environments
from webagents.serving.environments.run import server
from webagents.serving.recorder.run import RecordConfig, Serving, recorder


@contextmanager
def served(config: RecordConfig) -> Iterator[Serving]:
    """A recorder that answers at its `url`."""
    with recorder(config) as serving:
        thread = threading.Thread(target=serving.server.run, args=(serving.sockets,))
        thread.start()
        try:
            yield serving
        finally:
            serving.server.should_exit = True
            thread.join()


@contextmanager
def environments(**settings: Any) -> Iterator[Environments]:
    """An environment server that answers at its `url`; `settings` are `ServeConfig`'s."""
    up = threading.Event()
    config = ServeConfig(**{"port": 0, "browsers": 1, "sessions": 8, **settings})
    with server(config, lambda url: up.set()) as serving:
        thread = threading.Thread(target=serving.server.run, args=(serving.sockets,))
        thread.start()
        try:
            assert up.wait(30)
            yield serving
        finally:
            serving.server.should_exit = True
            thread.join()


def ask(served, path, told=None, method=None, **headers):
    """Status and what an environment server answers: JSON where it is, else text."""
    connection = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=30)
    body = told if told is None or isinstance(told, bytes | str) else json.dumps(told)
    connection.request(method or ("GET" if told is None else "POST"), path, body, headers)
    reply = connection.getresponse()
    text = reply.read().decode()
    connection.close()
    plain = reply.headers.get_content_type() != "application/json"
    return reply.status, text if plain else json.loads(text)


def rpc(served, method, params=None, **more):
    """The answer to a JSON-RPC request."""
    told = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params or {}, **more}
    return ask(served, "/mcp", told)[1]


class Reply(NamedTuple):
    status: int
    body: Any
    headers: http.client.HTTPMessage


class Client:
    """Somebody without a browser."""

    def __init__(self, serving: Serving) -> None:
        self.address = urlsplit(serving.url).netloc
        self.port = urlsplit(serving.url).port
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, told: Any = None, **headers: str) -> Reply:
        """One request, a POST where something is told."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port or 0, timeout=30)
        sent = {"Host": self.address, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if told is not None:
            sent = {"Origin": f"http://{sent['Host']}", "Content-Type": "application/json", **sent}
        method = "GET" if told is None else "POST"
        connection.request(method, path, None if told is None else json.dumps(told), sent)
        reply = connection.getresponse()
        body = reply.read()
        connection.close()
        for cookie in reply.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        is_json = reply.headers.get_content_type() == "application/json"
        return Reply(reply.status, json.loads(body) if is_json else body.decode(), reply.headers)

    def join(self, name: str) -> None:
        """Says a name."""
        assert self.ask("/api/join", {"name": name}).status == 200

    def deal(self, **told: Any) -> tuple[str, int]:
        """What is dealt to play."""
        assignment = self.ask("/api/deal", told).body["assignment"]
        return assignment["task"], assignment["seed"]
