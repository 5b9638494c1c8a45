"""How to get by on the forum: find a thread or a comment, and vote, answer, post or join."""

from __future__ import annotations

from webagents.html import Element, find, find_all, text_of
from webagents.policies.expert.sight import Sight
from webagents.policies.expert.websites.instructions import Asked
from webagents.policies.expert.websites.moves import Move, finish, on, touches
from webagents.policies.expert.websites.surroundings import Here, been, capital, picked, searched

_SORTS = {"hottest": "Hot", "newest": "New", "top": "Top", "most commented": "Most commented"}
_NTHS = ("first", "second", "third")


def move(sight: Sight, asked: Asked) -> Move:
    """What comes next."""
    here = Here.of(sight.episode.observation)
    match asked.kind:
        case "browse":
            return _browse(sight, here, asked)
        case "search":
            return _search(sight, here, asked)
        case "post":
            return _post(here, asked)
        case "join":
            return _join(here, asked)
        case _:
            return _comment(sight, here, asked)


def _browse(sight: Sight, here: Here, asked: Asked) -> Move:
    place, sort = _rank(asked["rank"])
    wanted = picked(sight, lambda each: _in_order(each, asked, sort), place)
    if wanted and here.path == wanted:
        return finish(f"It is “{here.heading}”.")
    ordered = _ordered(here, asked, sort)
    if ordered is not None:
        return ordered
    link = on("click", here.results[place] if len(here.results) > place else None)
    return Move(f"Open the {_NTHS[place]} thread", touches(link))


def _search(sight: Sight, here: Here, asked: Asked) -> Move:
    query, community = asked["query"], asked["community"]
    if (here.path, here["q"], here["in"]) != ("/search", query, community):
        says = f"Type {query} into the search field, choose c/{community} and search"
        return searched(sight, here, says, q=query, **{"in": f"c/{community}"})
    time = capital(asked["time"] or "all time")
    if here.id("menu-time") is not None and _time(here) != time:
        return _timed(here, time)
    tab = _tab(here, capital(asked["sort"]))
    if not here["sort"] or (tab is not None and "aria-current" not in tab.attrib):
        return Move(f"Sort by {asked['sort']}", touches(on("click", tab)))
    return finish("The threads are shown.")


def _join(here: Here, asked: Asked) -> Move:
    place, sort = _rank(asked["rank"])
    if here.heading != f"c/{asked['community']}":
        return _entered(here, asked["community"])
    join = here.id("join")
    if join is not None and join.get("aria-pressed") != "true":
        return Move(f"Join c/{asked['community']}", touches(on("click", join)))
    ordered = _ordered(here, asked, sort)
    if ordered is not None:
        return ordered
    articles = list(find_all(here.page, "article", class_="thread"))
    if len(articles) <= place:
        return Move("Wait for the threads")
    return _upvoted(articles[place], f"the {_NTHS[place]} thread")


def _post(here: Here, asked: Asked) -> Move:
    community = asked["community"]
    own = here.id("own-post")
    shown = "" if own is None else text_of(own)
    if all(asked[name] in shown for name in ("title", "text", "flair")):
        return finish("The post is published.")
    if here.path == f"/c/{community}/submit":
        text = touches(
            on("fill", here.id("post-title"), asked["title"]),
            on("fill", here.id("post-text"), asked["text"]),
        )
        if not all(touch.done for touch in text):
            return Move(f"Enter the title {asked['title']} and the text {asked['text']}", text)
        flair = on("select", here.id("post-flair"), asked["flair"])
        publish = on("click", here.id("post-button"))
        return Move(f"Choose the flair {asked['flair']} and publish", touches(flair, publish))
    if here.heading != f"c/{community}":
        return _entered(here, community)
    return Move("Open the form for a new post", touches(on("click", here.id("submit"))))


