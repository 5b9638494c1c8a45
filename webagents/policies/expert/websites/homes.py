"""How to get by on the site of homes: search, set filters, open a home, leave something there."""

from __future__ import annotations

from collections.abc import Iterator

from webagents.html import Element, find, find_all, text_of
from webagents.policies.expert.sight import Sight
from webagents.policies.expert.websites.instructions import Asked, iso
from webagents.policies.expert.websites.moves import Move, Touch, on, touches
from webagents.policies.expert.websites.surroundings import (
    Here,
    capital,
    ended,
    path_of,
    picked,
    said,
    searched,
    taken_back,
)

_SORTS = {
    "cheapest": "Lowest rent",
    "most expensive": "Highest rent",
    "largest": "Largest area",
    "most recently listed": "Newest listings",
}
_LISTS = {"tour": "tours", "message": "messages", "save": "saved"}
"""Where the page of a visitor's activity lists what a kind of request is about."""
_MENUS = {
    "price": "Price",
    "beds": "Beds and baths",
    "type": "Home type",
    "move-in": "Move-in",
    "more": "Amenities",
}


class Wanted:
    """The search that is asked for.

    Attributes:
        town: what to search for.
        filters: what the page says of each filter that is to be set, and the menu it is in.
        sort: the order's label, "" where none is asked for.
    """

    def __init__(self, asked: Asked) -> None:
        *size, kind = (asked["homes"] or f"{asked['beds']} {asked['which']}").split()
        kind = kind if kind.endswith("s") else f"{kind}s"
        self.town = asked["town"]
        self.filters = {kind.capitalize(): "type"}
        if size:
            beds = "Studio" if size[0] == "studio" else f"{size[0]} beds"
            self.filters[beds] = "beds"
        if asked["baths"]:
            self.filters[f"{asked['baths']} baths"] = "beds"
        if asked["price"]:
            self.filters[f"At most {asked['price']}"] = "price"
        if asked["lease"]:
            self.filters[asked["lease"].capitalize()] = "move-in"
        if asked.kind == "search" and asked["date"]:
            self.filters[f"Available by {iso(asked['date'])}"] = "move-in"
        if asked["amenity"]:
            self.filters[capital(asked["amenity"])] = "more"
        which = asked["which"].rpartition(" ")[0]
        self.sort = _SORTS.get(which, "") or capital(asked["sort"])

    def shown(self, here: Here) -> bool:
        """Whether a page is the results of exactly this."""
        return (
            here.path == "/homes"
            and here["where"] == self.town
            and set(here.chips) == set(self.filters)
            and (not self.sort or here.chosen("sort", self.sort))
        )


def move(sight: Sight, asked: Asked) -> Move:
    """What comes next."""
    here = Here.of(sight.episode.observation)
    wanted = None if asked.kind == "tour" else Wanted(asked)
    best = "" if wanted is None else picked(sight, wanted.shown)
    if back := _taken_back(here, asked, best):
        return back
    if wanted is None:
        at = _looked_up(sight, here, f"{asked['address']}, {asked['town']}", asked["address"])
        return at or _filled(here, asked)
    if asked.kind == "search":
        return _narrowed(sight, here, wanted) or ended(
            here, "nav-activity", 0, "The homes are shown."
        )
    if wanted.shown(here):
        first = on("click", here.results[0] if here.results else None)
        return Move("Open the first result", touches(first))
    if not best or here.path != best:
        step = _narrowed(sight, here, wanted)
        assert step is not None  # the results are not in view
        return step
    if asked.kind == "open":
        return ended(here, "nav-activity", 0, f"It is {here.heading}.")
    return _filled(here, asked)


def _narrowed(sight: Sight, here: Here, wanted: Wanted) -> Move | None:
    """The next move towards the results of a search; None when they are in view."""
    if here.path != "/homes" or here["where"] != wanted.town:
        says = f"Type {wanted.town} into the search field and search"
        return searched(sight, here, says, where=wanted.town)
    chosen = here.chips
    for label, chip in chosen.items():
        if label not in wanted.filters:
            return Move(f"Remove the filter {label}", touches(on("click", chip)))
    missing = {label: menu for label, menu in wanted.filters.items() if label not in chosen}
    for menu in sight.shuffled(dict.fromkeys(missing.values()), key=str):
        labels = [label for label, in_ in missing.items() if in_ == menu]
        return _set(here, menu, labels)
    if wanted.sort and not here.chosen("sort", wanted.sort):
        sort = on("select", here.id("sort"), wanted.sort)
        says = f"Choose the order {wanted.sort} and sort"
        return Move(says, touches(sort, on("click", here.id("sort-button"))))
    return None


