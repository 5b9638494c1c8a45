"""What visitors of the forum are asked for, and how far they have come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.websites.asking import worded
from webagents.envs.websites.forum.listing import Listing, listed, once
from webagents.envs.websites.forum.talk import SITE, Thread, threads
from webagents.envs.websites.leaving import unasked
from webagents.envs.websites.website import Address, Left, Request, folded, words

KINDS = (
    ("browse",) * 6 + ("search",) * 4 + ("vote",) * 3 + ("reply",) * 3 + ("post",) * 3 + ("join",)
)
"""What is asked how often."""

SAID = {"hot": "hottest", "new": "newest", "top": "top", "comments": "most commented"}
"""How instructions call a list's first thread, by the list's order."""


@dataclass(frozen=True, slots=True)
class BrowseGoal:
    """The page of a thread that stands at a place of a list."""

    listing: Listing
    thread: str

    def met(self, address: Address, left: Left) -> dict[str, bool]:
        """What the thread in view, or the list, has of what is asked for."""
        there = thread_at(address) == self.thread
        here = Listing.of(address)
        met = {
            "community": community_at(address) == self.listing.community,
            "sort": there or (here is not None and _told(address, "sort") == self.listing.sort),
        }
        if self.listing.time != "all":
            met["time"] = there or (here is not None and here.time == self.listing.time)
        return met | {"thread": there} | unasked(left)


@dataclass(frozen=True, slots=True)
class SearchGoal:
    """What a search finds."""

    listing: Listing

    def met(self, address: Address, left: Left) -> dict[str, bool]:
        """Which parts of the search are as asked."""
        here = Listing.of(address) if address.path == "/search" else None
        met = {
            "words": here is not None and folded(here.words) == folded(self.listing.words),
            "community": here is not None and here.community == self.listing.community,
            "sort": here is not None and _told(address, "sort") == self.listing.sort,
        }
        if self.listing.time != "all":
            met["time"] = here is not None and here.time == self.listing.time
        elif here is not None and here.time != "all":
            met["not asked: time"] = False
        return met | unasked(left)


@dataclass(frozen=True, slots=True)
class LeaveGoal:
    """Something to be left: votes, a reply, a post, a membership.

    community, thread: where; a thread of "" is none in particular.
    wanted: for each kind of what is left, its keys and what they hold.
    """

    community: str
    thread: str
    wanted: Mapping[str, Mapping[str, object]]

    def met(self, address: Address, left: Left) -> dict[str, bool]:
        """Which of it is there, and until then whether the visitor is in the right place."""
        attempted = any(self._entry(left, kind, key) for kind, key, _ in self._parts())
        met = {"community": attempted or community_at(address) == self.community}
        if self.thread:
            met["thread"] = attempted or thread_at(address) == self.thread
        for kind, key, wanted in self._parts():
            entry = self._entry(left, kind, key)
            if isinstance(wanted, Mapping):
                for name, value in wanted.items():
                    said = entry.get(name, "") if isinstance(entry, Mapping) else ""
                    met[name] = folded(str(said)) == folded(str(value))
            else:
                met[kind] = entry == wanted
        return met | unasked(left, self.wanted)

    def _parts(self) -> Iterator[tuple[str, str, object]]:
        for kind, entries in self.wanted.items():
            for key, wanted in entries.items():
                yield kind, key, wanted

    @staticmethod
    def _entry(left: Left, kind: str, key: str) -> object:
        return left.get(kind, {}).get(key)


def thread_at(address: Address) -> str:
    """The thread that an address shows, or is about to reply in; "" for none."""
    parts = address.path.split("/")
    known = len(parts) > 4 and parts[1] == "c" and parts[3] == "thread"
    id_ = parts[4] if known else ""
    there = id_ in threads() and threads()[id_].community == parts[2]
    return id_ if there and len(parts) in (5, 7) else ""


def community_at(address: Address) -> str:
    """The community that an address is in; "" for none."""
    if address.path == "/search":
        return address.first("in")
    parts = address.path.split("/")
    return parts[2] if len(parts) > 2 and parts[1] == "c" else ""


def _told(address: Address, name: str) -> str:
    """An order that was chosen; "" where the list comes in one of its own accord."""
    return address.first(name)


def asked(dice: Dice) -> Request:
    """Something to ask of a visitor."""
    kind = dice.pick(KINDS)
    if kind in ("browse", "join"):
        return _listed(dice, kind)
    if kind == "search":
        return _search(dice)
    if kind == "post":
        return _post(dice)
    return _comment(dice, kind)


def _listed(dice: Dice, kind: str) -> Request:
    said = words(SITE)
    name = dice.pick(list(said["communities"]))
    sort = dice.pick(("hot", "new", "top", "top", "comments"))
    time = dice.pick(("all", "week", "month", "year")) if sort in ("top", "comments") else "all"
    listing = Listing(community=name, sort=sort, time=time)
    place = dice.count(0, len(said["asking"]["nths"]) - 1)
    found = listed(listing)
    if (
        len(found) <= place
        or _tied(found[place : place + 2], sort)
        or (place and _tied(found[place - 1 : place + 1], sort))
    ):
        return _listed(dice, kind)
    thread = found[place].id
    values = {
        "RANK": said["asking"]["nths"][place] + SAID[sort],
        "TIME": said["times"][time].lower() if time != "all" else None,
        "COMMUNITY": name,
    }
    if kind == "browse":
        return worded(SITE, kind, dice, values, BrowseGoal(listing, thread))
    goal = LeaveGoal(name, "", {"joined": {name: 1}, "votes": {thread: 1}})
    return worded(SITE, kind, dice, values, goal)


def _tied(pair: Sequence[Thread], sort: str) -> bool:
    """Whether two threads that follow each other differ in nothing that their order is about."""
    names = {"top": "score", "new": "age", "comments": "answers"}
    values = [getattr(each, names[sort]) for each in pair] if sort in names else []
    return len(values) == 2 and values[0] == values[1]


def _search(dice: Dice) -> Request:
    said = words(SITE)
    name = dice.pick(list(said["communities"]))
    query = dice.pick(said["communities"][name]["things"])
    sort = dice.pick(list(said["sorts"]))
    time = dice.pick(("all", "month", "year"))
    listing = Listing(community=name, sort=sort, time=time, words=query)
    values = {
        "COMMUNITY": name,
        "QUERY": query,
        "SORT": said["sorts"][sort].lower(),
        "TIME": said["times"][time].lower() if time != "all" else None,
    }
    return worded(SITE, "search", dice, values, SearchGoal(listing))


def _comment(dice: Dice, kind: str) -> Request:
    thread = dice.pick(list(threads().values()))
    comment = dice.pick(once(thread.id))
    values: dict[str, str | None] = {
        "USER": comment.author,
        "TITLE": thread.title,
        "COMMUNITY": thread.community,
    }
    wanted: dict[str, Mapping[str, object]] = {"votes": {comment.id: 1}}
    if kind == "reply":
        text = dice.pick(words(SITE)["asking"]["replies"])
        wanted = {"replies": {comment.id: {"text": text}}}
        values["TEXT"] = text
    return worded(SITE, kind, dice, values, LeaveGoal(thread.community, thread.id, wanted))


def _post(dice: Dice) -> Request:
    said = words(SITE)
    name = dice.pick(list(said["communities"]))
    title, text = dice.pick(said["asking"]["posts"])
    title = title.format(thing=dice.pick(said["communities"][name]["things"]))
    flair = dice.pick(list(said["flairs"]))
    values = {
        "COMMUNITY": name,
        "TITLE": title,
        "TEXT": text,
        "FLAIR": said["flairs"][flair],
    }
    wanted = {"posts": {name: {"title": title, "text": text, "flair": flair}}}
    return worded(SITE, "post", dice, values, LeaveGoal(name, "", wanted))
