"""How much a result depends on the learning rate, and what larger models have to expect."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from webagents.errors import UserError

LEARNING_RATES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1)
"""The grid of the sweep. Source: Wortsman et al. 2023, Small-scale proxies, section 2.2."""


def lr_sensitivity(losses: Mapping[float, float], initial: float) -> float:
    """How far, on average over learning rates, the final loss is from the best.

    losses: the final loss of a run at each learning rate.
    initial: the loss of the untrained model, as which a run counts that ended above it or that
        diverged (infinite, nan).

    Source: Wortsman et al. 2023, Small-scale proxies, section 2.2: the mean of min(loss, initial)
    less the best loss.

    Raises:
        UserError: there are no losses.
    """
    if not losses:
        raise UserError("the sensitivity to the learning rate needs at least one loss")
    counted = [loss if loss < initial else initial for loss in losses.values()]  # nan is not below
    return math.fsum(counted) / len(counted) - min(counted)


def predicted_max_logit(logits: Mapping[int, float], parameters: int) -> float:
    """The largest attention logit to be expected of a model of another size.

    logits: of models trained alike, by their number of parameters; three at least.
    parameters: of the other model.

    A parabola through the logarithms of both, by least squares. Source: Wortsman et al. 2023,
    Small-scale proxies, section 3.3, with block 0 at step 2,000; that its axes are logarithms is
    a reading of its figure.

    Raises:
        UserError: there are fewer than three sizes, or a number is not above 0.
    """
    numbers = (*logits, *logits.values(), parameters)
    if len(logits) < 3 or not all(0 < number < math.inf for number in numbers):
        raise UserError(
            "a parabola needs the logits of three sizes, and all numbers above 0: "
            f"{dict(logits)}, {parameters}"
        )
    sizes, values = np.log([*logits]), np.log([*logits.values()])
    middle = sizes.mean()  # powers of numbers around 0 keep the fit's digits
    fit = np.polyfit(sizes - middle, values, 2)
    return float(np.exp(np.polyval(fit, math.log(parameters) - middle)))
