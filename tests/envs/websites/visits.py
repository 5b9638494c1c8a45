"""A visitor without a browser, for the tests of this folder: goes to pages, sends forms."""

from urllib.parse import urlencode

from lxml import html as markup

from webagents.browsers.site import Reply, Request
from webagents.envs.websites.keeping import left_in
from webagents.envs.websites.serving import WebsiteHandler
from webagents.envs.websites.task import WEBSITES, website
from webagents.envs.websites.website import Address

TASKS = list(WEBSITES)


class Visitor:
    """Somebody on a site, who keeps the cookie that it gives."""

    def __init__(self, task: str) -> None:
        self.site = website(task)
        self._handler = WebsiteHandler(self.site)
        self.cookie = ""
        self.url = "/"

    def asked(self, method: str, url: str, body: bytes = b"") -> Reply:
        path, _, query = url.partition("?")
        reply = self._handler(Request(method, path, query, body, {"Cookie": self.cookie}))
        self.cookie = reply.headers.get("Set-Cookie", self.cookie).partition(";")[0]
        return reply

    def go(self, url: str):
        """The page of an address, as an element."""
        reply = self.asked("GET", url)
        assert reply.status == 200, (url, reply.status)
        self.url = url
        return markup.fromstring(reply.body.decode())

    def send(self, url: str, **form: str):
        """The page that a form leads to."""
        reply = self.asked("POST", url, urlencode(form).encode())
        assert reply.status == 303, (url, reply.status)
        return self.go(reply.headers["Location"].partition("#")[0])

    def met(self, goal) -> dict[str, bool]:
        """What holds of a goal where the visitor is."""
        return goal.met(Address.of(self.url), self.left)

    @property
    def left(self):
        return left_in(self.cookie)