def _set(here: Here, menu: str, labels: list[str]) -> Move:
    """The move that sets the filters of one menu, or opens it."""
    panel = here.id(f"panel-{menu}")
    if panel is None:
        opens = on("click", here.id(f"menu-{menu}"))
        return Move(f"Open the menu {_MENUS[menu]}", touches(opens))
    sets = [touch for label in labels for touch in _controls(panel, label)]
    says = f"Set {' and '.join(labels)} and apply it"
    return Move(says, touches(*sets, on("click", here.id(f"apply-{menu}"))))


def _controls(panel: Element, label: str) -> Iterator[Touch]:
    """What to do in an open menu for a filter to be set."""
    words = label.split()
    if label.startswith("At most"):
        yield Touch("fill", find(panel, id="max-rent"), words[-1].strip("$").replace(",", ""))
    elif label.startswith("Available by"):
        yield Touch("fill", find(panel, id="free"), words[-1])
    elif label.endswith(" baths"):
        yield Touch("select", find(panel, id="baths"), words[0])
    elif label.endswith(" beds") or label == "Studio":
        yield Touch("check", _labelled(panel, words[0]))
    elif (lease := find(panel, id="lease")) is not None:
        yield Touch("select", lease, label)
    else:
        yield Touch("check", _labelled(panel, label))


def _labelled(panel: Element, words: str) -> Element:
    """The control whose label says these words."""
    for label in find_all(panel, "label"):
        if text_of(label) == words:
            return find(label, "input")
    return panel  # a click on it does no harm


def _looked_up(sight: Sight, here: Here, title: str, name: str) -> Move | None:
    """The next move towards the page of a home that is named; None when it is in view."""
    if here.path.startswith("/homes/") and here.heading == title:
        return None
    if here.path != "/homes" or here["where"] != title:
        return searched(sight, here, f"Type {title} into the search field and search", where=title)
    for link in here.results:
        if text_of(link) == name:
            return Move(f"Open {name}", touches(on("click", link)))
    return searched(sight, here, f"Type {title} into the search field and search", where=title)


def _filled(here: Here, asked: Asked) -> Move:
    """What to do on the right home's page."""
    match asked.kind:
        case "tour":
            status = (
                f"{iso(asked['date'])} at {asked['time']} for {asked['name']} ({asked['email']})"
            )
            if status in said(here, "tour-status"):
                return ended(here, "nav-activity", 1, "The tour is booked.")
            when = touches(
                on("fill", here.id("tour-date"), iso(asked["date"])),
                on("select", here.id("tour-time"), asked["time"]),
            )
            if not all(touch.done for touch in when):
                return Move(f"Choose {asked['date']} at {asked['time']} in the tour form", when)
            return Move(
                f"Enter {asked['name']} and {asked['email']} in the tour form and book the tour",
                touches(
                    on("fill", here.id("tour-name"), asked["name"]),
                    on("fill", here.id("tour-email"), asked["email"]),
                    on("click", here.id("tour-button")),
                ),
            )
        case "message":
            sent = f"from {asked['name']} ({asked['email']}): “{asked['message']}”"
            if sent in said(here, "message-status"):
                return ended(here, "nav-activity", 1, "The message is sent.")
            text = on("fill", here.id("message"), asked["message"])
            if text and not text.done:
                return Move(f"Write “{asked['message']}” to the agent", (text,))
            return Move(
                f"Enter {asked['name']} and {asked['email']} below the message and send it",
                touches(
                    on("fill", here.id("message-name"), asked["name"]),
                    on("fill", here.id("message-email"), asked["email"]),
                    on("click", here.id("message-button")),
                ),
            )
        case _:
            if f"your list {asked['list']}." in said(here, "save-status"):
                return ended(here, "nav-activity", 1, "The home is saved.")
            chosen = on("select", here.id("list"), asked["list"])
            says = f"Choose the list {asked['list']} and save the home"
            return Move(says, touches(chosen, on("click", here.id("save-button"))))


def _taken_back(here: Here, asked: Asked, best: str) -> Move | None:
    """What to take back on the page of what was left; None elsewhere, or with nothing to take.

    best: the path of the home that is asked for; "" where it is not known.
    """

    def right(list_: str, link: Element) -> bool:
        named = text_of(link) == f"{asked['address']}, {asked['town']}"
        return list_ == _LISTS.get(asked.kind) and (named or path_of(link) == best)

    return taken_back(here, right) if here.path == "/activity" else None
