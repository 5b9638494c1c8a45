"""The perturbing policy: another one's moves, with wrong and needless ones in between.

What follows a mistake shows how to recover from it. A step that is a mistake says so in its notes
(``perturbed``), so that training can learn from the recovery and not from the mistake.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from webagents import html
from webagents.actions import Action, parse
from webagents.errors import ActionError, UserError
from webagents.html import Element
from webagents.types import Decision, Demanding, Episode, Needs, Policy

MOST = 2
"""How many mistakes an episode has at most: step limits leave room for a few."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_BOXES = ("checkbox", "radio")


class PerturbedPolicy:
    """Makes mistakes that a page forgives, and leaves it to the policy to put them right."""

    def __init__(self, policy: Policy, rate: float = 0.2) -> None:
        """A policy that errs.

        rate: how likely a step is a mistake; the same episode makes the same ones.

        Raises:
            UserError: a rate not between 0 and 1.
        """
        if not 0 <= rate <= 1:
            raise UserError(f"the rate of mistakes is between 0 and 1, not {rate}")
        self._policy, self._rate = policy, rate

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The policy's decisions, some of them replaced by mistakes."""
        decisions = self._policy.act(episodes)
        return [self._perturbed(*pair) for pair in zip(episodes, decisions, strict=True)]

    def needs(self, task: str) -> Needs:
        """What the policy has to see."""
        return self._policy.needs(task) if isinstance(self._policy, Demanding) else Needs()

    def _perturbed(self, episode: Episode, meant: Decision) -> Decision:
        dice = random.Random(f"{episode.task}/{episode.seed}/{len(episode.steps)}")
        mistakes = sum("perturbed" in step.notes for step in episode.steps)
        if mistakes >= MOST or dice.random() >= self._rate:
            return meant
        try:
            action = parse(meant.action)
        except ActionError:
            return meant
        moment = _Moment(html.parse(episode.observation.html), action, dice)
        made = [(kind, text) for kind, make in MISTAKES.items() if (text := make(moment))]
        if not made:
            return meant
        # What a person gets wrong most is what they are about to do.
        kind, text = made[0] if dice.random() < 0.7 else dice.choice(made)
        return replace(meant, action=text, notes={**meant.notes, "perturbed": kind})


@dataclass(frozen=True, slots=True)
class _Moment:
    """What a mistake is made of: the page, what was meant, and chance."""

    page: Element
    meant: Action
    dice: random.Random

    @property
    def target(self) -> Element | None:
        """The element that was meant; a label's control for a label."""
        ref = self.meant.arguments.get("ref")
        found = None if ref is None else html.find(self.page, ref=str(ref))
        if found is not None and found.tag == "label":
            return html.find(found, "input")
        return found

    def other(self, like: Callable[[Element], bool]) -> Element | None:
        """Another element than the one meant, of a kind."""
        target = self.target
        others = [e for e in html.find_all(self.page) if e is not target and like(e)]
        return self.dice.choice(others) if others else None


def _mistyped(moment: _Moment) -> str | None:
    """The text with a letter too few, too many, or wrong."""
    text = moment.meant.arguments.get("text")
    if moment.meant.name not in ("fill", "type") or not isinstance(text, str) or not text:
        return None
    if moment.meant.name == "type":
        return None  # what is typed stays; putting it right is not every policy's to do
    at = moment.dice.randrange(len(text))
    letter = moment.dice.choice([c for c in _LETTERS if c != text[at]])
    wrong = moment.dice.choice(
        [
            text[:at] + text[at + 1 :],
            text[:at] + letter + text[at + 1 :],
            text[:at] + letter + text[at:],
        ]
    )
    return replace(moment.meant, arguments={**moment.meant.arguments, "text": wrong}).text


def _wrong_box(moment: _Moment) -> str | None:
    """Another checkbox or radio button."""
    target = moment.target
    if moment.meant.name != "click" or target is None or target.get("type") not in _BOXES:
        return None
    other = moment.other(lambda e: e.tag == "input" and e.get("type") == target.get("type"))
    return None if other is None else _on("click", other)


def _wrong_option(moment: _Moment) -> str | None:
    """Another entry of a list."""
    target = moment.target
    if moment.meant.name != "select_option" or target is None or target.tag != "select":
        return None
    entries = [html.text_of(option) for option in html.find_all(target, "option")]
    wanted = moment.meant.arguments["options"]
    others = [entry for entry in entries if entry and entry not in (wanted, *_texts(wanted))]
    if not others:
        return None
    options = (moment.dice.choice(others),)
    return replace(moment.meant, arguments={**moment.meant.arguments, "options": options}).text


def _wrong_tab(moment: _Moment) -> str | None:
    """Another tab, or another section's head."""
    target = moment.target
    if moment.meant.name != "click" or target is None:
        return None
    parent = target.getparent()
    if "tab" not in (target.get("role"), None if parent is None else parent.get("role")):
        return None
    other = moment.other(lambda e: e.tag == target.tag and e.get("role") == target.get("role"))
    return None if other is None or other.tag == "a" else _on("click", other)


def _wrong_field(moment: _Moment) -> str | None:
    """The focus in another field."""
    other = moment.other(lambda e: e.tag in ("input", "textarea") and _writable(e))
    return None if other is None or moment.meant.name == "focus" else _on("focus", other)


def _aside(moment: _Moment) -> str | None:
    """The mouse over something else."""
    if moment.meant.name.startswith(("mouse", "hover", "drag", "scroll", "keyboard", "press")):
        return None
    other = moment.other(lambda e: e.tag in ("span", "p", "label", "button", "a", "input"))
    return None if other is None else _on("hover", other)


def _misread(moment: _Moment) -> str | None:
    """An element that is not there."""
    refs = [int(e.get("ref")) for e in html.find_all(moment.page) if e.get("ref", "").isdigit()]
    if not refs or "ref" not in moment.meant.arguments:
        return None
    return Action(
        name="click", arguments={"ref": str(max(refs) + moment.dice.randrange(1, 50))}
    ).text


def _dawdled(_: _Moment) -> str | None:
    """A moment's wait."""
    return Action(name="noop", arguments={"wait_ms": 200}).text


MISTAKES: dict[str, Callable[[_Moment], str | None]] = {
    "mistyped": _mistyped,
    "wrong box": _wrong_box,
    "wrong option": _wrong_option,
    "wrong tab": _wrong_tab,
    "aside": _aside,
    "misread": _misread,
    "wrong field": _wrong_field,
    "dawdled": _dawdled,
}
"""The mistakes there are, those first that are about the very thing that was to be done."""


def _writable(field: Element) -> bool:
    buttons = ("submit", "button", "reset", "image", "hidden")
    return "disabled" not in field.attrib and field.get("type") not in buttons


def _on(name: str, element: Element) -> str:
    return Action(name=name, arguments={"ref": html.ref_of(element)}).text


def _texts(options: object) -> tuple[str, ...]:
    return tuple(map(str, options)) if isinstance(options, list | tuple) else (str(options),)
