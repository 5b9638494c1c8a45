"""Which of a step's figures give reason to worry."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

WARN, ALARM = 1e3, 1e4
"""Attention logits from which losses got worse, and from which every run diverged.
Source: Wortsman et al. 2023, Small-scale proxies, section 3.1.1."""

ALIKE = 0.9
"""Encoders whose states were alike by so much were of no use to a decoder or a classifier; seen in
our own runs (docs/experiments.md)."""

SMALL = 10
"""Root mean squares of gradients below this many epsilons are told of; webagents' own choice."""


def worries(values: Mapping[str, float], epsilon: float | None) -> list[str]:
    """A sentence for each reason to worry.

    values: named as in `monitors.Reading`.
    epsilon: the optimiser's; None: gradients can be as small as they like. Those of exactly 0 can
        in any case: the batch did not use the tensor.
    """
    found = []
    logit = values.get("max_attention_logit", 0.0)
    if logit >= ALARM:
        found.append(
            f"the largest attention logit of block 0 is {logit:.3g}, above {ALARM:g}: "
            "a run diverges from there on"
        )
    elif logit >= WARN:
        found.append(
            f"the largest attention logit of block 0 is {logit:.3g}, above {WARN:g}: "
            "losses get worse from there on"
        )
    if (alike := values.get("encoder_likeness", 0.0)) >= ALIKE:
        found.append(
            f"the encoder's states are all alike, by a mean cosine of {alike:.2f}: it tells the "
            "decoder next to nothing; lower the learning rate, untie the output layer or lengthen "
            "the warm-up"
        )
    broken = [name for name, value in values.items() if not math.isfinite(value)]
    if broken:
        found.append(f"not finite: {_listed(broken)}")
    small = {
        name.partition("/")[2]: value
        for name, value in values.items()
        if name.startswith("gradient_rms/") and 0 < value < SMALL * (epsilon or 0)
    }
    if small:
        found.append(
            f"gradients are below {SMALL} times the optimiser's epsilon, {epsilon:g}, which "
            f"holds their weights back: {_listed(sorted(small, key=lambda name: small[name]))}"
        )
    return found


def _listed(names: Sequence[str], most: int = 3) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
