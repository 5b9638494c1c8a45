"""Things that are shown for a while and then have to be remembered."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

from webagents.html import Element, find, find_all, ref_of, text_of
from webagents.policies.expert.sight import Experts, Sight, box_of, click, visual, wait

_BLINK_MS = 600  # from one button's lighting up to the next one's
_LIT_MS = 250  # how long it stays lit
_LOOK_MS = 100  # how long after a button may light up it is looked at


def greatest_card(sight: Sight) -> str:
    """Turns each card over, then back to the greatest, and submits."""
    cards = sight.all(class_="card")
    numbers = {
        ref: number
        for page in (*sight.earlier, sight.page)
        for ref, number in _face_up(page).items()
    }
    for card in sight.shuffled(cards):
        if ref_of(card) not in numbers:
            return click(card)
    if not cards:
        return wait()
    greatest = max(cards, key=lambda card: numbers[ref_of(card)])
    if ref_of(greatest) in _face_up(sight.page):
        return click(sight.button("Submit"))
    return click(greatest)


def _face_up(page: Element) -> Mapping[str, int]:
    """The numbers of the cards that lie face up, by their refs."""
    return {
        ref_of(card): int(text_of(card))
        for card in find_all(page, class_="card")
        if "hidden" not in card.get("class", "").split()
    }


def numbers_ascending(sight: Sight) -> str:
    """Clicks the numbers from the smallest on, those hidden where they were last seen."""
    places: dict[int, tuple[float, float]] = {}
    for page in (*sight.earlier, sight.page):
        for number in find_all(page, "text"):
            if (box := box_of(number)) is not None and text_of(number).isdigit():
                places[int(text_of(number))] = box.middle
    for number in sorted(places):
        for shown in [*sight.all("text", text=str(number)), *sight.all("rect")]:
            box = box_of(shown)
            if box is not None and math.dist(box.middle, places[number]) < box.width / 2:
                return click(shown)
    return wait()


def buttons_repeated(sight: Sight) -> str:
    """Watches which buttons light up until none does, then clicks them in the same order."""
    steps = sight.episode.steps
    times = [0.0, *(step.time_ms for step in steps)]
    lit: dict[int, str] = {}  # each blink's button, "" where none lit up; blinks count from 1
    for page, time in zip((*sight.earlier, sight.page), times, strict=True):
        blink, since = divmod(time, _BLINK_MS)
        if blink >= 1 and since < _LIT_MS:
            button = find(page, "button", class_="push")
            lit[int(blink)] = "" if button is None else click(button)
    pushes = []
    for blink in itertools.count(1):
        due = blink * _BLINK_MS + _LOOK_MS
        if blink not in lit and due > times[-1]:
            return wait(math.ceil(due - times[-1]))
        if lit.get(blink) == "":
            break
        pushes += [lit[blink]] if blink in lit else []  # a blink that was missed is lost
    pushed = sum(step.action in pushes and not step.error for step in steps)
    return pushes[pushed] if pushed < len(pushes) else wait()


EXPERTS: Experts = {
    "miniwob.ascending-numbers": visual(numbers_ascending),
    "miniwob.find-greatest": greatest_card,
    "miniwob.simon-says": buttons_repeated,
}
