"""An inbox whose emails are replied to, forwarded, deleted and starred."""

from __future__ import annotations

from webagents.html import Element, find, find_all, text_of
from webagents.policies.expert.email_requests import Request, understood
from webagents.policies.expert.sight import Experts, Sight, click, fill, wait

_ICONS = {"delete": "trash", "star": "star"}
_WAYS_ON = {"reply": "email-reply", "forward": "email-forward"}


def handled(sight: Sight) -> str:
    """Does what the instruction asks about an email, from the view the page is in."""
    pages = [*sight.earlier, sight.page]
    request = understood(sight.instruction, _senders(pages))
    if request is None:
        return wait()
    for name, view in _VIEWS.items():
        shown = sight.find("div", id=name)
        if shown is not None:
            return view(sight, shown, request)
    return wait()


def _senders(pages: list[Element]) -> set[str]:
    """Whoever an inbox has shown an email of."""
    threads = [thread for page in pages for thread in find_all(page, class_="email-thread")]
    return {_sender(thread) for thread in threads} - {""}


def _sender(part: Element) -> str:
    name = find(part, class_="email-sender")
    return "" if name is None else text_of(name)


def _in_inbox(sight: Sight, inbox: Element, request: Request) -> str:
    for thread in find_all(inbox, class_="email-thread"):
        if _sender(thread) == request.sender:
            if request.deed in _ICONS:
                return click(find(thread, class_=_ICONS[request.deed]))
            part = sight.either("where to press", "email-sender", "email-subject", "email-body")
            return click(find(thread, class_=part))
    return wait()


def _in_search(sight: Sight, search: Element, request: Request) -> str:
    return click(find(search, id="search-cancel"))


def _in_email(sight: Sight, email: Element, request: Request) -> str:
    if _sender(email) != request.sender:
        return click(find(email, id="close-email"))
    if request.deed in _ICONS:
        return click(find(email, class_=_ICONS[request.deed]))
    way_on = find(email, class_=_WAYS_ON[request.deed])
    if way_on is not None and sight.either("picture or word", True, False):
        return click(find(way_on, class_="icon"))
    return click(way_on)


def _in_reply(sight: Sight, reply: Element, request: Request) -> str:
    recipient, text = find(reply, class_="reply-sender"), find(reply, id="reply-text")
    meant = recipient is not None and text_of(recipient) == request.sender
    if request.deed != "reply" or not meant or text is None:
        return click(find(reply, id="close-reply"))
    if text.get("value") != request.message:
        return fill(text, request.message)
    return click(find(reply, id="send-reply"))


def _in_forward(sight: Sight, forward: Element, request: Request) -> str:
    recipient, text = find(forward, class_="forward-sender"), find(forward, id="forward-text")
    body = _last_read(sight, request.sender)
    meant = text is not None and text.get("value") == body
    if request.deed != "forward" or not meant or recipient is None:
        return click(find(forward, id="close-forward"))
    if recipient.get("value") != request.recipient:
        return fill(recipient, request.recipient)
    return click(find(forward, id="send-forward"))


def _last_read(sight: Sight, sender: str) -> str:
    """The text of the sender's email that was opened last; "" where none was."""
    for page in reversed(sight.earlier):
        email = find(page, "div", id="email")
        if email is not None and _sender(email) == sender:
            body = find(email, class_="email-body")
            return "" if body is None else text_of(body)
    return ""


_VIEWS = {
    "reply": _in_reply,
    "forward": _in_forward,
    "email": _in_email,
    "search": _in_search,
    "main": _in_inbox,
}
"""What to do in each view, by the view's name."""

EXPERTS: Experts = {
    "miniwob.email-inbox": handled,
    "miniwob.email-inbox-delete": handled,
    "miniwob.email-inbox-forward": handled,
    "miniwob.email-inbox-forward-nl": handled,
    "miniwob.email-inbox-forward-nl-turk": handled,
    "miniwob.email-inbox-important": handled,
    "miniwob.email-inbox-nl-turk": handled,
    "miniwob.email-inbox-noscroll": handled,
    "miniwob.email-inbox-reply": handled,
    "miniwob.email-inbox-star-reply": handled,
}
