"""What composing costs: a composed task beside the tasks it is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from webagents.errors import UserError


class Hop(NamedTuple):
    """One part of a composed task, done after all the parts before it.

    reached: in how many episodes the parts before were all done.
    rate: in what share of those this part was done too; nan where none reached it.
    cost: that rate less the part's own, alone; nan where either is unknown. The first part's is
        distraction (the rest of the page and of the sentence is in the way), a later one's is
        what having done the parts before it costs: the second hop, and so on.
    """

    reached: int
    rate: float
    cost: float


def composition_gap(composed: float, parts: Sequence[float]) -> float:
    """Success on a composed task less what its parts would give if they failed independently.

    S_composed − Π S_i: below 0 where composing costs more than its parts do alone. The rates must
    come from the same seeds.
    Source: Hosseini et al. 2024, "Not all LLM reasoners are created equal" (compositional GSM),
    for two parts; the product over n parts is the plain generalisation.

    Raises:
        UserError: no parts, or a rate outside [0, 1].
    """
    _check_parts(parts)
    _check_rates(composed, *parts)
    return composed - math.prod(parts)


def geometric_mean(parts: Sequence[float]) -> float:
    """(Π S_i)^(1/n): the one rate of n like parts that would give the same product.

    Against it, compositions without a gap lie on y = x^n.

    Raises:
        UserError: no parts, or a rate outside [0, 1].
    """
    _check_parts(parts)
    _check_rates(*parts)
    return float(math.prod(parts) ** (1 / len(parts)))


def relative_gap(known: float, composed: float) -> float:
    """The share of the success on known tasks that is lost on new ones: (known − composed) / known.

    known: the mean success of the tasks as they were posed before (in distribution).
    composed: the mean success of their compositions (out of distribution).
    Source: Hosseini et al. 2022, "On the compositional generalization gap of in-context learning".

    Raises:
        UserError: a rate outside [0, 1], or nothing that could be lost (known = 0).
    """
    _check_rates(known, composed)
    if known == 0:
        raise UserError("of a success rate of 0 nothing can be lost: there is no relative gap")
    return (known - composed) / known


def order_sensitivity(forward: float, reverse: float) -> float:
    """Success with the instruction in the order of doing less success with it turned round.

    Same pages, same seeds, other sentence: above 0 where the reversed sentence is harder.

    Raises:
        UserError: a rate outside [0, 1].
    """
    _check_rates(forward, reverse)
    return forward - reverse


def hops(episodes: Sequence[Sequence[bool]], alone: Sequence[float | None]) -> list[Hop]:
    """P(part i done | parts 1 to i − 1 done) − S_i, for every part of one composed task.

    It tells where a composition breaks, which the reward alone cannot. What was done is what the
    page says at the end of the episode, in whatever order it was done.

    episodes: for each episode whether each part was done, in logical order.
    alone: each part's success rate by itself on the same seeds, None where it was not played.
    Source: ours; Hosseini et al. 2024 name the two causes, distraction and the second hop.

    Raises:
        UserError: an episode with more or fewer parts than `alone`, or a rate outside [0, 1].
    """
    _check_rates(*(rate for rate in alone if rate is not None))
    for flags in episodes:
        if len(flags) != len(alone):
            raise UserError(f"an episode tells of {len(flags)} parts, the task has {len(alone)}")
    found = []
    for place, rate_alone in enumerate(alone):
        reached = [flags for flags in episodes if all(flags[:place])]
        rate = sum(bool(flags[place]) for flags in reached) / len(reached) if reached else math.nan
        cost = math.nan if rate_alone is None else rate - rate_alone
        found.append(Hop(len(reached), rate, cost))
    return found


def _check_parts(parts: Sequence[float]) -> None:
    if not parts:
        raise UserError("a composition has at least one part, none was given")


def _check_rates(*rates: float) -> None:
    for rate in rates:
        if not 0 <= rate <= 1:
            raise UserError(f"a success rate lies between 0 and 1, {rate!r} does not")
