"""Orders: dishes from a menu, a ticket from a list."""

from __future__ import annotations

import re

from webagents.html import Element, find, text_of
from webagents.policies.expert.sight import Experts, Sight, click, wait

_ITEMS = re.compile(r"each item: (.+)$")
_KIND = re.compile(r"Order (\d+) items that are (\S+)$")
_BEST = re.compile(r"(cheapest|most expensive|shortest|longest)")
_PRICE = re.compile(r"\$(\d+)")
_DURATION = re.compile(r"(\d+)h (\d+)m")


def food(sight: Sight) -> str:
    """Orders the dishes that are named, or as many as asked of a kind."""
    dishes = sight.all("div", class_="food-item")
    if named := _ITEMS.search(sight.instruction):
        wanted = {name.strip() for name in named.group(1).split(", ")}
        chosen = [dish for dish in dishes if _name(dish) in wanted]
        return _ordered(sight, dishes, chosen, len(chosen))
    if kind := _KIND.search(sight.instruction):
        chosen = [dish for dish in dishes if find(dish, "img", title=kind.group(2)) is not None]
        return _ordered(sight, dishes, chosen, int(kind.group(1)))
    return wait()


def _ordered(sight: Sight, dishes: list[Element], chosen: list[Element], number: int) -> str:
    """Orders `number` of the chosen dishes, of none twice while there is another, and no more."""
    if not chosen:
        return wait()
    names = [_name(dish) for dish in chosen]
    most = -(-number // len(chosen))
    for dish in dishes:
        if _quantity(dish) > (most if _name(dish) in names else 0):
            return click(find(dish, class_="remove"))
    missing = number - sum(map(_quantity, chosen))
    if missing < 0:
        surplus = max(chosen, key=_quantity)
        return click(find(surplus, class_="remove"))
    if missing > 0:
        order = sight.either("order", chosen, sight.shuffled(chosen, key=_name))
        return click(find(min(order, key=_quantity), class_="add"))
    return click(sight.button("Order!"))


def _name(dish: Element) -> str:
    name = find(dish, class_="item-name")
    return "" if name is None else text_of(name)


def _quantity(dish: Element) -> int:
    quantity = find(dish, class_="quantity")
    shown = "" if quantity is None else text_of(quantity)
    return int(shown) if shown.isdecimal() else 0


def ticket(sight: Sight) -> str:
    """Books the flight that is cheapest, dearest, shortest or longest."""
    asked = _BEST.search(sight.instruction)
    flights = sight.all("div", class_="flight")
    if asked is None or not flights:
        return wait()
    measure = _price if asked.group(1) in ("cheapest", "most expensive") else _minutes
    choice = min if asked.group(1) in ("cheapest", "shortest") else max
    return click(find(choice(flights, key=measure), "button"))


def _price(flight: Element) -> int:
    found = _PRICE.search(text_of(flight))
    return int(found.group(1)) if found else 0


def _minutes(flight: Element) -> int:
    found = _DURATION.search(text_of(flight))
    return int(found.group(1)) * 60 + int(found.group(2)) if found else 0


EXPERTS: Experts = {
    "miniwob.buy-ticket": ticket,
    "miniwob.order-food": food,
}
