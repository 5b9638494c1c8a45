"""Answers requests: finds out what is asked, has the session do it, and tells what came of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any, cast

from webagents.envs.remote import wire
from webagents.errors import ServerFull, SessionEnded, UserError, WebAgentsError, clipped
from webagents.serving.environments import requests
from webagents.serving.environments.house import House
from webagents.serving.environments.session import Session

log = logging.getLogger(__name__)


async def answer(house: House, session: Session, text: str | bytes) -> str:
    """The answer to a request's text; errors are answers too."""
    try:
        message = wire.read(text)
    except UserError as error:
        return _refusal(house, error, "INVALID_JSON", None)
    return await answer_message(house, session, message)


async def answer_message(house: House, session: Session, message: Mapping[str, Any]) -> str:
    """The answer to a request, as text."""
    number = message.get("id")
    known = isinstance(number, int) and not isinstance(number, bool)
    if number is not None and not known:
        told = UserError(f"id={clipped(number)} is no whole number")
        return _refusal(house, told, "VALIDATION_ERROR", None)
    kind = message.get("type")
    if not isinstance(kind, str) or kind not in requests.TYPES:
        told = UserError(f"no type {clipped(kind)}; the types are {', '.join(requests.TYPES)}")
        return _refusal(house, told, "UNKNOWN_TYPE", number)
    try:
        asked = requests.validated(kind, message.get("data"))
    except UserError as error:
        return _refusal(house, error, "VALIDATION_ERROR", number)
    if kind == "close":
        house.end(session, "its client closed it", "closed", told=False)
        return wire.written(_numbered({"type": "closed", "data": {}}, number))
    begun = time.perf_counter()
    async with session.busy:
        if number is not None and session.answered is not None and number <= session.answered[0]:
            if number == session.answered[0]:
                return session.answered[1]
            told = UserError(f"id={number} comes after id={session.answered[0]}; they have to grow")
            return _refusal(house, told, "VALIDATION_ERROR", number)
        try:
            house.find(session.id)  # it may have ended while another request was carried out
        except SessionEnded as error:
            return _refusal(house, error, "SESSION_ERROR", number)
        house.silence(session)
        try:
            told_text = await session.lane.do(lambda: _carried_out(house, session, asked, number))
        finally:
            house.heard_of(session)
        if number is not None:
            session.answered = (number, told_text)
    house.metrics.seconds.labels(kind).observe(time.perf_counter() - begun)
    return told_text


def refusal(house: House, error: Exception, number: Any = None) -> str:
    """The answer that tells of an error which is no session's own."""
    codes: dict[type[Exception], str] = {
        ServerFull: "CAPACITY_REACHED",
        SessionEnded: "SESSION_ERROR",
    }
    return _refusal(house, error, codes.get(type(error), "VALIDATION_ERROR"), number)


def _carried_out(house: House, session: Session, asked: Any, number: int | None) -> str:
    """Does what is asked, on the lane's thread, and writes the answer down."""
    try:
        kind, told = _did(session, asked)
        return wire.written(_numbered({"type": kind, "data": told}, number))
    except WebAgentsError as error:
        return _refusal(house, error, "EXECUTION_ERROR", number)
    except Exception as error:
        log.exception("a request failed")
        return _refusal(house, error, "EXECUTION_ERROR", number)


def _did(session: Session, asked: Any) -> tuple[str, dict[str, Any]]:
    match asked:
        case requests.Reset():
            if asked.model_fields_set & requests.Make.model_fields.keys():
                session.make(asked.task, asked.settings, asked.pictures)
            told = session.reset(asked.seed, asked.options, asked.episode_id)
            return "observation", cast("dict[str, Any]", told)
        case requests.Make():
            return "made", session.make(asked.task, asked.settings, asked.pictures)
        case requests.Step():
            return "observation", session.step(asked.text)
        case _:
            return "state", session.state()


def _refusal(house: House, error: Exception, code: str, number: Any) -> str:
    told = wire.failure(error, code)
    house.metrics.failed.labels(told["data"]["kind"] or "bug").inc()
    return wire.written(_numbered(told, number))


def _numbered(message: dict[str, Any], number: Any) -> dict[str, Any]:
    return message if number is None else {**message, "id": number}
