"""Tier A: cues and rules that need no model, each with the words it rests on."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from stepdown.technique.codebook import CODES
from stepdown.technique.cues.clauses import Clause, clauses, plain
from stepdown.technique.cues.listening import encourager, given_back, overlap
from stepdown.technique.cues.questions import Question, questions
from stepdown.technique.cues.words import PATTERNS

_QUOTED = re.compile(r"\"[^\"]{1,200}\"")


@dataclass(frozen=True, slots=True)
class Cue:
    """One reason for a code: where it stands in the turn and how strongly it speaks (0 to 1)."""

    code: str
    start: int
    end: int
    weight: float


@lru_cache(maxsize=1024)
def cues(text: str, previous: str | None = None) -> tuple[Cue, ...]:
    """Find every cue in one turn, in the order of their places."""
    words = plain(text)
    parts = clauses(words)
    asked = questions(parts)
    found = [*_said(words), *_asked(asked), *_listened(parts, words, previous or "")]
    return tuple(sorted(found, key=lambda cue: (cue.start, cue.end, cue.code)))


def _said(words: str) -> list[Cue]:
    found = []
    for code, patterns in PATTERNS.items():
        for weight, expression in patterns:
            found += [Cue(code, m.start(), m.end(), weight) for m in expression.finditer(words)]
    return found


def _asked(asked: tuple[Question, ...]) -> list[Cue]:
    found = [Cue(q.kind, q.start, q.end, q.weight) for q in asked]
    found += [Cue("why_question", q.start, q.end, 0.9) for q in asked if q.why]
    sure = [q for q in asked if q.weight >= 0.6]
    if len(sure) > 1:
        found.append(Cue("stacked_questions", sure[0].start, sure[-1].end, 0.8))
    return found


def _listened(parts: tuple[Clause, ...], words: str, previous: str) -> list[Cue]:
    if encourager(words):
        return [Cue("minimal_encourager", 0, len(words), 0.85)]
    found = []
    for clause in parts:
        strength = given_back(clause, previous)
        if strength >= 0.2:
            found.append(Cue("reflection", clause.start, clause.end, round(strength, 3)))
    return found


def probabilities(found: tuple[Cue, ...]) -> dict[str, float]:
    """Combine cues to one probability per code: the strongest, raised a little by others."""
    result = {}
    for code in CODES:
        weights = sorted((cue.weight for cue in found if cue.code == code), reverse=True)
        rest = math.prod(1 - 0.2 * weight for weight in weights[1:3])
        result[code] = round(1 - (1 - weights[0]) * rest, 3) if weights else 0.0
    return result


FEATURES = (
    *CODES, "words", "asks", "ends asking", "clauses", "overlap", "you", "i", "digits", "exclaims",
)  # fmt: skip


def features(text: str, previous: str | None = None) -> list[float]:
    """Return the cue strengths and shape of one turn, in the order of `FEATURES`, about 0 to 1."""
    given = probabilities(cues(text, previous))
    words = plain(text)
    count = len(words.split())
    tokens = re.findall(r"[a-z']+", words) or [""]
    return [
        *(given[code] for code in CODES),
        min(1.0, math.log1p(count) / 5),
        float("?" in words),
        float(words.rstrip("\"' ").endswith("?")),
        min(1.0, len(clauses(words)) / 6),
        overlap(words, previous or ""),
        sum(t.startswith("you") for t in tokens) / len(tokens),
        sum(t in {"i", "i'm", "i'll", "my", "me", "we", "im"} for t in tokens) / len(tokens),
        float(any(c.isdigit() for c in words)),
        float("!" in words),
    ]
