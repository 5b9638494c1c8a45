"""JSON-RPC 2.0 at ``/mcp``: tools to play with, for MCP's clients and for OpenEnv's.

Source: Model Context Protocol, 2025-11-25, "Streamable HTTP" (answers are plain JSON, there are no
streams), and OpenEnv 0.10, whose clients name a session in `params` instead of a header.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Request, Response

from webagents import __version__
from webagents.envs.remote import wire
from webagents.errors import SessionEnded, UserError, WebAgentsError, clipped
from webagents.serving.environments import tools
from webagents.serving.environments.answering import answer_message
from webagents.serving.environments.house import House
from webagents.serving.environments.session import Session

HEADER = "Mcp-Session-Id"

_PARSE, _INVALID, _NO_METHOD, _PARAMS, _SERVER = -32700, -32600, -32601, -32602, -32000
_VERSIONS = ("2025-03-26", "2025-06-18", "2025-11-25")
_MOST_CALLERS = 10_000  # beyond these the oldest has to introduce itself again


def routes(house: House) -> APIRouter:
    """The endpoint's routes."""
    router = APIRouter()
    desk = Desk(house)

    @router.post("/mcp", tags=["MCP"])
    async def mcp(request: Request) -> Response:
        """JSON-RPC 2.0: the environment's actions as tools."""
        reply = await desk.answer(await request.body(), request.headers.get(HEADER))
        if reply.body is None:
            return Response(status_code=reply.status)
        headers = {} if reply.caller is None else {HEADER: reply.caller}
        text = wire.written(reply.body)
        return Response(text, reply.status, headers, media_type="application/json")

    @router.delete("/mcp", tags=["MCP"])
    async def leave(request: Request) -> Response:
        """The end of what a caller plays."""
        known = desk.leave(request.headers.get(HEADER, ""))
        return Response(status_code=204 if known else 404)

    return router


class Reply(NamedTuple):
    """An answer over HTTP.

    body: None where there is nothing to say.
    caller: the key that a new caller is to show.
    """

    status: int
    body: dict[str, Any] | None
    caller: str | None = None


