"""The numbers an evaluation is judged by, each with its interval or estimator and their source.

A success is an episode the task itself judged solved; void episodes enter none of these.
`docs/measures.md` says what each number tells.

- `rates`: a success rate and its interval: `wilson`, `exact`, `zero_success_bound`, `macro`.
- `draws`: several episodes of a task: `pass_at_k`, `pass_hat_k`, `pass_until`.
- `gaps`: composed tasks beside their parts: `composition_gap`, `relative_gap`, `hops`.
- `resampling`: intervals of all else, from the same seeds drawn again: `Resamples`.
- `fits`: how one number goes with another: `correlation`, `scaling_fit`.
"""

from webagents.evaluation.measures.draws import (
    Passes,
    PassUntil,
    pass_at_k,
    pass_hat_k,
    pass_until,
    passes,
)
from webagents.evaluation.measures.fits import Correlation, ScalingFit, correlation, scaling_fit
from webagents.evaluation.measures.gaps import (
    Hop,
    composition_gap,
    geometric_mean,
    hops,
    order_sensitivity,
    relative_gap,
)
from webagents.evaluation.measures.rates import (
    UNKNOWN,
    Estimate,
    exact,
    macro,
    wilson,
    zero_success_bound,
)
from webagents.evaluation.measures.resampling import Interval, Resamples, bootstrap

__all__ = [
    "UNKNOWN",
    "Correlation",
    "Estimate",
    "Hop",
    "Interval",
    "PassUntil",
    "Passes",
    "Resamples",
    "ScalingFit",
    "bootstrap",
    "composition_gap",
    "correlation",
    "exact",
    "geometric_mean",
    "hops",
    "macro",
    "order_sensitivity",
    "pass_at_k",
    "pass_hat_k",
    "pass_until",
    "passes",
    "relative_gap",
    "scaling_fit",
    "wilson",
    "zero_success_bound",
]
