"""The recorder's web application: the page people use, the tasks' pages, and what both ask for."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from webagents.collection.recordings import read
from webagents.errors import UserError, clipped
from webagents.serving.recorder import site
from webagents.serving.recorder.desk import Assignment, Desk
from webagents.serving.recorder.guarding import parsed
from webagents.serving.recorder.keeping import Keeper
from webagents.types import TaskSpec

STATIC = {
    "record.css": "text/css",
    "app.js": "text/javascript",
    "frame.js": "text/javascript",
    "hands.js": "text/javascript",
    "typing.js": "text/javascript",
    "marks.js": "text/javascript",
}
MOST_NAME = 40
MOST_SESSIONS = 1_000

_OWN = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_TASK = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; form-action 'none'; "
    "frame-ancestors 'self'"
)


class People:
    """The names behind sessions."""

    def __init__(self, cookie: str) -> None:
        """`cookie`: the name of the cookie that carries a session."""
        self.cookie = cookie
        self._names: dict[str, str] = {}

    def join(self, name: str) -> str:
        """A new session's key, for somebody of that name.

        Raises:
            UserError: it is no name.
        """
        name = " ".join(name.split())
        if not name or len(name) > MOST_NAME or not name.isprintable() or "/" in name:
            raise UserError(
                f"{clipped(name)} is no name; one has 1 to {MOST_NAME} characters and no slash"
            )
        if len(self._names) >= MOST_SESSIONS:
            del self._names[next(iter(self._names))]
        session = secrets.token_urlsafe(18)
        self._names[session] = name
        return session

    def of(self, request: Request) -> tuple[str, str]:
        """The session of a request, and its person's name.

        Raises:
            HTTPException: it has none.
        """
        session = parsed(request.headers.get("cookie", "")).get(self.cookie, "")
        if session not in self._names:
            raise HTTPException(401, "say your name first")
        return session, self._names[session]


def create(desk: Desk, keeper: Keeper, port: int, ready: Callable[[], object]) -> FastAPI:
    """The application. Answers are JSON; a refusal is ``{"detail": reason}``.

    ready: called when it is served.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        ready()
        yield

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    people = People(f"webagents-session-{port}")
    waiting: dict[Assignment, asyncio.Task[dict[str, Any]]] = {}

    @app.exception_handler(UserError)
    async def refused(_: Request, error: UserError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 400)

    @app.get("/")
    async def index() -> Response:
        headers = {"Content-Security-Policy": _OWN, "Cache-Control": "no-store"}
        return Response(_static("index.html"), media_type="text/html", headers=headers)

    @app.get("/static/{name}")
    async def static(name: str) -> Response:
        if name not in STATIC:
            raise HTTPException(404)
        headers = {"Cache-Control": "no-cache"}
        return Response(_static(name), media_type=STATIC[name], headers=headers)

    @app.get(site.SCRIPT)
    async def script() -> Response:
        headers = {"Cache-Control": "no-cache"}
        return Response(site.script(), media_type="text/javascript", headers=headers)

    @app.get("/site/{path:path}")
    async def page(path: str) -> Response:
        reply = await asyncio.to_thread(site.page, path)
        headers = {**reply.headers, "Content-Security-Policy": _TASK}
        return Response(reply.body, reply.status, headers, reply.kind)

    @app.post("/api/join")
    async def join(told: dict[str, Any]) -> Response:
        session = people.join(str(told.get("name", "")))
        reply = JSONResponse({})
        reply.set_cookie(
            people.cookie, session, httponly=True, samesite="strict", max_age=30 * 86_400
        )
        return reply

    @app.get("/api/state")
    async def state(request: Request) -> dict[str, Any]:
        session, person = people.of(request)
        return _state(desk, session, person)

    @app.post("/api/deal")
    async def deal(request: Request, told: dict[str, Any]) -> dict[str, Any]:
        session, person = people.of(request)
        task = told.get("task")
        if task is not None and task not in desk.specs:
            raise UserError(f"no task {clipped(task)} here")
        if told.get("skip"):
            desk.skip(session)
        desk.deal(session, person, task)
        return _state(desk, session, person)

    @app.post("/api/finish")
    async def finish(request: Request, told: dict[str, Any]) -> dict[str, Any]:
        session, person = people.of(request)
        recording = read(told)
        assignment = Assignment(recording.task, recording.seed)
        if not desk.belongs(assignment, person):
            raise UserError(f"{assignment.task}, seed {assignment.seed}, was not dealt to {person}")
        desk.touch(session)
        task = waiting.get(assignment)
        if task is None:

            async def kept() -> dict[str, Any]:
                if desk.done(assignment):
                    return {"accepted": True, "reason": "", "steps": 0}
                try:
                    outcome = await asyncio.wrap_future(keeper.keep(recording, person))
                finally:
                    del waiting[assignment]
                if not outcome.reason:
                    desk.finish(assignment, person)
                return {
                    "accepted": not outcome.reason,
                    "reason": outcome.reason,
                    "steps": outcome.steps,
                }

            # A task of its own: it ends even where the person's tab is closed meanwhile.
            task = waiting[assignment] = asyncio.create_task(kept())
        outcome = await asyncio.shield(task)
        return {**outcome, **_state(desk, session, person)}

    return app


def _state(desk: Desk, session: str, person: str) -> dict[str, Any]:
    held = desk.held(session)
    return {
        "person": person,
        "progress": desk.progress(),
        "assignment": held and _told(desk.specs[held.task], held.seed),
    }


def _told(spec: TaskSpec, seed: int) -> Mapping[str, Any]:
    return {
        "task": spec.id,
        "seed": seed,
        "page": f"/site/{spec.page}",
        "width": spec.width,
        "height": spec.height,
        "window": spec.window,
        "pointer": "hover" in spec.tags,
    }


def _static(name: str) -> bytes:
    return files("webagents.serving.recorder").joinpath("static", name).read_bytes()
