"""Where a visitor is on a website, and where that visitor has been."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from webagents import html
from webagents.html import Element, text_of
from webagents.policies.expert.sight import Sight
from webagents.policies.expert.websites.moves import Move, finish, on, touches
from webagents.types import Observation


@dataclass(frozen=True, slots=True)
class Here:
    """A page and its address, whose query's values are in lists by their names."""

    page: Element
    path: str
    values: Mapping[str, list[str]]

    @classmethod
    def of(cls, observation: Observation) -> Here:
        """What an observation shows."""
        parts = urlsplit(observation.url)
        page = html.parse(observation.html)
        return cls(page, unquote(parts.path), parse_qs(parts.query))

    def __getitem__(self, name: str) -> str:
        """The first value of the address's query; "" for none."""
        return self.values.get(name, [""])[0]

    def id(self, id_: str) -> Element | None:
        """The element of an id."""
        return html.find(self.page, id=id_)

    def chosen(self, id_: str, label: str) -> bool:
        """Whether the address, not just the list, holds the option of that label of a list."""
        select = self.id(id_)
        if select is None:
            return False
        options = html.find_all(select, "option", text=label)
        return any(each.get("value") == self[select.get("name")] for each in options)

    @property
    def chips(self) -> dict[str, Element]:
        """The filters in use, by what the page says of them, and what takes each away."""
        chips = self.id("chosen")
        links = [] if chips is None else html.find_all(chips, "a", title="Remove this filter")
        return {text_of(link).removesuffix(" ×"): link for link in links}

    @property
    def heading(self) -> str:
        """What the page is called."""
        found = html.find(self.page, "h1")
        return "" if found is None else text_of(found)

    @property
    def results(self) -> list[Element]:
        """The links to what a list holds, in its order."""
        return list(html.find_all(self.page, "a", class_="open"))


def path_of(link: Element) -> str:
    """Where a link leads, without the query."""
    return unquote(urlsplit(link.get("href", "")).path)


def been(sight: Sight) -> Iterator[Here]:
    """The pages seen before this one, the last one first."""
    for step in reversed(sight.episode.steps):
        yield Here.of(step.observation)


def said(here: Here, id_: str) -> str:
    """The text of the element of an id; "" where there is none."""
    found = here.id(id_)
    return "" if found is None else text_of(found)


def ended(here: Here, counter: str, left: int, says: str) -> Move:
    """The end of the visit, or the way to what was left, if that is more than was asked for.

    counter: the id of the link that counts what was left.
    left: how many things are to be left.
    """
    link = here.id(counter)
    if link is None or f"({left})" in text_of(link):
        return finish(says)
    return Move("Look at what you have left here", touches(on("click", link)))


def taken_back(here: Here, right: Callable[[str, Element], bool]) -> Move | None:
    """What to take back on the page of what was left; None where all of it was asked for.

    right: whether an entry was, by the id of its list and the link to what it is about.
    """
    for list_ in html.find_all(here.page, "ul"):
        for entry in html.find_all(list_, "li"):
            button, link = html.find(entry, "button"), html.find(entry, "a")
            if button is not None and link is not None and not right(list_.get("id", ""), link):
                says = f"Take back what was left at {text_of(link)}"
                return Move(says, touches(on("click", button)))
    return None


def picked(sight: Sight, right: Callable[[Here], bool], place: int = 0) -> str:
    """Where the result at a place of the last right list led; "" where no such list was seen."""
    for earlier in been(sight):
        if right(earlier) and len(earlier.results) > place:
            return path_of(earlier.results[place])
    return ""


def capital(text: str) -> str:
    """A text as labels begin, with a capital letter."""
    return text[:1].upper() + text[1:]


def searched(sight: Sight, here: Here, says: str, **texts: str) -> Move:
    """The move that fills in the search form at the top of the page and sends it off.

    texts: what to type or choose, by the fields' ids.
    """
    fields = []
    for id_, text in texts.items():
        element = here.id(id_)
        chosen = element is not None and element.tag == "select"
        fields.append(on("select" if chosen else "fill", element, text))
    last = here.id(next(iter(texts)))
    send = sight.either("search", on("click", here.id("search-button")), on("enter", last))
    return Move(says, touches(*fields, send))
