"""Posts in a social network, and the buttons below them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from webagents.html import Element, find, find_all, text_of
from webagents.policies.expert.sight import Experts, Sight, click, wait

_USER = re.compile(r"@[\w-]+")
_COUNT = re.compile(r" on (\d+) posts?")
_ICONS = ("Reply", "Retweet", "Like", "Share")


def _posts(sight: Sight) -> list[Element]:
    """The posts by the user of the instruction."""
    user = _USER.search(sight.instruction)
    posts = []
    for post in sight.all("div", class_="media"):
        name = find(post, class_="username")
        if user is not None and name is not None and text_of(name) == user.group():
            posts.append(post)
    return posts


def one_post(sight: Sight) -> str:
    """Presses a button of the user's post, or opens the post's menu and presses it there."""
    posts = sight.shuffled(_posts(sight))
    if not posts:
        return wait()
    open_menus = [menu for menu in sight.all("ul") if find(menu, "li") is not None]
    if sight.named in _ICONS:
        if open_menus:  # it may lie over the button
            return click(_opener(open_menus[0]))
        return click(find(posts[0], class_=sight.named.lower()))
    for post in posts:
        for entry in find_all(post, "li"):
            if text_of(entry).startswith(sight.named):
                return click(entry)
    if open_menus and sight.error:  # another post's menu lies over this one's button
        return click(_opener(open_menus[0]))
    return click(find(posts[0], class_="more"))


def _opener(menu: Element) -> Element | None:
    return find(menu.getparent(), class_="more")


def all_posts(sight: Sight) -> str:
    """Marks all posts of the user, and no other, and submits."""
    return _marked(sight, len(_posts(sight)))


def some_posts(sight: Sight) -> str:
    """Marks as many posts of the user as asked, whichever, and submits."""
    count = _COUNT.search(sight.instruction)
    return _marked(sight, int(count.group(1))) if count else wait()


def _marked(sight: Sight, number: int) -> str:
    icon = sight.named.lower()
    candidates = [find(post, class_=icon) for post in _posts(sight)]
    buttons = [button for button in candidates if button is not None]
    if not buttons:
        return wait()
    on = [button for button in buttons if _active(button)]
    refs = {button.get("ref") for button in buttons}
    wrong = [
        button
        for name in _ICONS
        for button in sight.all(class_=name.lower())
        if _active(button) and button.get("ref") not in refs
    ]
    if wrong:
        return click(wrong[0])
    if len(on) > number:
        return click(on[0])
    if len(on) < number:
        return click(_first(sight, [button for button in buttons if not _active(button)]))
    return click(sight.button("Submit"))


def _first(sight: Sight, buttons: Sequence[Element]) -> Element | None:
    """People go down the page, or back and forth."""
    ordered = sight.either("order", list(buttons), sight.shuffled(buttons))
    return ordered[0] if ordered else None


def _active(button: Element) -> bool:
    return "active" in (button.get("class") or "").split()


EXPERTS: Experts = {
    "miniwob.social-media": one_post,
    "miniwob.social-media-all": all_posts,
    "miniwob.social-media-some": some_posts,
}
