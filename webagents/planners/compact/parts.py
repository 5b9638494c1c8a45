"""A planner and a writer from checkpoints: each a `PointerT5` with a tongue of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from webagents.errors import UserError, clipped
from webagents.models import load_model
from webagents.models.pointer import PointerT5
from webagents.models.tokenizer import load_tokenizer
from webagents.planners.commissions import Commission, Written
from webagents.planners.compact.asking import LIMITS, planner_prompt, writer_prompt
from webagents.planners.compact.saying import utter
from webagents.planners.compact.tongue import KINDS, PLAN, Clause, Kind, Tongue
from webagents.planners.plan import Plan, Row
from webagents.planners.statements import Statement, program_of
from webagents.prompt import Prompt
from webagents.slots import Pieces, pieces_of, read
from webagents.types import Episode

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

FILE = "tongue.json"
"""Where a checkpoint's folder keeps its `Tongue`."""

_AT_ONCE = 16


class Part(NamedTuple):
    """A network with what it is asked and answers by."""

    model: PointerT5
    pieces: Pieces
    tongue: Tongue

    @classmethod
    def of(cls, model: PointerT5, tokenizer: PreTrainedTokenizerBase, tongue: Tongue) -> Self:
        """A network in memory."""
        return cls(model, pieces_of(tokenizer), tongue)

    @classmethod
    def read(cls, folder: Path, kind: Kind) -> Self:
        """The part in a checkpoint's folder.

        Raises:
            UserError: there is none, or one of the other kind.
        """
        tongue = read_tongue(folder)
        if tongue.kind != kind:
            raise UserError(f"{folder} holds a {tongue.kind}, where a {kind} is wanted")
        try:
            model = load_model(folder)
        except UserError as error:
            raise UserError(f"{folder} holds no network: {error}") from error
        if not isinstance(model, PointerT5) or model.config.vocab_size != tongue.size:
            raise UserError(f"{folder} holds no network that says what its {FILE} has")
        model.eval()
        return cls.of(model, load_tokenizer(folder), tongue)

    def answers(self, asked: Sequence[Prompt]) -> list[list[Clause]]:
        """What the network says to each; nothing where a page has no element to name."""
        limits = LIMITS[self.tongue.kind]
        slots = [read(each, self.pieces, limits) for each in asked]
        places = [place for place, each in enumerate(slots) if (each.refs > 0).any()]
        places.sort(key=lambda place: slots[place].size)
        said: list[list[Clause]] = [[] for _ in asked]
        for start in range(0, len(places), _AT_ONCE):
            some = places[start : start + _AT_ONCE]
            clauses = utter(self.model, [slots[place] for place in some], self.tongue)
            for place, one in zip(some, clauses, strict=True):
                said[place] = one
        return said


class CompactPlanner:
    """Predicts the next sub-instruction, and points at the elements that it is about."""

    def __init__(self, part: Part) -> None:
        self.part = part

    def plan(self, episodes: Sequence[Episode]) -> list[Plan]:
        """See `Planner.plan`."""
        said = self.part.answers([planner_prompt(each) for each in episodes])
        return [plan_of(each) for each in said]


class CompactWriter:
    """Writes a program's statements: verbs, elements pointed at, and copied words.

    It writes the same to the same question: one that failed it is not asked about again.
    """

    def __init__(self, part: Part, row: Row = "whole") -> None:
        """row: what of a plan it is shown."""
        self.part, self.row = part, row

    def write(self, commissions: Sequence[Commission]) -> list[Written]:
        """See `Writer.write`. The notes hold the statements, each a verb, a ref and a text."""
        asked = [writer_prompt(each.episode, each.plan, self.row) for each in commissions]
        written = []
        for each, clauses in zip(commissions, self.part.answers(asked), strict=True):
            program = program_of(map(_statement, clauses), each.episode.observation.html)
            written.append(Written(program, {"statements": [list(one) for one in clauses]}))
        return written


def plan_of(clauses: Sequence[Clause]) -> Plan:
    """The plan that a planner said."""
    says = next((each.text for each in clauses if each.verb == PLAN), "")
    refs = dict.fromkeys(each.ref for each in clauses if each.ref)
    return Plan(instruction=says.strip(), refs=tuple(refs))


def _statement(clause: Clause) -> Statement:
    return Statement(clause.verb, clause.ref, clause.text)  # type: ignore[arg-type]


def read_tongue(folder: Path) -> Tongue:
    """The tongue of a checkpoint.

    Raises:
        UserError: there is no such file in the folder, or it is none of ours.
    """
    path = folder / FILE
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["kind"] not in KINDS:
            raise ValueError(f"no kind {clipped(told['kind'])}; there are {', '.join(KINDS)}")
        return Tongue(kind=told["kind"], words=tuple(map(str, told["words"])))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(
            f"{path} does not say what the network says ({error}); the checkpoint of a planner "
            "or writer has this file"
        ) from error


def save_tongue(tongue: Tongue, folder: Path) -> None:
    """Writes a tongue into a checkpoint's folder."""
    told = {"kind": tongue.kind, "words": list(tongue.words)}
    (folder / FILE).write_text(
        json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
