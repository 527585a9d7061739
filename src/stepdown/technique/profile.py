"""A speaker's technique as rates with intervals, over enough turns to mean something."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stepdown.technique.codebook import CODES, RISKS
from stepdown.technique.coding import Coding

FEWEST_TURNS = 10
ANSWERABLE_WORDS = 4
Z = 1.959963984540054
ANSWERS = frozenset(
    {"reflection", "emotion_label", "validation", "summary", "minimal_encourager", "agreement",
     "affirmation"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """One coded turn of a speaker with what the other person had said before it."""

    coding: Coding
    previous: str | None


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a code was heard: of the turns with an opportunity, and per 100 words.

    `low` and `high` are Wilson's 95 % interval of `per_turn` (Wilson 1927). It carries the
    chance of which turns there were, not the coder's own errors. All None without an opportunity.
    """

    count: int
    opportunities: int
    per_turn: float | None
    low: float | None
    high: float | None
    per_100_words: float


def wilson(count: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share; `of` is at least 1."""
    share, square = count / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    low = 0.0 if count == 0 else max(0.0, middle - half)
    high = 1.0 if count == of else min(1.0, middle + half)
    return low, high


def _opportunity(code: str, heard: Heard) -> bool:
    """Codes that answer need something to answer; the others are possible in any turn."""
    if code not in ANSWERS:
        return True
    return heard.previous is not None and len(heard.previous.split()) >= ANSWERABLE_WORDS


def _rate(code: str, turns: Sequence[Heard], words: int) -> Rate:
    possible = [t for t in turns if code in t.coding.labels or _opportunity(code, t)]
    count = sum(code in t.coding.labels for t in possible)
    low, high = wilson(count, len(possible)) if possible else (None, None)
    return Rate(
        count=count,
        opportunities=len(possible),
        per_turn=round(count / len(possible), 4) if possible else None,
        low=None if low is None else round(low, 4),
        high=None if high is None else round(high, 4),
        per_100_words=round(100 * count / words, 3) if words else 0.0,
    )


@dataclass(frozen=True, slots=True)
class Profile:
    """Rates of the codes that help (`technique`) and of those that carry risk (`risk`)."""

    technique: dict[str, Rate]
    risk: dict[str, Rate]


def profile(turns: Sequence[Heard]) -> Profile | None:
    """Return a speaker's rates, or None for fewer than 10 turns: too few to tell."""
    if len(turns) < FEWEST_TURNS:
        return None
    words = sum(len(t.coding.text.split()) for t in turns)
    rates = {code: _rate(code, turns, words) for code in CODES}
    return Profile(
        technique={c: r for c, r in rates.items() if c not in RISKS},
        risk={c: r for c, r in rates.items() if c in RISKS},
    )
