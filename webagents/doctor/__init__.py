"""What this machine has and lacks to run the package, and the installing of what is missing.

checks = examine()
if lacking(checks):
    checks = fix(checks, print)
"""

from webagents.doctor.checks import (
    GGUF,
    PLANNERS,
    Check,
    as_table,
    browser,
    browser_version,
    chromedriver,
    examine,
    extra,
    fonts,
    keys,
    lacking,
    miniwob_pages,
    python,
)
from webagents.doctor.remedies import Remedy, fix, remedies, run

__all__ = [
    "GGUF",
    "PLANNERS",
    "Check",
    "Remedy",
    "as_table",
    "browser",
    "browser_version",
    "chromedriver",
    "examine",
    "extra",
    "fix",
    "fonts",
    "keys",
    "lacking",
    "miniwob_pages",
    "python",
    "remedies",
    "run",
]
