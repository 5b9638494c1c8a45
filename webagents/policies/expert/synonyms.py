"""Which everyday English words mean about the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

GROUPS: Sequence[str] = (
    # How things and people are
    "big large huge enormous gigantic giant vast immense",
    "small tiny little mini petite miniature",
    "old aged archaic ancient elderly",
    "strange odd peculiar unusual weird bizarre",
    "real genuine actual authentic",
    "wrong incorrect mistaken erroneous false",
    "delicious savory delectable appetizing tasty",
    "fat fleshy plump chubby",
    "quiet calm peaceful serene mild tranquil",
    "red scarlet crimson vermillion vermilion",
    # How people feel and behave
    "happy cheerful joyful gleeful delighted glad",
    "sad unhappy sorrowful miserable tragic",
    "angry mad furious irritated enraged",
    "scared terrified panicked fearful frightened afraid",
    "brave courageous fearless bold",
    "evil wicked immoral sinful corrupt depraved",
    "stupid dumb dull unwise foolish",
    "funny humorous amusing comical laughable hilarious",
    # What people do
    "begin start initiate launch commence",
    "stop cease halt end finish",
    "keep retain preserve sustain maintain",
    "hide conceal camouflage disguise",
    "cut slice carve chop",
    "kill murder assassinate slay",
    "love like adore favor",
    "hate despise loathe detest dislike",
    "answer reply response respond",
    # Things
    "house home",
    "fire flame blaze",
    "car automobile vehicle",
    "television tv",
    "pig pork swine hog",
    "rabbit bunny hare",
)
"""Words that mean about the same, a group a line; no word is in two."""


def _one(word: str) -> str:
    """A word in small letters, one of the thing where it is several: ``bunnies``, ``TVs``."""
    word = word.lower()
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) else word


_GROUP_OF: Mapping[str, int] = {
    _one(word): number for number, group in enumerate(GROUPS) for word in group.split()
}


def similar(word: str, other: str) -> bool:
    """Whether two words are the same or mean about the same, singular or plural."""
    one, another = _one(word), _one(other)
    return one == another or _GROUP_OF.get(one, -1) == _GROUP_OF.get(another, -2)
