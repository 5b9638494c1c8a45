"""How many steps of WebShop's text environment a CPU second holds, beside the usual way to make it.

    python benchmarks/webshop_speed.py [SECONDS]

An agent searches for the instruction and then clicks at random; after each step the observation in
text mode and the available actions are looked at. Prints a Markdown table: `TextShop` with its own
search, and a peer that makes the same pages as the original does, in the same run and for the same
actions: a Jinja template compiled and rendered for each page, and BeautifulSoup for the text, for
the actions before a step and for those after it. The peer shares our search and transitions, so
that only the pages differ. The products are the public 1,000 where they are at hand (shared/data),
the bundled ones elsewhere. A last line plays short episodes and says what memory they took.
"""

from __future__ import annotations

import random
import sys
import time
from functools import cache
from pathlib import Path

import psutil
from bs4 import BeautifulSoup
from bs4.element import Comment
from jinja2 import Environment

from webagents.envs.webshop.original.layouts import Hole, layout
from webagents.envs.webshop.original.links import MADE
from webagents.envs.webshop.shop import Shop, open_shop
from webagents.envs.webshop.text import TextShop

REAL = Path(__file__).parents[2] / "shared" / "data" / "webshop" / "real_1000"
LONGEST = 15  # steps of an episode
EPISODES = 50_000
ORIGINAL = 71  # steps per CPU second in text mode with a stub search, as recorded on such a machine
FILES = ("search", "top", "results", "item", "above", "description", "features", "reviews", "done")
UNSEEN = {"style", "script", "head", "title", "meta", "[document]"}


def main() -> None:
    """Measures and prints."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    products, shop = opened()
    print(f"{len(shop.products):,} {products} products, {len(shop.goals):,} goals\n")
    text = TextShop(shop.products, shop.goals, shop.search, prices=shop.prices)
    played(text, seconds=1.0)
    own = played(text, seconds)
    peer = played(text, seconds, Peer(text))
    print("| | steps per CPU second | × |")
    print("|---|---|---|")
    print(f"| TextShop | {own:,.0f} | {own / peer:.1f} |")
    print(f"| Jinja and BeautifulSoup | {peer:,.0f} | 1.0 |")
    print(f"\nThe original was recorded at {ORIGINAL} with a stub search, on a machine like this.")
    print(remembered(shop))


def opened() -> tuple[str, Shop]:
    """The products' name, and the shop."""
    try:
        return "real", open_shop(REAL, goals="synthetic")
    except ValueError as why:
        print(f"the real products are not here ({why}); the bundled ones are taken")
        return "bundled", open_shop()


class Peer:
    """What `TextShop` shows, made by template and parser as the original makes it."""

    def __init__(self, shop: TextShop) -> None:
        self._shop = shop
        self._names = {
            id(section): f"{file}.{name}"
            for file in FILES
            for name, section in layout(file).items()
        }

    def step(self, action: str) -> tuple[str, list[str]]:
        """The observation and what can be clicked, after the action."""
        self.clickables(self.html())
        self._shop.step(action)
        html = self.html()
        return self.text(html), self.clickables(html)

    def html(self) -> str:
        """The page, its template compiled first."""
        page = self._shop.page
        parts = [(self._names[id(section)], values) for section, values in page.parts]
        template = Environment(autoescape=True).from_string(_template(parts[-1][0]))
        return template.render(
            parts=parts, made=lambda name, values: MADE[name](page.place, values)
        )

    def text(self, html: str) -> str:
        """The visible text, found in the html."""
        return " [SEP] ".join(
            text.strip()
            for text in BeautifulSoup(html, "html.parser").find_all(string=True)
            if text.parent is not None
            and text.parent.name not in UNSEEN
            and not isinstance(text, Comment)
            and text != "\n"
        )

    def clickables(self, html: str) -> list[str]:
        """What can be clicked, found in the html."""
        soup = BeautifulSoup(html, "html.parser")
        found = [*soup.find_all(class_="btn"), *soup.find_all(class_="product-link")]
        radios = soup.select('input[type="radio"]')
        names = [*(tag.get_text().lower() for tag in found), *(str(tag["value"]) for tag in radios)]
        return list(dict.fromkeys(names))


@cache
def _template(last: str) -> str:
    """The source of the template of a page whose last section is `last`."""
    file = last.split(".")[0]
    files = {"search": [], "done": [], "item": ["top"], "results": ["top"]}
    source = ""
    for each in [*files.get(file, ["top", "above"]), file]:
        for name, section in layout(each).items():
            markup = "".join(map(_jinja, section.markup))
            test = "elif" if source else "if"
            source += f"{{% {test} name == '{each}.{name}' %}}{markup}"
    return "{% for name, values in parts %}" + source + "{% endif %}{% endfor %}"


def _jinja(piece: str | Hole) -> str:
    if isinstance(piece, str):
        return piece
    if piece.how == "made":
        return f"{{{{ made('{piece.name}', values) | safe }}}}"
    return f"{{{{ values['{piece.name}']{' | safe' if piece.how == 'raw' else ''} }}}}"


def played(shop: TextShop, seconds: float, peer: Peer | None = None) -> float:
    """Steps per CPU second, of about `seconds` of them; the same actions with a peer as without."""
    draws = random.Random(0)
    steps, start = 0, time.process_time()
    while time.process_time() - start < seconds:
        shop.reset(draws.randrange(len(shop.goals)))
        clickables = ["search"]
        for _ in range(LONGEST):
            action = f"click[{draws.choice(clickables)}]" if clickables else ""
            if action == "click[search]":
                action = f"search[{shop.instruction}]"
            if peer is None:
                shop.step(action)
                clickables = shop.available_actions()["clickables"]
            else:
                text, clickables = peer.step(action)
                assert (text, clickables) == (shop.observe(), list(shop.page.clickables))
            steps += 1
            if not clickables:
                break
    return steps / (time.process_time() - start)


def remembered(shop: Shop) -> str:
    """How much memory short episodes take, each with a session of its own."""
    text = TextShop(shop.products, shop.goals, shop.search, prices=shop.prices)
    sizes = []
    for episode in range(EPISODES + 1):
        if episode % (EPISODES // 5) == 0:
            sizes.append(f"{psutil.Process().memory_info().rss / 1e6:.0f}")
        text.reset(f"{episode}_{episode % len(shop.goals)}")
        text.step("search[red]")
        text.step(f"click[{text.available_actions()['clickables'][-1]}]")
        text.step("click[buy now]")
    return f"{EPISODES:,} short episodes: {', '.join(sizes)} MB, each a fifth of them later."


if __name__ == "__main__":
    main()
