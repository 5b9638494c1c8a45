"""Memory over thousands of episodes; run as ``python benchmarks/soak.py [EPISODES]``.

Plays random episodes of seven tasks on one environment each task in turn, one browser, and prints
the memory (PSS, MiB) of the browser's processes and of Python after every tenth of them.
"""

from __future__ import annotations

import itertools
import os
import sys
import time
from pathlib import Path

from webagents.browsers.chromium import ChromiumBrowser
from webagents.envs.web_env import WebEnv

TASKS = [
    "click-test",
    "click-tab-2",
    "login-user",
    "email-inbox",
    "click-checkboxes",
    "use-autocomplete",
    "choose-date",
]
STEPS = 3


def pss_mib(pids: list[int]) -> float:
    """The proportional share of memory of some processes."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def group(leader: int) -> list[int]:
    """The processes of a process group."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.getpgid(int(entry.name)) == leader:
                found.append(int(entry.name))
        except ProcessLookupError:
            continue
    return found


def main(episodes: int) -> None:
    """Plays and prints."""
    browser = ChromiumBrowser()
    envs = [WebEnv(f"miniwob.{task}", browser=browser) for task in TASKS]
    print("| episodes | browser MiB | processes | Python MiB | seconds |")
    print("|---|---|---|---|---|")
    begun = time.monotonic()
    # A block of episodes per environment at a time, so that each of them also rests.
    for played, env in enumerate(itertools.chain.from_iterable(itertools.repeat(envs)), start=1):
        env.reset(seed=played)
        for _ in range(STEPS):
            if any(env.step(env.action_space.sample())[2:4]):
                break
        if played % (episodes // 10) == 0:
            pids = group(browser.pid)
            row = (played, pss_mib(pids), len(pids), pss_mib([os.getpid()]))
            print("| {} | {:.0f} | {} | {:.0f} |".format(*row), f"{time.monotonic() - begun:.0f} |")
        if played >= episodes:
            break
    for env in envs:
        env.close()
    browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
