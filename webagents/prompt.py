"""An episode as a model's input: the same text, and the same tokens, in training and in play.

::

    Click on the "ok" button.
    > click('9')
    ! no element 9
    <body ref="1">...

The instruction, the latest actions, why the last one failed, and the page as it is now; beside
them, for a model that sees, the latest screenshots. A step of a demonstration is asked about as
`before` shows it: as the episode was when it was in play.

Source of what goes into the input: Furuta et al. 2024, WebGUM, section 4 (instruction, action
history and HTML, as one text). The layout is ours.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from webagents import html
from webagents.actions import parse, webgum_text
from webagents.errors import ActionError, UserError, clipped
from webagents.types import NOTHING, Episode, Observation, Screenshot

FILE = "prompt.json"
"""Where a checkpoint's folder keeps its `PromptForm`."""


class Tokenizer(Protocol):
    """What is asked of a tokenizer; those of ``transformers`` answer it."""

    @property
    def eos_token_id(self) -> int | None:
        """The id of the token that ends a text."""
        ...

    def __call__(self, text: str, *, add_special_tokens: bool) -> Any:
        """A record whose ``input_ids`` are the text's."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptForm:
    """How episodes are put to a model: part of its checkpoint, for it knows no other.

    inputs_length: the most tokens of an input, the end token included.
    targets_length: the most tokens of an action, the end token included.
    actions: how many of the latest actions are told.
    view: what of the pages' html the model reads: "text", "visual", or "boxes", of the visual view
        where elements are alone, for a model that sees the rest.
    screenshots: how many of the latest screenshots the model is shown, the one of now included.
    actions_form: how actions are written: "calls", ``click('6')``, as they are in demonstrations,
        or "webgum", ``{'action': 'click', 'ref': '6'}`` (see `actions.webgum_text`).
    """

    inputs_length: int = 4096
    targets_length: int = 128
    actions: int = 4
    view: Literal["text", "visual", "boxes"] = "text"
    screenshots: int = 0
    actions_form: Literal["calls", "webgum"] = "calls"

    def __post_init__(self) -> None:
        least_of = {"inputs_length": 2, "targets_length": 2, "actions": 0, "screenshots": 0}
        for name, least in least_of.items():
            value = getattr(self, name)
            if type(value) is not int or value < least:
                raise UserError(
                    f"{name} is a whole number of at least {least}, not {clipped(value)}"
                )
        if self.view not in ("text", "visual", "boxes"):
            raise UserError(f'view is "text", "visual" or "boxes", not {clipped(self.view)}')
        if self.actions_form not in ("calls", "webgum"):
            raise UserError(
                f'actions_form is "calls" or "webgum", not {clipped(self.actions_form)}'
            )

    @property
    def recorded(self) -> Literal["text", "visual"]:
        """The view that pages have to be seen in."""
        return "text" if self.view == "text" else "visual"

    @classmethod
    def read(cls, folder: Path) -> PromptForm:
        """The form of a checkpoint.

        Raises:
            UserError: there is no such file in the folder, or it is none of ours.
        """
        path = folder / FILE
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise UserError(
                f"{path} does not say how the model is asked ({error}); the checkpoint of a "
                "policy has this file"
            ) from error

    def save(self, folder: Path) -> None:
        """Writes it into a checkpoint's folder."""
        (folder / FILE).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")


class Prompt(NamedTuple):
    """What a model is asked, in the parts that may have to give way to fit into its input.

    actions: the latest ones, oldest first.
    error: why the last action failed, "" when it did not.
    html: the page.
    screenshots: the latest ones, oldest first; None for those before the episode began.
    """

    instruction: str
    actions: tuple[str, ...]
    error: str
    html: str
    screenshots: tuple[Screenshot | None, ...] = ()

    @property
    def head(self) -> str:
        """All that comes before the page."""
        told = [f"> {action}" for action in self.actions]
        if self.error:
            told.append(f"! {self.error}")
        return "\n".join([self.instruction, *told, ""])

    @property
    def text(self) -> str:
        """The whole as one text."""
        return self.head + self.html


