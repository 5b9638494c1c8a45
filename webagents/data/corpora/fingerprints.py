"""What tells texts apart: a number for equal ones, and numbers that similar ones share.

The numbers that similar texts share are MinHash bands: a quarter of the windows of 24 bytes, chosen
by their hash, are looked at, the least hash in each of 112 parts of the range is kept, and each 8
of these make a band. Two texts of which a share J of the windows is common have one of the 14 bands
in common with a chance of 1 - (1 - J^8)^14: 5% at 0.5, 56% at 0.7, 92% at 0.8, nearly 100% at 0.9.

Sources: Broder 1997, "On the resemblance and containment of documents"; Li, Owen and Zhang 2012,
"One Permutation Hashing"; Shrivastava and Li 2014, "Densifying One Permutation Hashing via Fast
Near Neighbor Search" (the rotation).
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]

BANDS, ROWS = 14, 8
_SAMPLED_BITS = 2  # a quarter of the windows is looked at: those whose hash ends in zeros
_ODD = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xFF51AFD7ED558CCD], np.uint64
)
_IN_BAND = np.cumprod(np.full(ROWS, _ODD[1]), dtype=np.uint64)
_BAND = np.arange(1, BANDS + 1, dtype=np.uint64) * _ODD[0]


def key_of(data: bytes) -> int:
    """64 bits that follow from the text, never 0."""
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest()) | 1


def bands_of(data: bytes) -> Numbers:
    """The (14) bands of a text in UTF-8, none of them 0; of hardly any text, its key's."""
    hashes = _windows(data)
    if not len(hashes):
        return _mixed(_BAND * np.uint64(key_of(data))) | np.uint64(1)
    # The high half says which part of the range, and the whole is what is compared in it.
    part = ((hashes >> np.uint64(32)) * np.uint64(BANDS * ROWS)) >> np.uint64(32)
    least = np.full(BANDS * ROWS, np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(least, part.astype(np.intp), hashes)
    rows = _densified(least).reshape(BANDS, ROWS)
    return _mixed((rows * _IN_BAND).sum(axis=1, dtype=np.uint64) + _BAND) | np.uint64(1)


def _windows(data: bytes) -> Numbers:
    """The hashes of the windows that are looked at."""
    count = len(data) - 24 + 1
    if count < 1:
        return np.empty(0, np.uint64)
    eights = np.ndarray(shape=(len(data) - 7,), dtype="<u8", buffer=data, strides=(1,))
    hashes: Numbers = eights[:count] * _ODD[0]
    hashes += eights[8 : count + 8] * _ODD[1]
    hashes += eights[16 : count + 16] * _ODD[2]
    hashes = _mixed(hashes)
    chosen: Numbers = hashes[hashes & np.uint64((1 << _SAMPLED_BITS) - 1) == 0]
    return chosen


def _mixed(hashes: Numbers) -> Numbers:
    hashes = (hashes ^ (hashes >> np.uint64(33))) * _ODD[3]
    return hashes ^ (hashes >> np.uint64(33))


def _densified(least: Numbers) -> Numbers:
    """Each empty part takes from the next one that is not, changed by how far that is."""
    filled = np.flatnonzero(least != np.iinfo(np.uint64).max)
    places = np.arange(len(least))
    following = np.searchsorted(filled, places) % len(filled)
    far = (filled[following] - places) % len(least)
    densified: Numbers = least[filled[following]] + far.astype(np.uint64) * _ODD[2]
    return densified
