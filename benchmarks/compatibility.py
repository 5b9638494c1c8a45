"""Compares `webagents.envs.compatible.miniwob` with Farama's package, element for element.

``python benchmarks/compatibility.py [TASKS] [--seeds 1]``: how each episode begins, on the same
seeds: the utterance, the fields, and every part of every element of `dom_elements`. The body's
width is left out: it is the window's, which Farama's package leaves to the browser. Exit status 1
when an utterance or a field differs.

It needs the system's Chromium and ChromeDriver.
"""

from __future__ import annotations

import argparse
import http.server
import os
import shutil
import sys
from collections import Counter
from typing import Any

import numpy as np
from miniwob.environment import MiniWoBEnvironment as Farama
from selenium.common.exceptions import WebDriverException

from webagents.envs.catalogue import bare_name, select
from webagents.envs.compatible.miniwob import MiniWoBEnvironment
from webagents.envs.launch import launch


def differences(theirs: dict[str, Any], ours: dict[str, Any]) -> list[str]:
    """What differs: "utterance", "fields", "count", or the names of an element's parts."""
    told = [name for name in ("utterance", "fields") if theirs[name] != ours[name]]
    there, here = theirs["dom_elements"], ours["dom_elements"]
    if len(there) != len(here):
        return [*told, "count"]
    for one, other in zip(there, here, strict=True):
        compared = [name for name in one if (one["tag"], name) != ("body", "width")]
        parts = [name for name in compared if not np.array_equal(one[name], other[name])]
        told += [" ".join(parts)] * bool(parts)
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", default=["@browsergym125"])
    parser.add_argument("--seeds", type=int, default=1)
    chosen = parser.parse_intermixed_args()
    os.environ["MINIWOB_CHROME_BINARY"] = shutil.which("chromium") or ""
    os.environ["MINIWOB_CHROMEDRIVER"] = shutil.which("chromedriver") or ""
    http.server.BaseHTTPRequestHandler.log_message = lambda *_: None  # type: ignore[method-assign]
    counts: Counter[str] = Counter()
    wrong = 0
    browser = launch()
    try:
        for spec in select(chosen.tasks):
            name = bare_name(spec)
            theirs, ours = Farama(name), MiniWoBEnvironment(name, browser=browser)
            try:
                for seed in range(chosen.seeds):
                    there, here = theirs.reset(seed=seed)[0], ours.reset(seed=seed)[0]
                    told = differences(there, here)
                    counts["episodes"] += 1
                    counts["episodes without a difference"] += not told
                    counts["elements"] += len(there["dom_elements"])
                    counts["elements that differ"] += len(told)
                    same = bool((there["screenshot"] == here["screenshot"]).all())
                    counts["pictures equal in every pixel"] += same
                    wrong += bool({"utterance", "fields"} & set(told))
                    if told:
                        print(name, seed, dict(Counter(told)), file=sys.stderr, flush=True)
            except WebDriverException as broken:
                counts["broken in Farama's"] += 1
                print(name, broken.msg, file=sys.stderr, flush=True)
            finally:
                theirs.close()
                ours.close()
    except KeyboardInterrupt:
        print("stopped; so far:", file=sys.stderr)
    finally:
        browser.close()
    for what, number in counts.items():
        print(f"{number:6} {what}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
