"""Whether browsers are started with the sandbox of their own that they have."""

from __future__ import annotations

import os
from collections.abc import Mapping

from webagents.errors import UserError, clipped

VARIABLE = "WEBAGENTS_SANDBOX"
"""The environment variable that says it: ``on`` or ``off``."""


def sandboxed(environment: Mapping[str, str] = os.environ) -> bool:
    """What $WEBAGENTS_SANDBOX says; by default yes, but not for root, whom browsers refuse it.

    Raises:
        UserError: it says something else.
    """
    said = environment.get(VARIABLE, "")
    if said not in ("", "on", "off"):
        raise UserError(f"{VARIABLE}={clipped(said)}; it is on, off or not set")
    return os.geteuid() != 0 if not said else said == "on"
