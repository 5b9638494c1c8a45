"""Which seeds are played while a policy is trained: none that one is collected or evaluated on.

`collect` and `evaluate` count from the seed they are told, by default 0; what is trained and tested
on has to be kept apart there. From here on seeds are training's own.
"""

TRIALS = 500_000_000
"""The first seed of each task in trials, by which the best weights are chosen."""

DAGGER = 600_000_000
"""The first seed of each task in rounds in which a policy plays and the expert labels; the rounds
are `A_ROUND` apart."""

A_ROUND = 1_000_000
