"""Serving environments from the settings to the end of the last browser."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from webagents.browsers.base import Browser
from webagents.doctor import browser_version
from webagents.envs import catalogue
from webagents.envs.launch import launch
from webagents.errors import UserError
from webagents.serving.environments.config import ServeConfig, token_of
from webagents.serving.environments.lanes import Lane
from webagents.serving.listening import listen, shown_host

if TYPE_CHECKING:
    import uvicorn

    from webagents.serving.environments.house import House

_GRACE_SECONDS = 10
_ANSWER_SECONDS = 60.0  # a client that is busy may be slow to answer a ping


class Served(NamedTuple):
    """An environment server that is ready: run `server` on `sockets` to serve it.

    url: the address for clients.
    house: its sessions, which belong to the thread that runs the server.
    """

    server: uvicorn.Server
    url: str
    sockets: list[socket.socket]
    house: House


def serve(config: ServeConfig, *, say: Callable[[str], object]) -> None:
    """Serves environments until Ctrl-C or SIGTERM, which end all sessions and browsers.

    say: hears where.

    Raises:
        UserError: no such task, no token beyond this machine, or an address in use.
        BrowserMissing: there is no browser to play in.
    """

    def ready(url: str) -> None:
        say(f"environments at {url}; Ctrl-C ends them")

    with server(config, ready) as served, _sigterm_as_ctrl_c(), suppress(KeyboardInterrupt):
        served.server.run(served.sockets)


@contextmanager
def _sigterm_as_ctrl_c() -> Iterator[None]:
    """Uvicorn raises the signal that ended it once more: this process has not ended yet then."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def server(
    config: ServeConfig, ready: Callable[[str], object] = lambda url: None
) -> Iterator[Served]:
    """An environment server to be run.

    ready: hears the address once it is served.

    Raises:
        UserError, BrowserMissing: see `serve`.
    """
    try:
        import uvicorn
        import websockets  # noqa: F401  (uvicorn's WebSockets need it)

        from webagents.serving.environments.app import create
        from webagents.serving.environments.gate import Gate
        from webagents.serving.environments.house import House
    except ModuleNotFoundError as missing:
        raise UserError(
            f"serving needs {missing.name}: pip install 'webagents-gym[serve]'"
        ) from missing
    token = token_of(config)
    tasks = {spec.id: spec for spec in catalogue.select(config.tasks)}
    needed = any(spec.browser for spec in tasks.values())
    browser = browser_version(config.browser) if needed else ""

    def start() -> Browser:
        return launch(path=config.browser)

    lanes = [Lane(number, start) for number in range(config.browsers or os.cpu_count() or 1)]
    house = House(
        lanes,
        tasks,
        most=config.sessions,
        idle=config.idle,
        linger=config.linger,
        browser=browser,
    )
    with listen(config.host, config.port) as listening:
        url = f"http://{shown_host(config.host)}:{listening.getsockname()[1]}"
        app = create(house, lambda: ready(url))
        served = uvicorn.Config(
            Gate(app, config.host, token, config.message_bytes),
            log_level="warning",
            access_log=False,
            lifespan="on",
            ws_max_size=config.message_bytes,
            ws_per_message_deflate=False,
            ws_ping_timeout=_ANSWER_SECONDS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            server_header=False,
        )
        yield Served(uvicorn.Server(served), url, [listening], house)
