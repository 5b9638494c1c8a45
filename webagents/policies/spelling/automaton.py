"""An automaton over bytes: which bytes may come next, and how few would bring it to an end.

Patterns are put together from their end: each function takes the node that comes after, and gives
the one to begin with. A page's refs are no part of a pattern; it says where one has to stand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

Node = int

END: Node = 0
"""The node of a pattern that is complete."""


class Refs:
    """A page's refs, and how they begin.

    texts: the refs.
    begins: of each beginning of a ref, b"" and whole ones included, the length of the shortest ref
        that begins so.
    """

    __slots__ = ("_hash", "begins", "texts")

    def __init__(self, texts: Iterable[bytes] = ()) -> None:
        self.texts = frozenset(texts)
        self._hash = hash(self.texts)
        self.begins: dict[bytes, int] = {}
        for text in self.texts:
            for size in range(len(text) + 1):
                known = self.begins.get(text[:size], len(text))
                self.begins[text[:size]] = min(known, len(text))

    @property
    def shortest(self) -> int:
        """Bytes of the shortest ref; 0 where there is none."""
        return self.begins.get(b"", 0)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refs) and self.texts == other.texts


class Thread(NamedTuple):
    """A way through the pattern: at a node, and of the ref there, what has been said."""

    node: Node
    ref: bytes | None = None


State = frozenset[Thread]
"""All ways that what has been said fits a pattern; none: it does not."""


@dataclass(slots=True)
class Pattern:
    """Nodes under construction.

    moves: of each node, the bytes that lead on, as a mask of 256 bits, and to where.
    free: of each node, where it leads without a byte.
    refs: the nodes at which a ref has to be said, and what comes after it.
    """

    moves: list[list[tuple[int, Node]]] = field(default_factory=lambda: [[]])
    free: list[list[Node]] = field(default_factory=lambda: [[]])
    refs: dict[Node, Node] = field(default_factory=dict)

    def node(self, *moves: tuple[int, Node], free: Iterable[Node] = ()) -> Node:
        """A new node."""
        self.moves.append(list(moves))
        self.free.append(list(free))
        return len(self.moves) - 1

    def one_of(self, allowed: Iterable[int], then: Node) -> Node:
        """One of some bytes."""
        return self.node((_mask(allowed), then))

    def literal(self, text: str, then: Node) -> Node:
        """This text."""
        for byte in reversed(text.encode()):
            then = self.one_of([byte], then)
        return then

    def either(self, *ways: Node) -> Node:
        """One of several patterns."""
        return self.node(free=ways)

    def repeated(self, part: Callable[[Node], Node], then: Node) -> Node:
        """Any number of parts, also none."""
        hub = self.node(free=[then])
        self.free[hub].append(part(hub))
        return hub

    def ref(self, then: Node) -> Node:
        """One of the page's refs."""
        node = self.node()
        self.refs[node] = then
        return node


class Automaton:
    """A pattern that begins at a node, ready to be followed.

    start: the state before anything has been said.
    """

    def __init__(
        self, pattern: Pattern, begin: Node, *, sayable: Iterable[int], shortest: int
    ) -> None:
        """An automaton.

        sayable: the bytes that can be said at all.
        shortest: bytes of the shortest of a page's refs; where there are none, of no meaning.
        """
        can = _mask(sayable)
        self._shortest = shortest
        self._moves = [[(mask & can, to) for mask, to in moves] for moves in pattern.moves]
        self._free, self._refs = pattern.free, pattern.refs
        self._least = self._distances()
        self._after: dict[State, dict[int, State]] = {}
        self.start = self._reached([begin])

    def depends(self, state: State) -> bool:
        """Whether what follows depends on the page's refs."""
        return any(thread.ref is not None for thread in state)

    def least(self, state: State, refs: Refs) -> float:
        """How many bytes would bring it to its end; infinite where none would."""
        return min((self.left(thread, refs) for thread in state), default=math.inf)

    def left(self, thread: Thread, refs: Refs) -> float:
        """How many bytes would bring a way to its end; infinite where none would."""
        if not thread.ref:
            return self._least[thread.node]
        more = refs.begins[thread.ref] - len(thread.ref)
        return more + self._least[self._refs[thread.node]]

    def shortest(self, thread: Thread, refs: Refs) -> bytes:
        """As few bytes as bring a way to its end, which it has to have; for a ref, any digits."""
        node, said = thread.node, thread.ref or b""
        path = b""
        while node != END:
            least = self._least[node]
            if node in self._refs:
                # what counts is its length: of the shortest, but of this page's once begun
                size = refs.begins[said] if said else self._shortest
                path += b"1" * (size - len(said))
                node, said = self._refs[node], b""
                continue
            ways = [(b"", to) for to in self._free[node] if self._least[to] == least]
            ways += [
                (bytes([(mask & -mask).bit_length() - 1]), to)
                for mask, to in self._moves[node]
                if mask and 1 + self._least[to] == least
            ]
            byte, node = ways[-1]
            path += byte
        return path

    def step(self, state: State, byte: int, refs: Refs) -> State:
        """The state after one more byte; empty where that byte cannot be."""
        if self.depends(state):
            return self._stepped(state, byte, refs)
        known = self._after.setdefault(state, {})
        if byte not in known:
            known[byte] = self._stepped(state, byte, refs)
        return known[byte]

    def _stepped(self, state: State, byte: int, refs: Refs) -> State:
        found: set[Thread] = set()
        for node, ref in state:
            if ref is None:
                nodes = [to for mask, to in self._moves[node] if mask >> byte & 1]
                found |= self._reached(nodes)
                continue
            longer = ref + bytes([byte])
            if longer in refs.begins:
                found.add(Thread(node, longer))
            if ref in refs.texts:
                beyond = self._reached([self._refs[node]])
                found |= self._stepped(beyond, byte, refs)
        return frozenset(found)

    def _reached(self, nodes: list[Node]) -> State:
        """All that can be come to from some nodes without a byte, themselves included."""
        found, open_ = set(nodes), list(nodes)
        while open_:
            for to in self._free[open_.pop()]:
                if to not in found:
                    found.add(to)
                    open_.append(to)
        return frozenset(
            Thread(node, b"" if node in self._refs else None)
            for node in found
            if node == END or node in self._refs or self._moves[node]
        )

    def _distances(self) -> list[float]:
        """Of each node, the fewest bytes to the end."""
        least = [math.inf] * len(self._moves)
        least[END] = 0.0
        changed = True
        while changed:
            changed = False
            for node in range(1, len(least)):
                ways = [least[to] for to in self._free[node]]
                ways += [1 + least[to] for mask, to in self._moves[node] if mask]
                if node in self._refs:
                    ways.append(self._shortest + least[self._refs[node]])
                new = min(ways, default=math.inf)
                if new < least[node]:
                    least[node], changed = new, True
        return least


def _mask(allowed: Iterable[int]) -> int:
    return _masked(frozenset(allowed))


@lru_cache(maxsize=1024)
def _masked(allowed: frozenset[int]) -> int:
    return sum(1 << byte for byte in allowed)
