"""Plays BrowserGym's MiniWoB for `env_speed.py`; run by the Python that has BrowserGym installed.

Reads one JSON order a line, answers with one JSON line: ``{"make": task}``, ``{"reset": seed}``,
``{"step": kind, "tag": tag}``, ``{"close": true}``. Answers hold the seconds that the call took.
"""

import importlib.util
import json
import os
import sys
import time
from functools import partialmethod
from pathlib import Path

out = os.fdopen(os.dup(1), "w")  # the answers; what libraries print goes to stderr
os.dup2(2, 1)

pages = Path(importlib.util.find_spec("miniwob").origin).parent / "html" / "miniwob"
os.environ["MINIWOB_URL"] = f"file://{pages}/"

import browsergym.miniwob  # noqa: E402, F401 (registers the ids)
import gymnasium  # noqa: E402
import playwright.sync_api  # noqa: E402
from browsergym.core.action.highlevel import HighLevelActionSet  # noqa: E402

actions = HighLevelActionSet(subsets=["bid", "coord"])
ACTIONS = {"click": "click('{bid}')", "type": "keyboard_type('abc')", "noop": "noop(0)"}
BID = "tag => (tag ? document.querySelector('#area ' + tag) : document.getElementById('query'))"

env = None
bid = None
for line in sys.stdin:
    order = json.loads(line)
    start = time.perf_counter()
    done = False
    if "make" in order:
        # Every reset starts a second browser, the chat's, which takes no options: hence this.
        playwright.sync_api.BrowserType.launch = partialmethod(
            playwright.sync_api.BrowserType.launch, executable_path=order["browser"]
        )
        id_ = f"browsergym/miniwob.{order['make']}"
        env = gymnasium.make(id_, action_mapping=actions.to_python_code, disable_env_checker=True)
    elif "reset" in order:
        env.reset(seed=order["reset"])
        bid = None
    elif "step" in order:
        if bid is None:
            script = f"tag => ({BID})(tag).getAttribute('bid')"
            bid = env.unwrapped.page.evaluate(script, order["tag"])
        text = ACTIONS[order["step"]].format(bid=bid)
        start = time.perf_counter()
        observation, _, done, _, _ = env.step(text)
        if observation["last_action_error"]:
            sys.exit(f"{text}: {observation['last_action_error']}")
    elif "close" in order:
        env.close()
    out.write(json.dumps({"seconds": time.perf_counter() - start, "done": done}) + "\n")
    out.flush()
