"""JSON-RPC 2.0 at ``/mcp``: sessions as OpenEnv names them, and the environment as two tools."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from webagents import __version__
from webagents.envs.remote import wire
from webagents.errors import UserError, WebAgentsError, clipped
from webagents.serving.environments import requests
from webagents.serving.environments.answering import answer_message
from webagents.serving.environments.house import House

_PARSE, _INVALID, _NO_METHOD, _PARAMS, _SERVER = -32700, -32600, -32601, -32602, -32000
_TOOLS: Mapping[str, tuple[str, type[BaseModel]]] = {
    "reset": ("Begin an episode of a task.", requests.Reset),
    "step": ("Perform an action, such as click('5').", requests.Step),
}


async def answer(house: House, body: bytes) -> dict[str, Any]:
    """The answer to a JSON-RPC request; errors are answers too."""
    number: Any = None
    try:
        try:
            asked = wire.read(body)
        except UserError as error:
            return _failed(_PARSE, str(error), None)
        number, method = asked.get("id"), asked.get("method")
        if asked.get("jsonrpc") != "2.0" or not isinstance(method, str):
            return _failed(_INVALID, "a request has jsonrpc '2.0' and a method", number)
        params = asked.get("params") or {}
        if not isinstance(params, Mapping):
            return _failed(_PARAMS, "params is an object", number)
        if method not in _METHODS:
            known = ", ".join(_METHODS)
            return _failed(
                _NO_METHOD, f"no method {clipped(method)}; the methods are {known}", number
            )
        return {"jsonrpc": "2.0", "id": number, "result": await _METHODS[method](house, params)}
    except UserError as error:
        return _failed(_PARAMS, str(error), number)
    except WebAgentsError as error:
        return _failed(_SERVER, str(error), number)


async def _initialize(house: House, params: Mapping[str, Any]) -> dict[str, Any]:
    version = params.get("protocolVersion")
    return {
        "protocolVersion": version if isinstance(version, str) else "2025-06-18",
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "webagents", "version": __version__},
    }


async def _ping(house: House, params: Mapping[str, Any]) -> dict[str, Any]:
    return {}


async def _create(house: House, params: Mapping[str, Any]) -> dict[str, Any]:
    return {"session_id": house.open().id}


async def _close(house: House, params: Mapping[str, Any]) -> dict[str, Any]:
    session = house.find(_key(params))
    house.end(session, "its client closed it", "closed")
    return {"session_id": session.id, "closed": True}


async def _list(house: House, params: Mapping[str, Any]) -> dict[str, Any]:
    tools = [
        {"name": name, "description": told, "inputSchema": record.model_json_schema()}
        for name, (told, record) in _TOOLS.items()
    ]
    return {"tools": tools}


async def _call(house: House, params: Mapping[str, Any]) -> dict[str, Any]:
    name, session = params.get("name"), house.find(_key(params))
    if not isinstance(name, str) or name not in _TOOLS:
        raise UserError(f"no tool {clipped(name)}; the tools are {', '.join(_TOOLS)}")
    asked = {"type": name, "data": params.get("arguments") or {}}
    told = wire.read(await answer_message(house, session, asked))
    if told["type"] == "error":
        return {"isError": True, "content": [_text(told["data"]["message"])]}
    data = told["data"]
    picture = data["observation"].pop("screenshot", None)
    content = [_text(json.dumps(data, ensure_ascii=False))]
    if picture is not None:
        content.append(
            {"type": "image", "data": picture["data"], "mimeType": picture["media_type"]}
        )
    return {"isError": False, "content": content}


_METHODS = {
    "initialize": _initialize,
    "ping": _ping,
    "openenv/session/create": _create,
    "openenv/session/close": _close,
    "tools/list": _list,
    "tools/call": _call,
}


def _key(params: Mapping[str, Any]) -> str:
    key = params.get("session_id")
    if not isinstance(key, str):
        raise UserError("session_id is missing; openenv/session/create tells it")
    return key


def _text(told: str) -> dict[str, str]:
    return {"type": "text", "text": told}


def _failed(code: int, told: str, number: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": told}}