def prompt(episode: Episode, form: PromptForm) -> Prompt:
    """What a model is asked about an episode: what to do next.

    Raises:
        UserError: the model is shown screenshots or the visual view, and the episode has none.
    """
    seen = episode.observation
    told = episode.steps[max(0, len(episode.steps) - form.actions) :]
    return Prompt(
        instruction=_plain(seen.instruction),
        actions=tuple(
            _plain(action_text(step.action, step.observation, form) or step.action) for step in told
        ),
        error=_plain(seen.error),
        html=_plain(_page(episode, form)),
        screenshots=_screenshots(episode, form.screenshots) if form.screenshots else (),
    )


def action_text(action: str, seen: Observation, form: PromptForm) -> str | None:
    """An action as the model writes it; None for what its form has no words for.

    seen: what the action answered.
    """
    if form.actions_form == "calls":
        return action
    try:
        meant = parse(action)
    except ActionError:
        return None
    empty = meant.name == "fill" and _is_empty(str(meant.arguments["ref"]), seen.html)
    return webgum_text(meant, into_empty=empty)


def before(episode: Episode, step: int) -> Episode:
    """The episode as it was in play before one of its steps, the first of which is 0."""
    return replace(
        episode,
        observation=episode.steps[step].observation,
        steps=episode.steps[:step],
        success=False,
        info=NOTHING,
    )


def prompt_ids(asked: Prompt, form: PromptForm, tokenizer: Tokenizer) -> list[int]:
    """The prompt as a model's input: token ids, at most ``form.inputs_length``, ended.

    Where it is too long the page loses its end, then the actions go, the oldest first, then the
    error; the instruction stays whole.

    Raises:
        UserError: the instruction alone is too long.
    """
    room = form.inputs_length - 1
    while len(head := _ids(asked.head, tokenizer)) > room:
        if asked.actions:
            asked = asked._replace(actions=asked.actions[1:])
        elif asked.error:
            asked = asked._replace(error="")
        else:
            raise UserError(
                f"the instruction {clipped(asked.instruction)} has {len(head)} tokens, more than "
                f"the model's input of {form.inputs_length} can hold"
            )
    page = _ids(asked.html, tokenizer)[: room - len(head)]
    return [*head, *page, _end(tokenizer)]


def action_ids(action: str, form: PromptForm, tokenizer: Tokenizer) -> list[int]:
    """An action as a model's target: token ids, at most ``form.targets_length``, ended.

    Raises:
        UserError: it is too long.
    """
    ids = [*_ids(_plain(action), tokenizer), _end(tokenizer)]
    if len(ids) > form.targets_length:
        raise UserError(
            f"the action {clipped(action)} has {len(ids)} tokens, more than the model's "
            f"{form.targets_length}"
        )
    return ids


def _ids(text: str, tokenizer: Tokenizer) -> list[int]:
    ids: list[int] = tokenizer(text, add_special_tokens=False).input_ids
    return ids


def _end(tokenizer: Tokenizer) -> int:
    if tokenizer.eos_token_id is None:
        raise UserError("a tokenizer without an end token; a model's texts end with one")
    return tokenizer.eos_token_id


def _page(episode: Episode, form: PromptForm) -> str:
    """The page in the model's view; the visual one has all that the others have."""
    page = episode.observation.html
    if form.view == "text":
        return html.text_view(page)
    if ' ref="' in page and ' box="' not in page:
        raise UserError(
            f"the model reads the visual view, and {episode.task} with seed {episode.seed} has the "
            'text view; collect with view "visual", or train with view "text"'
        )
    return html.boxes_view(page) if form.view == "boxes" else page


def _screenshots(episode: Episode, number: int) -> tuple[Screenshot | None, ...]:
    """The latest ones, oldest first, with None before the first."""
    latest = [step.observation for step in episode.steps[-number + 1 :]] if number > 1 else []
    pictures = [each.screenshot for each in (*latest, episode.observation)]
    if any(picture is None for picture in pictures):
        raise UserError(
            f"the model is shown screenshots, and {episode.task} with seed {episode.seed} has none "
            f"at step {len(episode.steps)}; collect and play with screenshots"
        )
    return (*[None] * (number - len(pictures)), *pictures)


def _is_empty(ref: str, page: str) -> bool:
    """Whether the element of a ref holds no text, as a field before it is filled."""
    found = html.find(html.parse(page), ref=ref)
    return found is not None and not found.get("value") and not html.text_of(found)


def _plain(text: str) -> str:
    # Half a surrogate pair, which a page can show, has no UTF-8: a dataset keeps "?" for it.
    return text.encode("utf-8", "replace").decode("utf-8")
