"""What was written on the forum: made up once, the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.websites.website import words

SITE = "social-media"
DEEPEST = 5
"""How deep replies to replies go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A thread, without its comments.

    id: its number in addresses.
    age: hours since it was begun.
    answers: how many comments it has.
    """

    id: str
    community: str
    flair: str
    title: str
    text: str
    author: str
    score: int
    age: int
    answers: int
    thing: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment, and the replies to it.

    id: its thread's number and its own, as in ``1042-7``.
    """

    id: str
    author: str
    text: str
    score: int
    age: int
    replies: tuple[Comment, ...]

    def all(self) -> Iterator[Comment]:
        """The comment and every one below it."""
        yield self
        for reply in self.replies:
            yield from reply.all()


@cache
def threads() -> Mapping[str, Thread]:
    """All threads by id; no two of a community have the same title."""
    made: dict[str, Thread] = {}
    for number, name in enumerate(words(SITE)["communities"]):
        dice = Dice(f"{SITE}/{name}")
        titles: set[str] = set()
        for place in range(words(SITE)["threads_a_community"]):
            thread = _thread(dice, name, str(1000 + 200 * number + place), titles)
            made[thread.id] = thread
    return made


def _thread(dice: Dice, community: str, id_: str, taken: set[str]) -> Thread:
    said = words(SITE)
    title = ""
    while not title or title in taken:
        flair = dice.pick(list(said["titles"]))
        thing, other = dice.some(said["communities"][community]["things"], 2)
        title = dice.pick(said["titles"][flair]).format(thing=thing, other=other)
    taken.add(title)
    texts = said["texts"]
    parts = (
        dice.pick(texts["openings"]),
        *dice.some(texts["middles"], 3),
        dice.pick(texts["ends"]),
    )
    text = " ".join(
        part.format(thing=thing, other=other, number=dice.count(2, 9)) for part in parts
    )
    return Thread(
        id=id_,
        community=community,
        flair=flair,
        title=title,
        text=text,
        author=user(dice),
        score=int(3 + 900 * dice.random() ** 3),
        age=int(1 + 9000 * dice.random() ** 3),
        answers=dice.count(24, 70),
        thing=thing,
        other=other,
    )


def user(dice: Dice) -> str:
    """Somebody's name."""
    said = words(SITE)["users"]
    return f"{dice.pick(said['first'])}_{dice.pick(said['last'])}"


@lru_cache(256)
def comments(id_: str) -> tuple[Comment, ...]:
    """A thread's comments, those that answer it directly with the rest below them, oldest first."""
    thread = threads()[id_]
    dice = Dice(f"{SITE}/{id_}")
    texts = words(SITE)["texts"]["comments"]
    parents: list[int] = []
    depths: list[int] = []
    for number in range(thread.answers):
        open_ = [each for each in range(max(0, number - 12), number) if depths[each] < DEEPEST]
        parent = dice.pick(open_) if open_ and dice.chance(0.68) else -1
        parents.append(parent)
        depths.append(0 if parent < 0 else depths[parent] + 1)
    ages = sorted((int(thread.age * dice.random()) for _ in parents), reverse=True)
    made: list[Comment] = []
    below: dict[int, list[Comment]] = {}
    for number in reversed(range(thread.answers)):
        lines = dice.some(texts, dice.count(1, 3))
        text = " ".join(lines).format(
            thing=thread.thing, other=thread.other, number=dice.count(2, 9)
        )
        comment = Comment(
            id=f"{id_}-{number}",
            author=user(dice),
            text=text,
            score=int(-4 + 120 * dice.random() ** 3),
            age=ages[number],
            replies=tuple(reversed(below.get(number, []))),
        )
        if parents[number] < 0:
            made.append(comment)
        else:
            below.setdefault(parents[number], []).append(comment)
    return tuple(reversed(made))


def written_by(author: str) -> list[Thread]:
    """The threads that somebody began, newest first."""
    return sorted(
        (each for each in threads().values() if each.author == author), key=lambda each: each.age
    )


def ago(hours: int) -> str:
    """How long ago, as the forum says it."""
    for unit, size in (("year", 8760), ("month", 720), ("day", 24)):
        if hours >= size:
            number = hours // size
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    return f"{hours} hour{'s' if hours != 1 else ''} ago"
