"""How a conversation went, apart from single codes: who talked how much, and in what order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from stepdown.technique.codebook import codebook
from stepdown.technique.coding import Coding
from stepdown.technique.reading import reading_grade
from stepdown.technique.transcript import Turn

INTERRUPTS_BEFORE = 0.3
LONG_PAUSE = 2.0
SAID_AGAIN = 0.6
FEWEST_WORDS = 5
LISTENING = frozenset(c.id for c in codebook().codes if c.group == "listening") - {
    "closed_question"
}
INFLUENCE = frozenset({"command", "threat", "ultimatum", "unsolicited_advice", "limit"})
_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class Conversation:
    """Measures of one speaker in one conversation; None where they cannot be known.

    talk_share: share of all words (0 to 1). words_per_turn: median. reading_grade: school grade of
    the speech, punctuated text only. pause_s: median silence before this speaker answers, seconds.
    long_pauses: answers after 2 s or more. interruptions: turns begun 0.3 s or more before another
    had ended. influence_before_listening: acts of influence before the first act of listening.
    said_again: share of turns (of 5 words or more) that repeat an earlier one.
    """

    turns: int
    words: int
    talk_share: float | None
    words_per_turn: float | None
    reading_grade: float | None
    pause_s: float | None
    long_pauses: int | None
    interruptions: int | None
    influence_before_listening: int
    said_again: float | None


def conversation(
    turns: Sequence[Turn], codings: Sequence[Coding | None], speaker: str
) -> Conversation:
    """Measure how one speaker took part. `codings` belong to the turns, None where not coded."""
    mine = [n for n, turn in enumerate(turns) if turn.speaker == speaker]
    counts = [len(turns[n].text.split()) for n in mine]
    total = sum(len(turn.text.split()) for turn in turns)
    gaps = _gaps(turns, mine)
    texts = [turns[n].text for n in mine]
    return Conversation(
        turns=len(mine),
        words=sum(counts),
        talk_share=round(sum(counts) / total, 3) if total else None,
        words_per_turn=median(counts) if counts else None,
        reading_grade=_grade(texts),
        pause_s=round(median(max(0.0, g) for g in gaps), 2) if gaps else None,
        long_pauses=sum(g >= LONG_PAUSE for g in gaps) if gaps else None,
        interruptions=sum(g <= -INTERRUPTS_BEFORE for g in gaps) if gaps else None,
        influence_before_listening=_early([codings[n] for n in mine]),
        said_again=_again(texts),
    )


def _gaps(turns: Sequence[Turn], mine: Sequence[int]) -> list[float]:
    """Seconds of silence before each turn that answers somebody else; below 0 they overlap."""
    found = []
    for n in mine:
        before = turns[n - 1] if n else None
        start = turns[n].start
        if before is None or before.speaker == turns[n].speaker:
            continue
        if before.end is not None and start is not None:
            found.append(start - before.end)
    return found


def _grade(texts: Sequence[str]) -> float | None:
    spoken = " ".join(texts)
    punctuated = sum(t.rstrip().endswith((".", "?", "!")) for t in texts) >= len(texts) / 2
    return reading_grade(spoken) if texts and punctuated else None


def _early(codings: Sequence[Coding | None]) -> int:
    count = 0
    for coding in codings:
        if coding is None:
            continue
        if LISTENING & set(coding.labels):
            break
        count += bool(INFLUENCE & set(coding.labels))
    return count


def _again(texts: Sequence[str]) -> float | None:
    seen: list[frozenset[tuple[str, ...]]] = []
    repeated = 0
    for text in texts:
        words = _WORD.findall(text.lower())
        if len(words) < FEWEST_WORDS:
            continue
        threes = frozenset(zip(words, words[1:], words[2:], strict=False))
        repeated += any(len(threes & old) / len(threes | old) >= SAID_AGAIN for old in seen)
        seen.append(threes)
    return round(repeated / len(seen), 3) if seen else None
