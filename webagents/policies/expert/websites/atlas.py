"""How to get by on the maps: get directions, search for places, and leave something at one."""

from __future__ import annotations

from webagents.html import Element, find, find_all, text_of
from webagents.policies.expert.sight import Sight
from webagents.policies.expert.websites.instructions import Asked, iso
from webagents.policies.expert.websites.moves import Move, Touch, on, touches
from webagents.policies.expert.websites.surroundings import (
    Here,
    capital,
    ended,
    picked,
    said,
    searched,
    taken_back,
)

_NTHS = ("first", "second", "third", "fourth")
_SORTS = {
    "best rated": "Best rated",
    "most reviewed": "Most reviewed",
    "most central": "Nearest to the centre",
}
_LISTS = {"save": "saved", "review": "reviews"}
"""Where the page of a visitor's places lists what a kind of request is about."""


class Wanted:
    """The search that is asked for.

    Attributes:
        what, town: what to search for.
        labels: the options to be chosen, by the lists' ids.
        features: the features' labels.
    """

    def __init__(self, asked: Asked) -> None:
        superlative = next((each for each in _SORTS if asked["which"].startswith(each)), "")
        self.what = asked["many"] or asked["which"].removeprefix(superlative).strip()
        self.town = asked["town"]
        rating = asked["rating"].partition(" ")[0]
        self.labels = {
            "rating": f"{rating} or better" if rating else "Any",
            "open": asked["day"] or "Any day",
        }
        if sort := _SORTS.get(superlative, "") or capital(asked["sort"]):
            self.labels["sort"] = sort
        self.features = {asked["feature"]} - {""}

    def found(self, here: Here) -> bool:
        """Whether a page is the results of these words."""
        return here.path == "/search" and (here["q"], here["near"]) == (self.what, self.town)

    def lacks(self, here: Here) -> dict[str, str]:
        """The options that are not chosen on a page, as `labels` has them."""
        return {k: label for k, label in self.labels.items() if not here.chosen(k, label)}

    def shown(self, here: Here) -> bool:
        """Whether a page is the results of exactly this."""
        right = self.found(here) and {each.lower() for each in here.chips} == self.features
        return right and not self.lacks(here)


def move(sight: Sight, asked: Asked) -> Move:
    """What comes next."""
    here = Here.of(sight.episode.observation)
    best = ""
    if asked.kind == "place":
        best = picked(sight, Wanted(asked).shown)
    if back := _taken_back(here, asked):
        return back
    match asked.kind:
        case "way":
            return _way(here, asked)
        case "find":
            return _narrowed(sight, here, Wanted(asked)) or ended(
                here, "nav-saved", 0, "They are shown."
            )
        case "place":
            if best and here.path == best:
                return ended(here, "nav-saved", 0, f"It is {here.heading}.")
            narrowed = _narrowed(sight, here, Wanted(asked))
            first = on("click", here.results[0] if here.results else None)
            return narrowed or Move("Open the first result", touches(first))
        case _:
            return _left(sight, here, asked)


def _way(here: Here, asked: Asked) -> Move:
    """Directions: the ends, the way of travelling, the options, and the route."""
    if here.path != "/directions":
        return Move("Open the directions", touches(on("click", here.id("nav-directions"))))
    mode = capital(asked["mode"])
    ends = (asked["from"], asked["to"])
    if (here["from"], here["to"]) != ends or not here.chosen("mode", mode):
        return Move(
            f"Enter {ends[0]} and {ends[1]}, choose {mode} and get directions",
            touches(
                on("fill", here.id("from"), ends[0]),
                on("fill", here.id("to"), ends[1]),
                on("select", here.id("mode"), mode),
                on("click", here.id("go")),
            ),
        )
    options = _options(here, asked)
    if options is not None:
        return options
    place = _NTHS.index(asked["nth"]) + 1 if asked["nth"] in _NTHS else 1
    show = here.id(f"show-{place}")
    if show is not None:
        return Move(f"Show the {asked['nth']} route", touches(on("click", show)))
    return ended(here, "nav-saved", 0, "The way is shown.")


