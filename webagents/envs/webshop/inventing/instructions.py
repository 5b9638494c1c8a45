"""What shoppers ask for: instructions for made-up products, in people's words and in the shop's."""

from __future__ import annotations

from typing import Any

from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.webshop.inventing.phrasing import sentence
from webagents.envs.webshop.inventing.rows import Made
from webagents.envs.webshop.inventing.vocabulary import Wordings


def ask(made: Made, words: Wordings, dice: Dice) -> dict[str, Any]:
    """One human instruction for the product, as ``items_human_ins.json`` holds it.

    The shop adds the highest price. Worker and assignment ids are left out.
    """
    wanted = dice.some(made.attributes, dice.pick((1, 1, 2, 2, 2, 3)))
    combination = {group: dice.pick(choices) for group, choices in made.choices.items()}
    named = dice.some(list(combination.items()), dice.pick((0, 1, 1, 1, 2, 2, 2, 3)))
    return {
        "asin": made.row["asin"],
        "instruction": sentence(made, wanted, named, words, dice),
        "attributes": [each.name for each in made.attributes],
        "options": [f"{group}: {choice.value}" for group, choice in combination.items()],
        "instruction_attributes": [each.name for each in wanted],
        "instruction_options": [choice.value for _, choice in named],
    }


def ask_plainly(made: Made, dice: Dice) -> dict[str, Any]:
    """The product's entry in ``items_ins_v2.json``; three of ten have no synthetic instruction."""
    entry: dict[str, Any] = {"attributes": [each.name for each in made.attributes]}
    if not dice.chance(0.7):
        return entry
    wanted = dice.some(made.attributes, dice.count(1, 3))
    front = [each.name for each in wanted if each.kind in ("is", "free", "easy", "does")]
    with_ = [each.name for each in wanted if each.kind in ("with", "made")]
    for_ = [each.name for each in wanted if each.kind == "for"]
    text = f"Find me {', '.join(front)} {made.row['query']}".replace("  ", " ")
    text += f" with {', '.join(with_)}" if with_ else ""
    text += f" for {', '.join(for_)}" if for_ else ""
    return entry | {"instruction": text, "instruction_attributes": front + with_ + for_}
