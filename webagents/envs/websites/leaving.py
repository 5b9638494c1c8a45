"""What visitors leave on a site: put there, taken away, counted against a request."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from webagents.envs.websites.website import MOST_CHARACTERS, Address, Answer, Left
from webagents.types import NOTHING


def put(left: Left, kind: str, key: str, entry: object) -> Left:
    """What is left after something more, in place of what was there under the same key."""
    return {**left, kind: {**without(left, kind, key).get(kind, {}), key: entry}}


def without(left: Left, kind: str, key: str) -> Left:
    """What is left after something was taken away."""
    entries = {name: entry for name, entry in left.get(kind, {}).items() if name != key}
    rest = {name: each for name, each in left.items() if name != kind}
    return {**rest, kind: entries} if entries else rest


def toggled(left: Left, kind: str, key: str, entry: object) -> Left:
    """What is left after a button was pressed that gives something, or takes it back."""
    there = left.get(kind, {}).get(key) == entry
    return without(left, kind, key) if there else put(left, kind, key, entry)


def filled(form: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The fields of those names, as they are kept: white space folded, not too long."""
    return {name: " ".join(form.get(name, "").split())[:MOST_CHARACTERS] for name in names}


class Form:
    """A form on the page of something, such as a home, and the button that takes back what it left.

    It is sent to ``<the page>/<verb>``, the button to ``<the page>/no-<verb>``.
    """

    def __init__(self, kind: str, *needed: str, optional: tuple[str, ...] = ()) -> None:
        """`kind`: what its entries are kept as; the rest: its fields, and which may be empty."""
        self._kind = kind
        self._needed = needed
        self._names = (*needed, *optional)

    def sent(self, address: Address, key: str, form: Mapping[str, str], left: Left) -> Answer:
        """What comes of it; of one without what it needs, nothing. `key`: the thing's id."""
        page, _, verb = address.path.rpartition("/")
        if verb.startswith("no-"):
            return Answer(without(left, self._kind, key), "")
        entry = filled(form, self._names)
        if not all(entry[name] for name in self._needed):
            return Answer(left, page)
        return Answer(put(left, self._kind, key, entry), f"{page}?done={verb}")


def taken(
    forms: Mapping[str, Form], address: Address, key: str, form: Mapping[str, str], left: Left
) -> Answer | None:
    """What a form comes to that was sent to an address, None where that takes none.

    forms: those of the page, by the last part of the addresses they are sent to.
    key: the id of what the page is about.
    """
    verb = address.path.rpartition("/")[2].removeprefix("no-")
    return forms[verb].sent(address, key, form, left) if verb in forms else None


def unasked(left: Left, wanted: Mapping[str, Collection[str]] = NOTHING) -> dict[str, bool]:
    """What was left beyond the wanted keys of each kind, as attributes that do not hold."""
    return {
        f"not asked: {kind} {key}": False
        for kind, entries in left.items()
        for key in entries
        if key not in wanted.get(kind, ())
    }
