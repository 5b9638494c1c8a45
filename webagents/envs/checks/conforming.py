"""Gymnasium's own checker."""

from __future__ import annotations

import warnings
from typing import Any

import gymnasium
from gymnasium.utils.env_checker import check_env


def gymnasium_check(id_: str, **options: Any) -> tuple[str, list[str]]:
    """Runs `gymnasium.utils.env_checker.check_env` on the environment of that id, unwrapped.

    Returns:
        What failed, "" when nothing did, and the warnings.
    """
    failure = ""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        env = gymnasium.make(id_, disable_env_checker=True, **options).unwrapped
        try:
            check_env(env)
        except Exception as error:  # noqa: BLE001 (whatever the checker found is the result)
            failure = f"{type(error).__name__}: {error}"
        finally:
            env.close()
    return failure, [str(each.message) for each in told]
