"""What a purchase is worth: WebShop's reward, component by component.

    total = r_type · (attributes met + options met + r_price) / (attributes + options + 1)

Source: Yao et al. 2022, WebShop, section 3; where they differ, what the published program does
(princeton-nlp/WebShop, web_agent_site/engine/goal.py, commit 64fa2a5c).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from numbers import Real
from typing import Any

from webagents.envs.webshop.matching import colour, similar
from webagents.envs.webshop.nouns import tagger as default_tagger
from webagents.errors import UserError, clipped

# The program's own thresholds: the share of the goal's nouns that the bought title holds.
_SAME_TYPE = 0.2  # above: the same kind of thing, whatever query and category say
_OTHER_TYPE = 0.1  # below: another kind of thing


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """One purchase's reward and what it is made of, by the original's names.

    total: in [0, 1]; 1 is success.
    r_type: 1.0, 0.5, 0.1 or 0.0, for how alike the two products' kinds are; `query_match`,
        `category_match` and `title_score` are what it was decided from.
    r_att, r_option: the share of the goal's attributes and options that are met; r_price: whether
        the price is within the limit.
    w_att, w_option, w_price: their weights in the total.
    r_option, w_option: None when the goal asks for no options.
    """

    total: float
    r_type: float
    r_att: float
    w_att: float
    query_match: bool
    category_match: bool
    title_score: float
    r_option: float | None
    w_option: float | None
    r_price: bool
    w_price: float

    @property
    def success(self) -> bool:
        """Whether the purchase is all that was asked for."""
        return self.total == 1.0

    @property
    def verbose(self) -> dict[str, float | bool]:
        """The components as the original's ``verbose_info``: its keys, its order, its omissions."""
        values = {field.name: getattr(self, field.name) for field in fields(self)[1:]}
        return {name: value for name, value in values.items() if value is not None}


def score(
    purchased: Mapping[str, Any],
    goal: Mapping[str, Any],
    price: float,
    options: Mapping[str, str],
    *,
    nouns: tuple[Sequence[str], Sequence[str]] | None = None,
    tagger: Callable[[str], Sequence[str]] | None = None,
) -> Reward:
    """The reward for having bought `purchased` at `price`, in dollars, with `options` chosen.

    purchased, goal: the original's product and goal dicts. A goal's ``goal_options`` is a list of
        values (goals that people wrote) or a dict (made ones).
    options: option name to the value chosen.
    nouns: the nouns of the two titles, (purchased, goal), in place of the tagger's.
    tagger: from a title to its nouns in lower case; None is `nouns.tagger()`.

    Raises:
        UserError: the goal has no attributes or no positive price limit (the original fails there),
            or the product or the goal lacks a key.
    """
    try:
        return _score(purchased, goal, price, options, nouns, tagger)
    except KeyError as missing:
        raise UserError(
            f"the product or the goal has no key {missing}, which a reward needs"
        ) from None


def _score(
    purchased: Mapping[str, Any],
    goal: Mapping[str, Any],
    price: float,
    options: Mapping[str, str],
    nouns: tuple[Sequence[str], Sequence[str]] | None,
    tagger: Callable[[str], Sequence[str]] | None,
) -> Reward:
    attributes, wanted = goal["attributes"], goal["goal_options"]
    if not attributes:
        raise UserError(f"the goal of {goal.get('asin')!r} has no attributes; a reward needs one")
    limit, paid = _dollars(goal["price_upper"]), _dollars(price)
    if limit is None or not limit > 0:
        told = clipped(goal["price_upper"])
        raise UserError(f"the goal's price limit (price_upper) is {told}; it must be above 0")
    if paid is None:
        raise UserError(f"the price is {clipped(price)}; it must be a number of dollars")
    if nouns is None:
        tag = tagger or default_tagger()
        nouns = tag(purchased["name"]), tag(goal["name"])

    query_match = purchased["query"] == goal["query"]
    shared = _categories(purchased["product_category"]) & _categories(goal["product_category"])
    category_match = len(shared) >= 2
    title_score = _title_score(*nouns)
    r_type = _type(query_match or category_match, title_score)

    met = _attributes_met(purchased, attributes)
    chosen = _options_met(
        list(options.values()), list(wanted.items() if isinstance(wanted, dict) else wanted)
    )
    r_price = paid <= limit
    parts = len(attributes) + len(wanted) + 1
    return Reward(
        total=(met + chosen + r_price) / parts * r_type,
        r_type=r_type,
        r_att=met / len(attributes),
        w_att=len(attributes) / parts,
        query_match=query_match,
        category_match=category_match,
        title_score=title_score,
        r_option=chosen / len(wanted) if wanted else None,
        w_option=len(wanted) / parts if wanted else None,
        r_price=r_price,
        w_price=1 / parts,
    )


def _dollars(amount: object) -> float | None:
    return float(amount) if isinstance(amount, Real) else None


def _title_score(purchased: Sequence[str], goal: Sequence[str]) -> float:
    """The share of the goal's nouns, repeats counted, that are found; 0.2 where it has none."""
    return len(set(purchased) & set(goal)) / len(goal) if goal else 0.2


def _type(match: bool, title_score: float) -> float:
    """r_type: titles that share too little undo a match of query or category."""
    if title_score == 0.0:
        return 0.0
    if title_score < _OTHER_TYPE:
        return 0.1
    return 1.0 if match or title_score > _SAME_TYPE else 0.5


@lru_cache(maxsize=65536)
def _categories(path: str) -> frozenset[str]:
    """The names on a category path such as ``Home › Chairs``."""
    return frozenset(name.strip() for name in path.split("›"))


def _attributes_met(purchased: Mapping[str, Any], wanted: Iterable[str]) -> int:
    """How many attributes the product is listed with, or has as they are in one of its texts."""
    listed = purchased["Attributes"]
    texts: list[str] | None = None
    met = 0
    for attribute in wanted:
        if any(similar(own, attribute) for own in listed):
            met += 1
            continue
        if texts is None:  # most purchases never need them
            texts = [
                purchased["Title"].lower(),
                " ".join(purchased["BulletPoints"]).lower(),
                purchased["Description"].lower(),
            ]
        met += any(attribute in text for text in texts)
    return met


def _options_met(chosen: Sequence[Any], wanted: Sequence[Any]) -> int:
    """How many of the wanted options one of the chosen values stands for."""
    have = [colour(value) for value in chosen]
    return sum(any(similar(own, colour(option)) for own in have) for option in wanted)
