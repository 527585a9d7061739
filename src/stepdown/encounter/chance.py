"""Random numbers that are looked up, never drawn: keyed by seed, event, step and purpose.

A branch of an encounter shifts no other stream, and ten thousand persons are looked up at once.
Only integer arithmetic and exactly rounded divisions are used, so every machine finds the same.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.uint64]
Floats = NDArray[np.float64]

_GOLDEN = 0x9E3779B97F4A7C15
_SALTS = (0xD1B54A32D192ED03, 0x8CB92BA72F3D8DD7, 0xABC98388FB8FAC03)
_WORD = (1 << 64) - 1
_LANES = 4 * (65536.0**2 - 1.0) / 12.0


class Purpose(IntEnum):
    """What a random number is for; each has a stream of its own."""

    AROUSAL = 0
    THREAT = 1
    TRUST = 2
    HAZARD = 3
    WHICH = 4
    INTERRUPT = 5
    MOVE = 6
    REPLY = 7
    VARIATION = 8
    ARRIVAL = 9
    HARM = 10


def _mixed(words: Ints) -> Ints:
    """Scramble 64-bit words (Steele, Lea and Flood 2014, SplitMix; finaliser of Stafford)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def stream(seeds: Ints, event: int | Ints) -> Ints:
    """Return the stream of one event for every seed, to be read by `word`.

    `event` is one number for all, or one for each seed.
    """
    begun = _mixed(seeds + np.uint64(_GOLDEN))
    return _mixed(begun + _salted(event, _SALTS[0]))


def word(streams: Ints, step: int | Ints, purpose: Purpose) -> Ints:
    """Return 64 random bits per stream; `step` is one number for all, or broadcast to them."""
    stepped = _mixed(streams + _salted(step, _SALTS[1]))
    return _mixed(stepped + np.uint64((int(purpose) + 1) * _SALTS[2] & _WORD))


def _salted(number: int | Ints, salt: int) -> np.uint64 | Ints:
    if isinstance(number, np.ndarray):
        return (number.astype(np.uint64) + np.uint64(1)) * np.uint64(salt)
    return np.uint64((int(number) + 1) * salt & _WORD)


def uniform(words: Ints) -> Floats:
    """Return numbers from 0 up to 1, 1 excluded."""
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53


def normal(words: Ints) -> Floats:
    """Return numbers of mean 0 and variance 1: the sum of four uniform ones, within 3.5."""
    mask = np.uint64(0xFFFF)
    total = (
        (words & mask)
        + ((words >> np.uint64(16)) & mask)
        + ((words >> np.uint64(32)) & mask)
        + (words >> np.uint64(48))
    )
    spread: float = _LANES**0.5
    given: Floats = (total.astype(np.float64) - 131070.0) / spread
    return given


def seeds_of(seed: int, count: int = 1) -> Ints:
    """Return `count` seeds that begin with one seed: itself first, then its own descendants."""
    first = np.array([seed & _WORD], dtype=np.uint64)
    if count == 1:
        return first
    rest = _mixed(first + np.arange(1, count, dtype=np.uint64) * np.uint64(_SALTS[0]))
    return np.concatenate([first, rest])


def pick(seed: int, event: int, purpose: Purpose, count: int, step: int = 0) -> int:
    """Return a number from 0 to count - 1."""
    return int(uniform(word(stream(seeds_of(seed), event), step, purpose))[0] * count)


def chance(seed: int, event: int, purpose: Purpose, step: int = 0) -> float:
    """Return one number from 0 up to 1 for a single encounter."""
    return float(uniform(word(stream(seeds_of(seed), event), step, purpose))[0])
