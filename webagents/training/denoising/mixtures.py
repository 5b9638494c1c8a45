"""Several objectives, one of which is drawn for each example."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from webagents.errors import UserError, clipped
from webagents.training.denoising.objectives import Objective, PrefixLM, SpanCorruption

_TERM = re.compile(
    r"(?P<what>prefix|\d+(?:\.\d+)?(?P<anywhere>~)?)(?:@(?P<density>\d*\.\d+))?(?:\*(?P<weight>\d+(?:\.\d+)?))?"
)


@dataclass(frozen=True, slots=True)
class Mixture:
    """Objectives and how often each is drawn.

    objectives: one or more.
    weights: as many positive numbers, of any sum; empty draws all alike.
    """

    objectives: tuple[Objective, ...]
    weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not self.objectives:
            raise UserError("a mixture of no objective; name one, such as 3")
        if self.weights and len(self.weights) != len(self.objectives):
            raise UserError(
                f"{len(self.weights)} weights for {len(self.objectives)} objectives; one each"
            )
        if any(not 0 < weight < float("inf") for weight in self.weights):
            raise UserError(f"weights {clipped(self.weights)}; each has to be positive")

    def draw(self, generator: np.random.Generator) -> int:
        """The place of an objective among `objectives`; takes one number of the generator."""
        ends = np.cumsum(self.weights or (1.0,) * len(self.objectives))
        place = np.searchsorted(ends, generator.random() * ends[-1], side="right")
        return int(min(place, len(ends) - 1))


def mixture(text: str) -> Mixture:
    """A mixture from its short form: HTML-T5's is ``"8,64"``, T5's is ``"3"``.

    Each term is a mean span length or ``prefix``; ``~`` after a length lets spans lie anywhere
    (`SpanCorruption`), ``@0.5`` sets the noise density (0.15 for spans, uniform for the prefix) and
    ``*2`` the weight (1). UL2's seven denoisers without
    their mode tokens: ``"3,8,prefix@0.25,3@0.5,8@0.5,64@0.15,64@0.5"``.

    Raises:
        UserError: a term cannot be read, or asks for what cannot be.
    """
    objectives: list[Objective] = []
    weights: list[float] = []
    for term in text.replace(" ", "").split(","):
        found = _TERM.fullmatch(term)
        if found is None:
            raise UserError(
                f"no objective {clipped(term)}; write a mean span length or prefix, then perhaps "
                "a density and a weight: 8,64@0.15*2,prefix"
            )
        objectives.append(_objective(found))
        weights.append(float(found["weight"] or 1))
    return Mixture(tuple(objectives), tuple(weights))


def _objective(term: re.Match[str]) -> Objective:
    if term["what"] == "prefix":
        return PrefixLM(noise_density=float(term["density"]) if term["density"] else None)
    return SpanCorruption(
        mean_span_length=float(term["what"].rstrip("~")),
        noise_density=float(term["density"] or 0.15),
        anywhere=term["anywhere"] is not None,
    )
