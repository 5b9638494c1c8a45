"""What clients may ask, checked: one record a type of request."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from webagents.envs.play import MAX_SEED
from webagents.envs.remote import wire
from webagents.errors import UserError

MOST_NAME = 1_000
"""Characters of a task's name; compositions of many parts have long ones."""

Name = Annotated[str, Field(max_length=MOST_NAME)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]


Record = TypeVar("Record", bound=BaseModel)


class Asked(BaseModel):
    """What a client sends: nothing more than is known, nothing of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Make(Asked):
    """Which task is played from the next reset on, and how."""

    task: Name | None = Field(None, description="Its id; by default the one before, or the first.")
    settings: dict[str, Any] | None = Field(
        None, description="How it is played, see GET /tasks/{id}; by default as before."
    )
    pictures: wire.Pictures = Field(
        "png", description="How pictures come: as PNG, or their bytes as they are, deflated."
    )


class Reset(Make):
    """Begins an episode; a task or settings make another environment first."""

    seed: Seed | None = Field(None, description="The same one begins the same episode.")
    options: dict[str, Any] = Field({}, description="What the task takes, such as WebShop's goal.")
    episode_id: Annotated[str, Field(max_length=255)] | None = Field(
        None, description="The client's own name for the episode, told by the state."
    )


class Step(Asked):
    """An action: a text such as ``click('5')``."""

    text: str = Field(description="One call, such as click('5') or fill('7', 'Anna').")
    metadata: dict[str, Any] = Field({}, description="OpenEnv's; not looked at.")


class Nothing(Asked):
    """No data."""


TYPES: dict[str, type[BaseModel]] = {
    "make": Make,
    "reset": Reset,
    "step": Step,
    "state": Nothing,
    "close": Nothing,
}
"""The types of requests, and what their data are."""


class Observation(BaseModel):
    """What is seen: texts, and the screenshot as PNG."""

    instruction: str = Field(description="What is to be done, in words.")
    html: str = Field(description="The page; each element that an action can name has its ref.")
    url: str = Field(description="The page's address.")
    error: str = Field(description="Why the last action failed; empty when it did not.")
    screenshot: dict[str, str] | None = Field(
        None, description="{'media_type': 'image/png', 'data': base64}, if there is one."
    )


class State(BaseModel):
    """Where a session stands."""

    episode_id: str | None = Field(description="The episode's name; none before the first reset.")
    step_count: int = Field(description="Actions since the reset.")
    task: str = Field("", description="The task's id.")
    seed: int | None = Field(None, description="What the episode was begun with.")
    done: bool = Field(False, description="Whether the episode is over.")
    session: str = Field("", description="The session's key.")


def validated(kind: str, data: Any) -> BaseModel:
    """A request's data as a record.

    Raises:
        UserError: they are none; the first thing that is wrong is told.
    """
    return as_record(TYPES[kind], kind, data)


def as_record(record: type[Record], kind: str, data: Any, called: str = "data") -> Record:
    """The same for any record; `called` is what data are called in an error."""
    try:
        return record.model_validate({} if data is None else data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, (called, *first["loc"])))
        raise UserError(f"{kind}: {place}: {first['msg']}") from error
