"""What the coder says about one turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LABEL_FROM = 0.65
UNSURE_FROM = 0.35


@dataclass(frozen=True, slots=True)
class Span:
    """The words that speak for a code: where they stand in the turn, and how strongly (0 to 1)."""

    code: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Coding:
    """The codes of one turn.

    `labels` are the codes held to be present (probability at least 0.65), in the codebook's order.
    `unsure` are those that may be present (0.35 to 0.65): forced to an answer, the coder would be
    wrong about one in two or three of them. `probabilities` hold every code. `spans` are the words
    a code rests on, where words can be named. `score` says how such a line tends to land, from -2
    (makes it clearly worse) to 2 (clearly helps): no grade of a person, and blind to tone of voice.
    `flags` say what makes the coding doubtful: another language, a very long turn, no words.
    Where nothing could be understood, `heard` is False, no code is held present and the score is 0.
    """

    text: str
    labels: tuple[str, ...]
    probabilities: Mapping[str, float]
    spans: tuple[Span, ...]
    unsure: tuple[str, ...]
    score: float
    flags: tuple[str, ...] = ()
    heard: bool = True

    def why(self, code: str) -> tuple[str, ...]:
        """Return the words that speak for a code, strongest first; none if none can be named."""
        mine = sorted((s for s in self.spans if s.code == code), key=lambda s: -s.weight)
        return tuple(dict.fromkeys(self.text[s.start : s.end] for s in mine))
