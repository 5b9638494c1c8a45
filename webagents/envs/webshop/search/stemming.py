"""Porter's stemmer, as its author's own program has it and Lucene after him.

That program departs from the published rules in two places (``-bli`` becomes ``-ble``, ``-logi``
becomes ``-log``) and leaves words of one and two letters alone. Snowball's "porter", which
PyStemmer offers, keeps to the published rules, and so stems "possibly" otherwise.

Source: M. F. Porter 1980, "An algorithm for suffix stripping", Program 14(3); his departures:
https://tartarus.org/martin/PorterStemmer/. Letters other than a, e, i, o, u and y count as
consonants, digits and apostrophes too.
"""

from __future__ import annotations

_STEP_2 = (
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"),
    ("bli", "ble"), ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"),
    ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"),
    ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
    ("logi", "log"),
)  # fmt: skip
_STEP_3 = (
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""),
    ("ness", ""),
)  # fmt: skip
_STEP_4 = (
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou",
    "ism", "ate", "iti", "ous", "ive", "ize",
)  # fmt: skip
_ENDS_2 = tuple(suffix for suffix, _ in _STEP_2)
_ENDS_3 = tuple(suffix for suffix, _ in _STEP_3)


def stem(word: str) -> str:
    """The stem of a lower-case word."""
    if len(word) < 3 and max(word, default="") <= "\uffff":  # Java counts UTF-16 units
        return word
    word = _without_plural(word)
    word = _without_past(word)
    if word.endswith("y") and "v" in _shape(word[:-1]):
        word = word[:-1] + "i"
    if word.endswith(_ENDS_2):
        word = _replaced(word, _STEP_2)
    if word.endswith(_ENDS_3):
        word = _replaced(word, _STEP_3)
    if word.endswith(_STEP_4):
        word = _without_last_suffix(word)
    return _tidied(word)


def _shape(stem: str) -> str:
    """The stem's letters as c (consonant) and v (vowel); y is a vowel after a consonant."""
    shape: list[str] = []
    for letter in stem:
        vowel = letter in "aeiou" or (letter == "y" and bool(shape) and shape[-1] == "c")
        shape.append("v" if vowel else "c")
    return "".join(shape)


def _measure(stem: str) -> int:
    """How often a consonant follows a vowel: Porter's m."""
    return _shape(stem).count("vc")


def _ends_short(stem: str) -> bool:
    """Whether it ends in consonant, vowel, consonant, the last not w, x or y (Porter's *o)."""
    return _shape(stem).endswith("cvc") and stem[-1] not in "wxy"


def _ends_double(stem: str) -> bool:
    """Whether it ends in the same consonant twice (Porter's *d)."""
    return len(stem) > 1 and stem[-1] == stem[-2] and _shape(stem).endswith("c")


def _without_plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _without_past(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for suffix in ("ed", "ing"):
        if word.endswith(suffix):
            left = word.removesuffix(suffix)
            return _restored(left) if "v" in _shape(left) else word
    return word


def _restored(left: str) -> str:
    """What -ed or -ing was taken from, with the end it had before: hop(p), fil(e), conflat(e)."""
    if left.endswith(("at", "bl", "iz")):
        return left + "e"
    if _ends_double(left):
        return left if left[-1] in "lsz" else left[:-1]
    return left + "e" if _measure(left) == 1 and _ends_short(left) else left


def _replaced(word: str, suffixes: tuple[tuple[str, str], ...]) -> str:
    for suffix, instead in suffixes:
        if word.endswith(suffix):
            left = word.removesuffix(suffix)
            return left + instead if _measure(left) > 0 else word
    return word


def _without_last_suffix(word: str) -> str:
    for suffix in _STEP_4:
        if word.endswith(suffix):
            left = word.removesuffix(suffix)
            if suffix == "ion" and not left.endswith(("s", "t")):
                continue
            return left if _measure(left) > 1 else word
    return word


def _tidied(word: str) -> str:
    """Without a last e, and with one l of two, where enough is left."""
    if word.endswith("e"):
        measure = _measure(word[:-1])
        if measure > 1 or (measure == 1 and not _ends_short(word[:-1])):
            word = word[:-1]
    if word.endswith("ll") and _measure(word) > 1:
        word = word[:-1]
    return word
