"""The forum: communities full of threads, comments upon comments, votes, replies and posts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.websites.forum.asking import asked, thread_at
from webagents.envs.websites.forum.listing import COMMENT_ORDERS, Listing, listed, ordered
from webagents.envs.websites.forum.talk import SITE, ago, comments, threads, written_by
from webagents.envs.websites.leaving import filled, put, toggled
from webagents.envs.websites.website import (
    Address,
    Answer,
    Left,
    Page,
    Request,
    sheet,
    words,
)

THREADS_A_PAGE = 28
ANSWERS_A_PAGE = 14


class Forum:
    """The website."""

    name = SITE

    def __init__(self) -> None:
        """Makes up its threads, which would otherwise hold up the first page."""
        threads()

    def page(self, address: Address, left: Left) -> Page | None:
        """A list of threads, a thread, a member, or a form to write in."""
        parts = address.path.split("/")
        listing = Listing.of(address)
        if listing is not None:
            return Page("listing.html", _shared() | _listed(address, listing))
        if address.path == "/communities":
            return Page("communities.html", _shared())
        if len(parts) == 3 and parts[1] == "u":
            return _member(parts[2])
        if len(parts) == 4 and parts[3] == "submit" and parts[2] in words(SITE)["communities"]:
            return Page("submit.html", _shared() | {"community": parts[2]})
        id_ = thread_at(address)
        if id_ and len(parts) == 5:
            return Page("thread.html", _shared() | _discussion(address, id_))
        if id_ and parts[5] == "reply" and (answered := _comment(id_, parts[6])):
            return Page("reply.html", _shared() | {"thread": threads()[id_]} | answered)
        return None

    def sent(self, address: Address, form: Mapping[str, str], left: Left) -> Answer | None:
        """A vote, a membership, a reply or a post; what is sent again takes the former back."""
        parts = address.path.split("/")
        community = parts[2] if len(parts) > 3 and parts[1] == "c" else ""
        if len(parts) == 3 and parts[1] == "vote":
            vote = {"up": 1, "down": -1}.get(form.get("vote", ""))
            if vote is None or not _known(parts[2]):
                return None
            back = Address.of(form.get("back", "/"))
            return Answer(toggled(left, "votes", parts[2], vote), _to(back))
        if community not in words(SITE)["communities"]:
            return None
        if parts[3:] == ["join"]:
            return Answer(toggled(left, "joined", community, 1), f"/c/{community}")
        if parts[3:] == ["submit"]:
            post = filled(form, ("title", "text", "flair"))
            if not all(post.values()) or post["flair"] not in words(SITE)["flairs"]:
                return Answer(left, address.path)
            return Answer(put(left, "posts", community, post), f"/c/{community}?sort=new")
        id_ = thread_at(address)
        if id_ and parts[5:6] == ["reply"] and _comment(id_, parts[6]):
            entry = filled(form, ("text",))
            if not entry["text"]:
                return Answer(left, address.path)
            page = f"?page={number}" if (number := _page_of(id_, parts[6])) > 1 else ""
            to = f"/c/{community}/thread/{id_}{page}"
            return Answer(put(left, "replies", parts[6], entry), to)
        return None

    def request(self, dice: Dice) -> Request:
        """A thread to open, a search, a vote, a reply, a post or a membership."""
        return asked(dice)


def _shared() -> dict[str, Any]:
    """What every page shows of the forum."""
    return {"said": words(SITE), "ago": ago, "threads": threads()}


def _listed(address: Address, listing: Listing) -> dict[str, Any]:
    return {"listing": listing} | sheet(listed(listing), THREADS_A_PAGE, address)


def _discussion(address: Address, id_: str) -> dict[str, Any]:
    sort = address.first("sort", "best")
    sort = sort if sort in COMMENT_ORDERS else "best"
    answers = sheet(ordered(comments(id_), sort), ANSWERS_A_PAGE, address)
    return {"thread": threads()[id_], "sort": sort} | answers


def _member(name: str) -> Page | None:
    names = words(SITE)["users"]
    first, _, last = name.partition("_")
    if first not in names["first"] or last not in names["last"]:
        return None
    return Page("member.html", _shared() | {"member": name, "begun": written_by(name)})


def _comment(thread: str, id_: str) -> dict[str, Any]:
    """The comment of an id, or the thread itself, as what a reply answers; {} where it is none."""
    if id_ == thread:
        return {"id": id_, "author": threads()[id_].author, "text": threads()[id_].text}
    every = (each for top in comments(thread) for each in top.all())
    found = next((each for each in every if each.id == id_), None)
    return {"id": id_, "author": found.author, "text": found.text} if found else {}


def _known(id_: str) -> bool:
    """Whether an id is a thread's or a comment's."""
    thread = id_.partition("-")[0]
    return thread in threads() and bool(_comment(thread, id_))


def _page_of(thread: str, id_: str) -> int:
    """The page of the thread, in its first order, on which a comment stands."""
    for place, top in enumerate(ordered(comments(thread), "best")):
        if any(each.id == id_ for each in top.all()):
            return 1 + place // ANSWERS_A_PAGE
    return 1


def _to(back: Address) -> str:
    return back.having() if back.path.startswith("/") else "/"
