"""A composed page in the hands of a test: its parts' elements by what a person would call them."""

from webagents import html
from webagents.envs.web_env import WebEnv


class Hand:
    """Plays one environment, an element of a part at a time."""

    def __init__(self, env: WebEnv) -> None:
        self.env = env
        self.observation, self.info = {}, {}
        self.reward, self.over = 0.0, False

    def begin(self, seed: int) -> dict[str, str]:
        """A new episode; the instruction's values."""
        self.observation, self.info = self.env.reset(seed=seed)
        self.reward, self.over = 0.0, False
        return self.info["fields"]

    @property
    def done(self) -> list[bool]:
        """Which sub-tasks are done."""
        return list(self.info["subtasks"].values())

    def element(self, part: int, tag: str, **wanted: str):
        """The first element of a part that fits; see `html.find`."""
        return html.find(self.part(part), tag, **wanted)

    def part(self, number: int):
        """A part's root, counted from 1; None when it is not on the screen."""
        return html.find(html.parse(self.observation["html"]), id=f"form{number}")

    def others(self, part: int, tag: str, but: str, **wanted: str):
        """The elements of a part that fit, and have another text."""
        found = html.find_all(self.part(part), tag, **wanted)
        return [each for each in found if html.text_of(each) != but]

    def act(self, action: str) -> None:
        """One step, which the page must accept."""
        self.observation, self.reward, self.over, _, self.info = self.env.step(action)
        assert self.observation["error"] == ""

    def click(self, element) -> None:
        """A click on an element."""
        self.act(f"click('{html.ref_of(element)}')")

    def press(self, part: int, label: str) -> None:
        """A click on a part's button."""
        self.click(self.element(part, "button", text=label))

    def fill(self, element, text: str) -> None:
        """Text put into a field."""
        self.act(f"fill('{html.ref_of(element)}', '{text}')")

    def choose(self, part: int, names: str) -> None:
        """Boxes or options checked by their names, joined by ", "; "nothing" checks none."""
        for name in names.split(", "):
            if name != "nothing":
                self.click(self.element(part, "label", text=name))

    def log_in(self, part: int, fields: dict[str, str]) -> None:
        """A user's name and password filled in."""
        self.fill(self.element(part, "input", id="username"), fields["user"])
        self.fill(self.element(part, "input", id="password"), fields["password"])

    def search(self, part: int, fields: dict[str, str] | None = None) -> None:
        """A search for movies sent, its fields filled if values are given."""
        words = {"genre": "genre", "director": "director", "year": "year", "date": "year"}
        for field in list(self.part(part).iter("input")) if fields else []:
            caption = next(t for a in field.iterancestors() if (t := html.text_of(a))).lower()
            asked = next(name for word, name in words.items() if word in caption)
            self.fill(field, fields[asked])
        labels = ("Submit", "Search", "Go!")
        self.click([e for e in self.part(part).iter() if html.text_of(e) in labels][-1])