def _comment(sight: Sight, here: Here, asked: Asked) -> Move:
    """A vote for somebody's comment, or a reply to it."""
    title, user = asked["title"], asked["user"]
    crumb = here.id("back")
    writing = here.heading == f"Reply to u/{user}" and crumb is not None and text_of(crumb) == title
    if writing and asked.kind == "reply":
        text = on("fill", here.id("reply-text"), asked["text"])
        send = on("click", here.id("reply-button"))
        return Move(f"Write “{asked['text']}” and send the reply", touches(text, send))
    inside = here.path.startswith(f"/c/{asked['community']}/thread/")
    if here.heading != title or not inside:
        return _found(sight, here, asked)
    for comment in find_all(here.page, "article", class_="comment"):
        author = find(comment, class_="author")
        if author is not None and text_of(author) == f"u/{user}":
            if asked.kind == "vote":
                return _upvoted(comment, f"the comment by u/{user}")
            own = find(comment, "li", class_="own")
            if own is not None and asked["text"] in text_of(own) and _answers(own, comment):
                return finish("The reply is sent.")
            return Move(
                f"Reply to the comment by u/{user}",
                touches(on("click", find(comment, "a", class_="reply"))),
            )
    return _turned(sight, here)


def _answers(own: Element, comment: Element) -> bool:
    """Whether the visitor's reply answers that comment, not one below it."""
    return bool(own.getparent().getparent() is comment)


def _turned(sight: Sight, here: Here) -> Move:
    """A page of comments further, or back where there is none that was not seen."""
    seen = {(each.path, each["page"]) for each in been(sight)}
    further, back = here.id("next-page"), here.id("previous-page")
    number = str(int(here["page"] or "1") + 1)
    if further is not None and ((here.path, number) not in seen or back is None):
        return Move("Turn to the next page of comments", touches(on("click", further)))
    return Move("Turn to the previous page of comments", touches(on("click", back)))


def _found(sight: Sight, here: Here, asked: Asked) -> Move:
    """The next move towards a thread that is named."""
    title, community = asked["title"], asked["community"]
    if (here.path, here["q"], here["in"]) != ("/search", title, community):
        says = f"Type {title} into the search field, choose c/{community} and search"
        return searched(sight, here, says, q=title, **{"in": f"c/{community}"})
    for link in here.results:
        if text_of(link) == title:
            return Move(f"Open the thread {title}", touches(on("click", link)))
    return Move("Turn to the next page", touches(on("click", here.id("next-page"))))


def _entered(here: Here, community: str) -> Move:
    links = find_all(here.page, "a", href=f"/c/{community}")
    return Move(f"Go to the community c/{community}", touches(on("click", next(links, None))))


def _upvoted(article: Element, what: str) -> Move:
    """An upvote, or the end of the visit where it is given."""
    up = find(article, "button", class_="up")
    if up is not None and up.get("aria-pressed") == "true":
        return finish("The upvote is given.")
    return Move(f"Upvote {what}", touches(on("click", up)))


def _ordered(here: Here, asked: Asked, sort: str) -> Move | None:
    """The next move towards a community's threads in an order; None when they are in view."""
    if here.heading != f"c/{asked['community']}":
        return _entered(here, asked["community"])
    time = capital(asked["time"] or "all time")
    if _time(here) != time:
        return _timed(here, time)
    tab = _tab(here, sort)
    if tab is not None and "aria-current" not in tab.attrib:
        return Move(f"Sort by {sort}", touches(on("click", tab)))
    if (first := here.id("previous-page")) is not None:
        return Move("Turn to the previous page", touches(on("click", first)))
    return None


def _in_order(here: Here, asked: Asked, sort: str) -> bool:
    return here.heading == f"c/{asked['community']}" and _ordered(here, asked, sort) is None


def _time(here: Here) -> str:
    menu = here.id("menu-time")
    return "" if menu is None else text_of(menu).removeprefix("Time: ")


def _timed(here: Here, time: str) -> Move:
    panel = here.id("panel-time")
    if panel is None:
        return Move("Open the menu of times", touches(on("click", here.id("menu-time"))))
    link = find(panel, "a", text=time)
    return Move(f"Choose {time}", touches(on("click", link)))


def _tab(here: Here, sort: str) -> Element | None:
    order = here.id("order")
    return None if order is None else find(order, "a", text=sort)


def _rank(rank: str) -> tuple[int, str]:
    """Which thread of which order: the place from 0, and the order's label."""
    nth, _, rest = rank.partition(" ")
    if nth in _NTHS:
        return _NTHS.index(nth), _SORTS.get(rest, "Hot")
    return 0, _SORTS.get(rank, "Hot")
