"""A step and a reset of WebShop in the browser, beside those of a MiniWoB page in the same run.

    python benchmarks/webshop_browser.py [--episodes 40]

Both are played in turns, so that whatever else the machine does falls on both: medians of each, and
their ratio. In the shop every step goes to another page (search, product, option, features, back);
in MiniWoB (`click-button`, `enter-text`, `click-checkboxes`) every step clicks or types.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import gymnasium

import webagents  # noqa: F401 (registers the environments)

BESIDE = ("miniwob.click-button", "miniwob.enter-text", "miniwob.click-checkboxes")
_REF = re.compile(r'<(\w+) ref="(\d+)"')
_PRODUCT = re.compile(r'<a ref="(\d+)" class="product"')
_OPTION = re.compile(r'<input ref="(\d+)" type="radio"')


def shop_actions(observation: dict[str, str]) -> list[str]:
    query = " ".join(observation["instruction"].split(",")[0].split()[-4:])
    words = f"search[{query}]"
    return [words, "product", "option", "click[features]", "click[< prev]", "click[< prev]", words]


def shop_action(name: str, html: str, dice: random.Random) -> str:
    if name in ("product", "option"):
        found = (_PRODUCT if name == "product" else _OPTION).findall(html)
        return f"click('{dice.choice(found or ['1'])}')"
    return name


def web_action(html: str, dice: random.Random) -> str:
    tag, ref = dice.choice(_REF.findall(html))
    return f"fill('{ref}', 'some words')" if tag == "input" else f"click('{ref}')"


def timed(took: list[float], do: Callable[[], Any]) -> Any:
    begun = time.perf_counter()
    made = do()
    took.append((time.perf_counter() - begun) * 1000)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--episodes", type=int, default=40)
    episodes = parser.parse_args().episodes
    for screenshots in (True, False):
        took: dict[str, list[float]] = defaultdict(list)
        dice = random.Random(0)
        shop = gymnasium.make("webagents/webshop-v1", screenshots=screenshots).unwrapped
        pages = [
            gymnasium.make(f"webagents/{name}-v1", screenshots=screenshots).unwrapped
            for name in BESIDE
        ]
        for env in (shop, *pages):  # what comes once: browsers, sites, the shop's index
            env.reset(seed=0)
            env.step("search[lamp]" if env is shop else "click('2')")
        for seed in range(episodes):
            seen, _ = timed(took["shop reset"], lambda: shop.reset(seed=seed))  # noqa: B023
            for name in shop_actions(seen):
                action = shop_action(name, seen["html"], dice)
                seen, *_ = timed(took["shop step"], lambda: shop.step(action))  # noqa: B023
            beside = pages[seed % len(pages)]
            seen, _ = timed(took["miniwob reset"], lambda: beside.reset(seed=seed))  # noqa: B023
            for _ in range(7):
                action = web_action(seen["html"], dice)
                made = timed(took["miniwob step"], lambda: beside.step(action))  # noqa: B023
                seen = made[0]
                if made[2] or made[3]:
                    seen, _ = beside.reset(seed=seed)
        for env in (shop, *pages):
            env.close()
        median = {name: statistics.median(times) for name, times in took.items()}
        print(f"{'with' if screenshots else 'without'} screenshots, {episodes} episodes, median ms")
        for what in ("step", "reset"):
            ours, theirs = median[f"shop {what}"], median[f"miniwob {what}"]
            print(f"  {what:6} shop {ours:6.1f}   miniwob {theirs:6.1f}   {ours / theirs:.2f}x")


if __name__ == "__main__":
    main()
