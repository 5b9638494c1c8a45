"""Lists of threads and comments: in what order, from what time, and which a search finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from webagents.envs.websites.forum.talk import SITE, Comment, Thread, comments, threads
from webagents.envs.websites.website import Address, folded, words

TIMES: Mapping[str, int] = {"day": 24, "week": 168, "month": 720, "year": 8760, "all": 10**9}
"""How far back, hours."""

ORDERS: Mapping[str, Callable[[Thread], Any]] = {
    "hot": lambda each: (-(each.score + 5) / (each.age + 6) ** 0.8, each.id),
    "new": lambda each: (each.age, each.id),
    "top": lambda each: (-each.score, each.id),
    "comments": lambda each: (-each.answers, each.id),
}
COMMENT_ORDERS: Mapping[str, Callable[[Comment], Any]] = {
    "best": lambda each: (-each.score, each.id),
    "new": lambda each: (each.age, each.id),
    "old": lambda each: (-each.age, each.id),
}


class Listing(NamedTuple):
    """Which threads, in what order; a community or words of "" leave nothing out."""

    community: str = ""
    sort: str = "hot"
    time: str = "all"
    words: str = ""

    @classmethod
    def of(cls, address: Address) -> Listing | None:
        """What an address lists: a community's threads, those a search finds, or all of them."""
        said = words(SITE)
        sort = address.first("sort", "hot")
        time = address.first("time", "all")
        listing = cls(sort=sort if sort in ORDERS else "hot", time=time if time in TIMES else "all")
        if address.path == "/":
            return listing
        if address.path == "/search":
            scope = address.first("in")
            known = scope if scope in said["communities"] else ""
            return listing._replace(community=known, words=address.first("q"))
        name = address.path.removeprefix("/c/")
        return listing._replace(community=name) if name in said["communities"] else None


def listed(listing: Listing) -> list[Thread]:
    """The threads of a listing, in its order."""
    wanted = folded(listing.words).split()
    fitting = [
        each
        for each in threads().values()
        if listing.community in ("", each.community)
        and each.age <= TIMES[listing.time]
        and all(word in folded(f"{each.title} {each.text}") for word in wanted)
    ]
    return sorted(fitting, key=ORDERS[listing.sort])


def ordered(answers: Iterable[Comment], sort: str) -> list[Comment]:
    """A thread's direct answers, in an order."""
    return sorted(answers, key=COMMENT_ORDERS[sort])


def once(id_: str) -> list[Comment]:
    """The comments of a thread whose authors wrote no other there, nor the thread itself."""
    every = [each for top in comments(id_) for each in top.all()]
    authors = [each.author for each in every] + [threads()[id_].author]
    return [each for each in every if authors.count(each.author) == 1]
