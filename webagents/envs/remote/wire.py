"""What goes between an environment server and its clients: OpenEnv's JSON messages, and a few more.

A request is ``{"type": ..., "data": {...}}``: ``reset``, ``step``, ``state``, ``close`` as OpenEnv
has them, and ``make``. An answer's type is ``observation``, ``state``, ``made`` or ``error``. A
request with an ``id`` (a number that grows) is answered with the same, and never carried out twice:
sent again, it gets the answer it had.
"""

from __future__ import annotations

import base64
import json
import math
import zlib
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from webagents import errors
from webagents.data.pictures import decoded, encoded
from webagents.errors import MachineError, UserError, WebAgentsError

SESSION = "session"
"""The parameter of the socket's address that names the session to go on with."""

Pictures = Literal["png", "zlib"]
PNG, ZLIB = "image/png", "application/zlib"

_KINDS: Mapping[str, type[WebAgentsError]] = {
    name: each
    for name, each in vars(errors).items()
    if isinstance(each, type) and issubclass(each, WebAgentsError)
}


def written(message: Mapping[str, Any]) -> str:
    """A message as JSON text; it comes back from `read` as it was, NumPy's numbers as Python's.

    Raises:
        TypeError: it holds something that JSON has no word for.
    """
    return json.dumps(message, separators=(",", ":"), default=_plain)


def read(text: str | bytes) -> dict[str, Any]:
    """The message of a JSON text.

    Raises:
        UserError: it is none.
    """
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"this is no JSON: {error}") from error
    if not isinstance(message, dict):
        raise UserError(f"a message is a JSON object, not a {type(message).__name__}")
    return message


def packed(shown: Any, pictures: Pictures) -> Any:
    """A part of an observation, or a picture, as JSON has it.

    pictures: ``"png"``, or ``"zlib"`` for its bytes deflated as they are: a fourth of the time.
    """
    if not isinstance(shown, np.ndarray):
        return shown
    if pictures == "png":
        return {"media_type": PNG, "data": base64.b64encode(encoded(shown)).decode()}
    data = base64.b64encode(zlib.compress(shown.tobytes(), 1)).decode()
    return {"media_type": ZLIB, "shape": list(shown.shape), "data": data}


def unpacked(shown: Any) -> Any:
    """What `packed` was given.

    Raises:
        OSError, ValueError: a picture that is none.
    """
    if not isinstance(shown, Mapping) or shown.get("media_type") not in (PNG, ZLIB):
        return shown
    data = base64.b64decode(shown["data"], validate=True)
    if shown["media_type"] == PNG:
        return decoded(data)
    shape = tuple(shown["shape"])
    raw = zlib.decompressobj().decompress(data, math.prod(shape))
    return np.frombuffer(raw, np.uint8).reshape(shape)


def failure(error: Exception, code: str = "EXECUTION_ERROR") -> dict[str, Any]:
    """The answer that tells of an error.

    code: OpenEnv's word for it.

    ``kind`` is the nearest class of `webagents.errors`, "" for a bug; ``void`` whether the
    machinery broke, so that the episode has no reward.
    """
    kind = next((c.__name__ for c in type(error).__mro__ if _KINDS.get(c.__name__) is c), "")
    void = isinstance(error, MachineError) or not kind
    told = str(error) if kind else f"the server failed: {type(error).__name__} (its log has more)"
    return {
        "type": "error",
        "data": {"message": told, "code": code, "kind": kind, "void": void},
    }


def raised(data: Mapping[str, Any]) -> WebAgentsError:
    """The error that an answer tells of; a `MachineError` where it does not say which."""
    kind = _KINDS.get(str(data.get("kind")), MachineError)
    return kind(str(data.get("message", "the server told of an error without a message")))


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be sent")
