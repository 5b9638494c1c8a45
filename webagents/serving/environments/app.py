"""The server's application: OpenEnv's routes over HTTP and WebSocket, and a few of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI, Request, Response, WebSocket
from pydantic import BaseModel
from starlette.websockets import WebSocketDisconnect, WebSocketState

from webagents import __version__
from webagents.envs.remote import wire
from webagents.errors import SessionEnded, UserError, WebAgentsError, clipped
from webagents.serving.environments import discovery, requests, rpc
from webagents.serving.environments.answering import answer, answer_message, refusal
from webagents.serving.environments.house import House

_STATUS = {
    "UnknownTask": 404,
    "SessionEnded": 410,
    "ServerFull": 503,
    "UserError": 400,
    "ActionError": 400,
}
"""HTTP's word for errors, by their class; what broke is 500, what is no request at all 422."""

_GONE = (RuntimeError, OSError, WebSocketDisconnect)
_TEXT = "text/plain; version=0.0.4; charset=utf-8"


def create(house: House, ready: Callable[[], object]) -> FastAPI:
    """The application. Its end ends all sessions and browsers.

    ready: called when it is served.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        ready()
        yield
        await house.close()

    app = FastAPI(
        title=discovery.NAME,
        description=discovery.DESCRIPTION,
        version=__version__,
        lifespan=lifespan,
        docs_url=None,  # they load scripts from elsewhere
        redoc_url=None,
    )
    app.include_router(rpc.routes(house))
    app.include_router(discovery.routes(house))

    @app.exception_handler(WebAgentsError)
    async def refused(_: Request, error: WebAgentsError) -> Response:
        return _reply(refusal(house, error))

    @app.get("/health", tags=["Health"])
    async def health() -> dict[str, str]:
        """Whether the server answers."""
        return {"status": "healthy"}

    @app.get("/metrics", tags=["Health"])
    async def metrics() -> Response:
        """What it counts, for Prometheus."""
        return Response(house.metrics.text(), media_type=_TEXT)

    async def asked(request: Request, kind: str) -> Response:
        message = wire.read(await request.body() or b"{}")
        key = message.pop("session", None)
        number = message.pop("id", None)
        if kind == "step":
            message.pop("timeout_s", None)  # OpenEnv's; an action's time is bounded as it is
            message.pop("request_id", None)
            message = message.get("action", {})
        if key is None and kind != "reset":
            raise UserError(f"{kind}: session is missing; the answer to /reset tells it")
        if key is not None and not isinstance(key, str):
            raise UserError(f"session={clipped(key)} is no key of a session")
        requests.validated(kind, message)  # before a session is opened for it
        session = house.open() if key is None else house.find(key)
        told = {"type": kind, "data": message} | ({} if number is None else {"id": number})
        text = await answer_message(house, session, told)
        if key is None and wire.read(text)["type"] == "error":
            house.end(session, "it could not begin", "closed")
        return _reply(text)

    @app.post("/reset", tags=["Environment Control"], openapi_extra=_body(requests.Reset))
    async def reset(request: Request) -> Response:
        """Begin an episode, in the session that is named or in a new one."""
        return await asked(request, "reset")

    @app.post("/step", tags=["Environment Control"], openapi_extra=_body(requests.Step, "action"))
    async def step(request: Request) -> Response:
        """Perform an action in the session that is named."""
        return await asked(request, "step")

    @app.post("/close", tags=["Environment Control"], openapi_extra=_body(requests.Nothing))
    async def close(request: Request) -> Response:
        """End the session that is named."""
        return await asked(request, "close")

    @app.get("/state", tags=["State Management"], response_model=requests.State)
    async def state(session: str | None = None) -> Response:
        """Where a session stands; without one, what a session begins with."""
        if session is None:
            return _json({"episode_id": None, "step_count": 0})
        return _reply(await answer_message(house, house.find(session), {"type": "state"}))

    @app.websocket("/ws")
    async def talk(socket: WebSocket) -> None:
        await _talk(house, socket)

    return app


async def _talk(house: House, socket: WebSocket) -> None:
    """One connection: a session of its own, or the one that its address names."""
    await socket.accept()
    key = socket.query_params.get(wire.SESSION)
    try:
        session = house.open() if key is None else house.find(key)
    except WebAgentsError as error:
        await _last_words(socket, refusal(house, error), 1013)
        return
    going: set[asyncio.Task[None]] = set()

    def hang_up(why: str) -> None:
        words = refusal(house, SessionEnded(f"the session is over: {why}")) if why else ""
        going.add(asyncio.get_running_loop().create_task(_last_words(socket, words, 1000)))

    house.attach(session, hang_up)
    house.heard_of(session)
    left = False
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                left = message.get("code") in (1000, 1001)
                break
            said = await answer(house, session, message.get("text") or message.get("bytes") or "")
            if socket.application_state is WebSocketState.CONNECTED:
                with suppress(*_GONE):  # it was closed while the answer was on its way
                    await socket.send_text(said)
    finally:
        house.detach(session, hang_up, left=left)
        await asyncio.gather(*going)


async def _last_words(socket: WebSocket, words: str, code: int) -> None:
    """Says something, if anything, and closes a connection that may be gone already."""
    with suppress(*_GONE):
        if words:
            await socket.send_text(words)
        await socket.close(code)


def _reply(text: str) -> Response:
    """An answer as HTTP has it: its data, the status telling what went wrong."""
    message = wire.read(text)
    data = message["data"]
    if message["type"] != "error":
        return _json(data)
    status = 422 if data["code"] == "VALIDATION_ERROR" and data["kind"] == "UserError" else None
    return _json({"detail": data["message"], **data}, status or _STATUS.get(data["kind"], 500))


def _json(data: dict[str, Any], status: int = 200) -> Response:
    """Not FastAPI's own: pages and actions may hold half of a character, which it cannot write."""
    return Response(wire.written(data), status, media_type="application/json")


def _body(record: type[BaseModel], within: str = "") -> dict[str, Any]:
    """OpenAPI's word for a request's body: the record's fields and the session's key."""
    schema = record.model_json_schema()
    if within:
        schema = {"type": "object", "properties": {within: schema}, "required": [within]}
    schema.setdefault("properties", {})["session"] = {
        "type": "string",
        "description": "The session's key, which the answer to /reset tells.",
    }
    schema.pop("additionalProperties", None)
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}
