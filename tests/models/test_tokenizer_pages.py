"""What agents see on any page of any task comes back from its tokens as it was."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import miniwob
import pytest

from webagents.browsers.base import Browser
from webagents.envs.catalogue import select
from webagents.envs.launch import launch
from webagents.envs.web_env import WebEnv
from webagents.envs.webshop.shop import open_shop
from webagents.envs.webshop.site.shopping import Shopping
from webagents.models.tokenizer import load_tokenizer
from webagents.webshop.visits import Visit

SEEDS = range(2)
SHOPPING = ("search[red shoes for men]", "click[next >]", "search[lamp]", "click[back to search]")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    shared = launch()
    yield shared
    shared.close()


def seen(task: str, browser: Browser, view: str) -> Iterator[str]:
    """The pages of a task's first steps, its instructions too."""
    env = WebEnv(task, browser=browser, view=view, screenshots=False)
    try:
        for seed in SEEDS:
            observation, _ = env.reset(seed=seed)
            yield from (observation["html"], observation["instruction"])
            for action in SHOPPING if task.startswith("webshop") else ("click('5')",):
                observation, *_ = env.step(action)
                yield observation["html"]
    finally:
        env.close()


def lost(pages: Iterable[str]) -> list[str]:
    """The pages that do not come back."""
    tokenizer = load_tokenizer()
    return [
        page
        for page in pages
        if tokenizer.decode(tokenizer(page).input_ids, skip_special_tokens=True) != page
    ]


@pytest.mark.slow
@pytest.mark.parametrize("view", ["text", "visual"])
@pytest.mark.parametrize(
    "tasks", ["miniwob.[a-d]*", "miniwob.[e-z]*", "@compwob", "@compwob-reverse", "webshop"]
)
def test_every_page_comes_back_from_its_tokens(tasks, view, browser):
    specs = select(tasks)
    pages = {page for spec in specs for page in seen(spec.id, browser, view)}
    assert (len(pages) > 2 * len(specs), lost(pages)) == (True, [])


def test_the_source_of_every_miniwob_page_comes_back_from_its_tokens():
    files = Path(miniwob.__file__).parent.joinpath("html", "miniwob").glob("*.html")
    pages = [file.read_text(encoding="utf-8") for file in files]
    assert (len(pages) > 100, lost(pages)) == (True, [])


def test_the_pages_of_the_shops_products_come_back_from_their_tokens():
    shopping = Shopping(open_shop(), show_attrs=True)
    visits = [
        Visit("0").results(product["query"]).opened(asin)
        for asin, product in islice(shopping.shop.products.items(), 0, None, 15)
    ]
    pages = [shopping.page(visit).untouched[0] for visit in visits]
    assert (len(pages), lost(pages)) == (200, [])
