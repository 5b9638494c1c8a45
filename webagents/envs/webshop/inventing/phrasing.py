"""How a shopper words a wish: the sentence of a human instruction."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from webagents.envs.webshop.inventing.choices import Choice
from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.webshop.inventing.rows import Made
from webagents.envs.webshop.inventing.vocabulary import Attribute, Wordings, plural

VOWEL = re.compile(r"[aeio]|u[lnp]|hd|8|11|18")
"""How a phrase starts that takes "an"."""
_DOUBLED = re.compile(r"(un\w+ed) (?:flavored|scented)")


@dataclass(slots=True, kw_only=True)
class Parts:
    """What is said of a thing, by where it is said.

    front: before the noun; chosen: an option before the noun; behind: behind it; apart: in
    sentences of their own.
    """

    front: list[str] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)


def sentence(
    made: Made,
    wanted: list[Attribute],
    named: list[tuple[str, Choice]],
    words: Wordings,
    dice: Dice,
) -> str:
    """An instruction to find the product, with these attributes and options.

    named: group and choice of each option.
    """
    line = made.line
    draw = dice.random()
    noun = line.noun if draw < 0.6 else line.also if draw < 0.85 else line.type.nouns[0]
    number = "many" if line.type.number == "mass" and noun.endswith("s") else line.type.number
    parts = Parts()
    for attribute in wanted:
        _place_attribute(parts, attribute, number, words, dice)
    for group, choice in named:
        _place_option(parts, group, choice, number, words, dice)
    if dice.chance(0.1):
        parts.front.insert(0, line.brand.lower())
    if dice.chance(0.14):
        parts.behind.append(made.use)
    elif dice.chance(0.1):
        parts.behind.append(made.first if made.first.startswith("with ") else f"({made.first})")
    lead = dice.pick(words.leads)
    text = lead.format_map({"thing": _thing(parts, noun, number, dice)})
    asks = text.endswith("?") and not parts.apart
    end = "?" if asks else "" if dice.chance(0.12) else "."
    return _slip(". ".join([text.rstrip("?"), *parts.apart]) + end, words, dice)


def _place_attribute(
    parts: Parts, attribute: Attribute, number: str, words: Wordings, dice: Dice
) -> None:
    draw = dice.random()
    if draw < 0.44 and len(parts.front) < 2:
        parts.front.append(dice.pick(attribute.before))
    elif draw < 0.9 or parts.apart:
        after = attribute.after if number in ("one", "mass") else attribute.after_many
        parts.behind.append(dice.pick(after))
    else:
        clause = dice.pick(attribute.clauses)
        parts.apart.append(dice.pick(words.wishes).format_map({"clause": clause}))


def _place_option(
    parts: Parts, group: str, choice: Choice, number: str, words: Wordings, dice: Dice
) -> None:
    said = words.said[group]
    value = {"v": choice.said}
    draw = dice.random()
    if draw < (0.5 if group == "color" else 0.2) and not parts.chosen:
        phrase = dice.pick(said["before"]).format_map(value)
        parts.chosen.append(_DOUBLED.sub(r"\1", phrase))
    elif draw < 0.88 or len(parts.apart) > 1:
        phrase = dice.pick(said["after"]).format_map(value)
        parts.behind.append(phrase if number in ("one", "mass") else _agree(phrase))
    else:
        parts.apart.append(dice.pick(said["apart"]).format_map(value))


def _thing(parts: Parts, noun: str, number: str, dice: Dice) -> str:
    """The wanted product as a noun phrase, such as "a pair of black non slip shoes for work"."""
    chosen, front = parts.chosen, parts.front
    before = chosen + front if dice.chance(0.5) else front + chosen
    start = (", " if len(before) > 2 or dice.chance(0.15) else " ").join(before)
    phrase = f"{start} {noun}" if start else noun
    if number == "one":
        article = "an " if VOWEL.match(phrase) else "a "
    elif number == "pair":
        article = dice.pick(("a pair of ", "a pair of ", "some ", ""))
    else:
        article = dice.pick(("some ", "some ", "", ""))
    tail = [each for each in parts.behind if not each.startswith("that ")]
    clauses = [each for each in parts.behind if each.startswith("that ")]
    joined = [each.replace("that ", "and ", 1) for each in clauses[1:]]
    return " ".join([article + phrase, *dice.some(tail, len(tail)), *clauses[:1], *joined])


def _agree(phrase: str) -> str:
    """The phrase for several things: "that come in red" of "that comes in red"."""
    head, _, clause = phrase.partition(" ")
    return f"{head} {plural(clause)}" if head == "that" else phrase


def _slip(text: str, words: Wordings, dice: Dice) -> str:
    """The text as it is typed: now and then with a slip, a capital or a blank too many."""
    if dice.chance(0.1):
        word, slips = dice.pick(words.slips)
        text = re.sub(rf"\b{word}\b", dice.pick(slips), text, count=1)
    draw = dice.random()
    if draw < 0.05:
        return text[0].upper() + text[1:]
    if draw < 0.07:
        return text.replace(" ", "  ", 1)
    if draw < 0.09:
        return text.replace(", ", ",", 1)
    return text