class Desk:
    """Answers callers, each of which has a session from its first ``reset`` on.

    A caller outlives its sessions: one that timed out is told so, and the next ``reset`` opens
    another, for most of MCP's clients would not introduce themselves again.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._callers: OrderedDict[str, Session | None] = OrderedDict()
        self._seen: WeakKeyDictionary[Session, Mapping[str, Any]] = WeakKeyDictionary()
        self._methods: Mapping[str, Callable[..., Awaitable[dict[str, Any]]]] = {
            "initialize": self._initialize,
            "ping": self._ping,
            "openenv/session/create": self._create,
            "openenv/session/close": self._close,
            "tools/list": self._list,
            "tools/call": self._call,
        }

    async def answer(self, body: bytes, caller: str | None) -> Reply:
        """The answer to a JSON-RPC request; errors are answers too.

        caller: the key that the request shows.
        """
        number: Any = None
        try:
            try:
                asked = wire.read(body)
            except UserError as error:
                return _failed(_PARSE, str(error), None)
            number, method = asked.get("id"), asked.get("method")
            if asked.get("jsonrpc") != "2.0" or not isinstance(method, str):
                return _failed(_INVALID, "a request has jsonrpc '2.0' and a method", number)
            if method.startswith("notifications/"):
                return Reply(202, None)
            params = asked.get("params") or {}
            if not isinstance(params, Mapping):
                return _failed(_PARAMS, "params is an object", number)
            if method not in self._methods:
                known = ", ".join(self._methods)
                told = f"no method {clipped(method)}; the methods are {known}"
                return _failed(_NO_METHOD, told, number)
            if method == "initialize":
                caller = self._introduced()
            elif caller is not None and caller not in self._callers:
                told = f"there is no session {clipped(caller, 40)} here; initialize again"
                return _failed(_SERVER, told, number, status=404)
            result = await self._methods[method](params, caller)
            new = caller if method == "initialize" else None
            return Reply(200, {"jsonrpc": "2.0", "id": number, "result": result}, new)
        except UserError as error:
            return _failed(_PARAMS, str(error), number)
        except WebAgentsError as error:
            return _failed(_SERVER, str(error), number)

    def leave(self, caller: str) -> bool:
        """Ends what a caller plays; whether there is such a caller."""
        if caller not in self._callers:
            return False
        session = self._callers.pop(caller)
        if session is not None:
            self._house.end(session, "its client left", "closed")
        return True

    def _introduced(self) -> str:
        key = secrets.token_urlsafe(18)
        self._callers[key] = None
        if len(self._callers) > _MOST_CALLERS:
            self._callers.popitem(last=False)
        return key

    async def _initialize(self, params: Mapping[str, Any], caller: str) -> dict[str, Any]:
        version = params.get("protocolVersion")
        return {
            "protocolVersion": version if version in _VERSIONS else _VERSIONS[-1],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "webagents", "version": __version__},
            "instructions": tools.INSTRUCTIONS,
        }

    async def _ping(self, params: Mapping[str, Any], caller: str | None) -> dict[str, Any]:
        return {}

    async def _create(self, params: Mapping[str, Any], caller: str | None) -> dict[str, Any]:
        return {"session_id": self._house.open().id}

    async def _close(self, params: Mapping[str, Any], caller: str | None) -> dict[str, Any]:
        session = self._house.find(_key(params))
        self._house.end(session, "its client closed it", "closed")
        return {"session_id": session.id, "closed": True}

    async def _list(self, params: Mapping[str, Any], caller: str | None) -> dict[str, Any]:
        return {"tools": tools.listed(self._house.tasks)}

    async def _call(self, params: Mapping[str, Any], caller: str | None) -> dict[str, Any]:
        name, arguments = params.get("name"), params.get("arguments") or {}
        known = [each["name"] for each in tools.listed(self._house.tasks)]
        if not isinstance(name, str) or name not in known:
            raise UserError(f"no tool {clipped(name)}; the tools are {', '.join(known)}")
        if not isinstance(arguments, Mapping):
            raise UserError("arguments is an object")
        if name == "list_tasks":
            try:
                return _result([tools.in_words(tools.every_task(self._house.tasks, arguments))])
            except UserError as error:
                return _mistake(str(error))
        named = None if caller is not None else self._house.find(_key(params))
        try:
            session = named or self._session(caller or "", begins=name == "reset")
            if name == "observe":
                return self._observed(session, arguments)
            kind, data = tools.asked(name, arguments)
        except WebAgentsError as error:
            return _mistake(str(error))
        told = wire.read(await answer_message(self._house, session, {"type": kind, "data": data}))
        before = None if kind == "reset" else self._seen.get(session)
        if told["type"] == "error":
            if told["data"]["void"]:
                self._seen.pop(session, None)
            return _mistake(_in_words(told["data"]))
        self._seen[session] = told["data"]
        return _result(tools.content(told["data"], before), told["data"])

    def _session(self, caller: str, *, begins: bool) -> Session:
        """The session of a caller, opened where an episode begins.

        Raises:
            UserError: it has none yet.
            SessionEnded: it is over, and no episode begins.
            ServerFull: there is no room.
        """
        session = self._callers[caller]
        try:
            if session is not None:
                return self._house.find(session.id)
            if not begins:
                raise UserError("no episode is in play; call reset first")
        except SessionEnded as error:
            if not begins:
                raise SessionEnded(f"{error}; call reset to begin an episode") from None
        self._callers[caller] = session = self._house.open()
        return session

    def _observed(self, session: Session, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if arguments:
            raise UserError("observe takes no arguments")
        seen = self._seen.get(session)
        if seen is None:
            raise UserError("no episode is in play; call reset first")
        self._house.heard_of(session)
        return _result(tools.content(seen, None), seen)


def _key(params: Mapping[str, Any]) -> str:
    key = params.get("session_id")
    if not isinstance(key, str):
        raise UserError(
            f"no session is named: show the {HEADER} of the answer to initialize, or give the "
            "session_id that openenv/session/create tells"
        )
    return key


def _in_words(error: Mapping[str, Any]) -> str:
    void = "The episode is void, for the machinery broke; call reset to begin another. "
    return f"{void if error['void'] else ''}{error['message']}"


def _result(content: list[dict[str, Any]], told: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A tool's result; `told` is what programs may want to know that models need not."""
    if told is None:
        return {"isError": False, "content": content}
    about = {name: value for name, value in told["metadata"].items() if name != "render"}
    meta = {"reward": told["reward"], "done": told["done"], **about}
    return {"isError": False, "content": content, "_meta": {"webagents": meta}}


def _mistake(text: str) -> dict[str, Any]:
    return {"isError": True, "content": [tools.in_words(text)]}


def _failed(code: int, told: str, number: Any, *, status: int = 200) -> Reply:
    error = {"code": code, "message": told}
    return Reply(status, {"jsonrpc": "2.0", "id": number, "error": error})
