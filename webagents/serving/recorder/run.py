"""One recording from its settings to its dataset: the server, its worker, and the end of both."""

from __future__ import annotations

import logging
import secrets
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from webagents.data.summary import About
from webagents.data.writer import DatasetWriter
from webagents.envs import catalogue
from webagents.envs.play import MAX_SEED
from webagents.errors import UserError, clipped
from webagents.provenance import current_versions
from webagents.serving.listening import listen, loopback, plain_token, shown_host
from webagents.serving.recorder.desk import Desk
from webagents.serving.recorder.guarding import Guard
from webagents.serving.recorder.keeping import Keeper

if TYPE_CHECKING:
    import uvicorn

log = logging.getLogger(__name__)

KEEP = ("successes", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConfig:
    """What `record` does.

    tasks: what people play: ids, sets (``@webgum56``) and globs (``miniwob.click-*``), by comma.
    out: the folder of the dataset; new, empty, or a dataset that is gone on with.
    episodes: how many are wanted of each task.
    seed_start: the first seed.
    host: the address the server listens on; beyond this machine it asks for a token.
    port: its port; 0 takes a free one.
    token: what people have to show; None: a random one where the server listens beyond this
        machine, else none.
    keep: "successes", or "all" to keep finished episodes that failed too.
    """

    tasks: str
    out: Path
    episodes: int = 10
    seed_start: int = 0
    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = field(default=None, repr=False)
    keep: str = "successes"

    def __post_init__(self) -> None:
        for name, least, most in [
            ("episodes", 1, 1_000_000),
            ("seed_start", 0, MAX_SEED - 1_000_000),
            ("port", 0, 65_535),
        ]:
            if not least <= getattr(self, name) <= most:
                raise UserError(f"{name} is {least} to {most}, not {getattr(self, name)}")
        if self.keep not in KEEP:
            raise UserError(f"no keep {clipped(self.keep)}; there is {', '.join(KEEP)}")
        if self.token is not None and not plain_token(self.token, least=8):
            raise UserError("a token has 8 to 200 letters, digits, - and _")


class Collected(NamedTuple):
    """What a recording has come to.

    episodes: how many people have recorded in all.
    new: how many of them were recorded this time.
    people: who played them.
    """

    out: Path
    episodes: int
    new: int
    people: tuple[str, ...]

    def __str__(self) -> str:
        by = f" by {', '.join(self.people)}" if self.people else ""
        return f"{self.out}: {self.episodes} episodes{by}, {self.new} of them new"


class Serving(NamedTuple):
    """A recorder that is ready: run `server` to serve it.

    url: the address for people, with the token where there is one.
    sockets: what the server is given to listen on.
    """

    server: uvicorn.Server
    url: str
    sockets: list[socket.socket]
    keeper: Keeper
    desk: Desk


def record(config: RecordConfig, *, say: Callable[[str], object] | None = None) -> Collected:
    """Serves the recorder until Ctrl-C.

    say: hears what the person who started it should read; None: stderr.

    Raises:
        UserError: no such task, a folder that holds something else, or an address in use.
    """
    told = say or _to_stderr

    def ready(url: str) -> None:
        told(f"record at {url}")
        told("Ctrl-C ends it; everything that is finished is kept")

    with recorder(config, ready) as serving, suppress(KeyboardInterrupt):
        serving.server.run(serving.sockets)
    kept = list(serving.keeper.done())  # with what was finished as the server went down
    people = tuple(sorted({person for _, person in kept}))
    collected = Collected(config.out, len(kept), serving.keeper.kept, people)
    told(str(collected))
    return collected


@contextmanager
def recorder(
    config: RecordConfig, ready: Callable[[str], object] = lambda url: None
) -> Iterator[Serving]:
    """A recorder to be served; its dataset is whole afterwards.

    ready: hears the address once it is served.

    Raises:
        UserError: see `record`.
    """
    try:
        import uvicorn

        from webagents.serving.recorder.app import create
    except ImportError as missing:
        raise UserError(
            f"recording needs {missing.name}: pip install 'webagents-gym[serving]'"
        ) from missing
    specs = catalogue.select(config.tasks)
    foreign = [spec.id for spec in specs if not spec.id.startswith(("miniwob.", "compwob."))]
    if foreign:
        raise UserError(
            f"only pages of miniwob and compwob can be recorded, not {clipped(foreign)}"
        )
    listening = listen(config.host, config.port)
    port = listening.getsockname()[1]
    token = config.token
    if token is None and not loopback(config.host):
        token = secrets.token_urlsafe(18)
    desk = Desk(specs, config.episodes, config.seed_start, time.monotonic)
    with listening, DatasetWriter(config.out, _about(config), resume=True) as writer:
        writer.place_rest()
        keeper = Keeper(writer, {spec.id: spec for spec in specs}, failures=config.keep == "all")
        desk.begin(keeper.done())
        url = f"http://{shown_host(config.host)}:{port}/" + (f"?token={token}" if token else "")
        app = create(desk, keeper, port, lambda: ready(url))
        guard = Guard(app, config.host, token, f"webagents-token-{port}")
        served = uvicorn.Config(
            guard,
            log_level="warning",
            access_log=False,
            ws="none",
            lifespan="on",
            timeout_graceful_shutdown=3,
            server_header=False,
        )
        try:
            yield Serving(uvicorn.Server(served), url, [listening], keeper, desk)
        finally:
            keeper.close()


def _about(config: RecordConfig) -> About:
    settings: dict[str, Any] = {**asdict(config), "out": str(config.out)}
    del settings["token"]
    return About(
        title=f"Demonstrations by people: {config.tasks}",
        origin=(
            "Played by people in their own browsers and replayed in the environment, whose "
            "observations and screenshots these are."
        ),
        made={"config": settings, "versions": current_versions()},
    )


def _to_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")
