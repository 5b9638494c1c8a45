"""How quick composed pages are beside the MiniWoB pages they are made of, in one run.

    python benchmarks/compwob_speed.py

Prints a Markdown table: milliseconds for a reset and for a step with page and picture, of composed
tasks and of their parts (mean over the parts), and the ratio. Tasks take turns, several episodes
each, so that a busy spell meets all of them. A step is a no-op of 200 ms page time.
"""

from __future__ import annotations

import time
from collections import defaultdict
from statistics import fmean, median

from webagents.browsers.base import Browser
from webagents.envs.catalogue import named_sets, spec_of
from webagents.envs.launch import launch
from webagents.envs.web_env import WebEnv

TASKS = (
    "compwob.click-link_click-button",
    "compwob.click-button_click-option_login-user",
    "compwob.click-checkboxes-transfer_multi-layouts_email-inbox-forward-nl-transition",
)
LONGEST = max(named_sets()["@compwob"], key=len)
EPISODES, STEPS, ROUNDS = 4, 8, 3


def main() -> None:
    """Measures and prints."""
    reset: dict[str, list[float]] = defaultdict(list)
    step: dict[str, list[float]] = defaultdict(list)
    tasks = (*TASKS, LONGEST)
    ids = dict.fromkeys(id_ for task in tasks for id_ in (task, *spec_of(task).parts))
    browser = launch("chromium", None)
    for _ in range(ROUNDS):
        for id_ in ids:
            resets, steps = measured(id_, browser)
            reset[id_] += resets
            step[id_] += steps
    browser.close()
    print("| task | parts | reset ms | of a part | ratio | step ms | of a part | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    for task in tasks:
        parts = spec_of(task).parts
        cells = [f"`{task.removeprefix('compwob.')[:60]}`", str(len(parts))]
        for times in (reset, step):
            own, part = median(times[task]), fmean(median(times[each]) for each in parts)
            cells += [f"{own:.1f}", f"{part:.1f}", f"{own / part:.2f}"]
        print(f"| {' | '.join(cells)} |")


def measured(id_: str, browser: Browser) -> tuple[list[float], list[float]]:
    """Milliseconds of resets between episodes, and of steps."""
    env = WebEnv(id_, browser=browser, max_steps=100)
    resets, steps = [], []
    env.reset(seed=0)
    for seed in range(EPISODES):
        for _ in range(STEPS):
            began = time.perf_counter()
            env.step("noop()")
            steps.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        env.reset(seed=seed)
        resets.append(1000 * (time.perf_counter() - began))
    env.close()
    return resets, steps


if __name__ == "__main__":
    main()