def _options(here: Here, asked: Asked) -> Move | None:
    """The next move towards the options that are asked for; None when they are set."""
    day = iso(asked["departday"] or asked["arriveday"])
    time = asked["departtime"] or asked["arrivetime"]
    when = "depart" if asked["departday"] else "arrive" if asked["arriveday"] else "now"
    avoid = [asked["avoid"]] if asked["avoid"] else []
    timed = (here["when"] or "now", here["day"], here["time"])
    right = timed == (when, day, time) if day else timed[0] == "now"
    if right and here.values.get("avoid", []) == avoid:
        return None
    panel = here.id("panel-options")
    if panel is None:
        return Move("Open the options", touches(on("click", here.id("menu-options"))))
    labels = {"now": "Leave now", "depart": "Depart at", "arrive": "Arrive by"}
    sets: list[Touch | None] = []
    says = []
    if not right:
        sets.append(on("select", find(panel, id="when"), labels[when]))
        says.append(labels[when])
        if day:
            sets.append(on("fill", find(panel, id="day"), day))
            sets.append(on("fill", find(panel, id="time"), time))
            says[-1] = f"{labels[when]} {day} {time}"
    for box in find_all(panel, "input", type="checkbox"):
        wanted = box.get("value") in avoid
        if wanted != ("checked" in box.attrib):
            sets.append(on("check" if wanted else "uncheck", box))
    says += [f"avoid {each}" for each in avoid]
    apply = on("click", find(panel, id="apply-options"))
    return Move(f"Set {' and '.join(says)} and apply it", touches(*sets, apply))


def _narrowed(sight: Sight, here: Here, wanted: Wanted) -> Move | None:
    """The next move towards the results of a search; None when they are in view."""
    if not wanted.found(here):
        says = f"Type {wanted.what} and {wanted.town} into the search fields and search"
        return searched(sight, here, says, q=wanted.what, near=wanted.town)
    for label, chip in here.chips.items():
        if label.lower() not in wanted.features:
            return Move(f"Remove the filter {label}", touches(on("click", chip)))
    if wanted.features and not here.chips:
        (feature,) = wanted.features
        panel = here.id("panel-features")
        if panel is None:
            return Move("Open the menu Features", touches(on("click", here.id("menu-features"))))
        labels = (each for each in find_all(panel, "label") if text_of(each).lower() == feature)
        box = on("check", find(next(labels), "input"))
        apply = on("click", here.id("apply-features"))
        return Move(f"Set {feature} and apply it", touches(box, apply))
    if lacking := wanted.lacks(here):
        chosen = [on("select", here.id(id_), label) for id_, label in lacking.items()]
        says = f"Choose {' and '.join(lacking.values())} and update"
        return Move(says, touches(*chosen, on("click", here.id("update"))))
    return None


def _left(sight: Sight, here: Here, asked: Asked) -> Move:
    """A place to save, or a review to write."""
    name, town = asked["place"], asked["town"]
    if here.heading != f"{name}, {town}":
        if here.path == "/search" and (here["q"], here["near"]) == (name, town):
            links = [each for each in here.results if text_of(each) == name]
            return Move(f"Open {name}", touches(*(on("click", each) for each in links[:1])))
        says = f"Type {name} and {town} into the search fields and search"
        return searched(sight, here, says, q=name, near=town)
    if asked.kind == "save":
        status = f"your list {asked['list']} with the note “{asked['note']}”"
        if status in said(here, "save-status"):
            return ended(here, "nav-saved", 1, "The place is saved.")
        return Move(
            f"Choose the list {asked['list']}, note “{asked['note']}” and save the place",
            touches(
                on("select", here.id("list"), asked["list"]),
                on("fill", here.id("note"), asked["note"]),
                on("click", here.id("save-button")),
            ),
        )
    if f"{asked['stars']} stars, “{asked['text']}”" in said(here, "review-status"):
        return ended(here, "nav-saved", 1, "The review is published.")
    return Move(
        f"Give {asked['stars']} stars, write “{asked['text']}” and publish the review",
        touches(
            on("check", here.id(f"stars-{asked['stars']}")),
            on("fill", here.id("review-text"), asked["text"]),
            on("click", here.id("review-button")),
        ),
    )


def _taken_back(here: Here, asked: Asked) -> Move | None:
    """What to take back on the page of what was left; None elsewhere, or with nothing to take."""

    def right(list_: str, link: Element) -> bool:
        named = text_of(link) == f"{asked['place']}, {asked['town']}"
        return list_ == _LISTS.get(asked.kind) and named

    return taken_back(here, right) if here.path == "/saved" else None
