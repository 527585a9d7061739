"""Which line the person says next: by state and by what was just said, never twice in a row."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

import numpy as np

from stepdown.encounter.chance import Purpose, seeds_of, stream, uniform, word
from stepdown.encounter.scenario import Line, Scenario, filled
from stepdown.encounter.vocabulary import Band
from stepdown.technique.cues.listening import content
from stepdown.technique.spanish import SMALL_WORDS

SETTLED_BELOW, TENSE_BELOW, HIGH_BELOW = 3.5, 6.0, 8.0

CLASSES: dict[str, tuple[str, ...]] = {
    "question": ("open_question", "closed_question", "why_question", "stacked_questions"),
    "listening": ("reflection", "emotion_label", "summary", "minimal_encourager"),
    "respect": ("validation", "affirmation", "introduction", "apology", "thanks", "agreement"),
    "offer": ("choice", "concrete_help"),
    "help": ("concrete_help",),
    "advice": ("unsolicited_advice", "false_promise"),
    "information": ("information", "reason"),
    "limit": ("limit",),
    "pressure": (
        "command", "threat", "ultimatum", "calm_down", "dismissal", "insult", "profanity",
    ),
}  # fmt: skip
OPENING = frozenset((*CLASSES["listening"], *CLASSES["respect"], "listening", "respect",
                     "open_question", "silence"))  # fmt: skip
_SUICIDE = re.compile(
    r"\b(suicid\w*|kill(ing)? yourself|end(ing)? (your|it|things|your own) ?(life|all)?|"
    r"tak(e|ing) your (own )?life|want(ing)? to die|thinking of dying|plan(ning)? to die|"
    r"(thinking (of|about)|planning on) jumping|(planning|going|want(ing)?) to jump|"
    r"(matar|suicidar|tirar|lanzar|arrojar)(se|te)|quitar(se|te) la vida|vas? a saltar|"
    r"(acabar|terminar) con (su|tu|la) vida|"
    r"(quieres?|pensa(do|ndo) en|piensas? en|ganas de) (morir(se|te)?|saltar))\b"
)

_SMALL = frozenset(
    w[:5]
    for w in SMALL_WORDS - {"son", "sin", "van", "sea", "era", "tan", "solo", "dos"}
    if len(w) > 2
)
"""Small words of Spanish that mean nothing in English."""


def band(arousal: float) -> Band:
    """Return the band of arousal that cues and lines are written for."""
    if arousal < SETTLED_BELOW:
        return "settled"
    if arousal < TENSE_BELOW:
        return "tense"
    return "high" if arousal < HIGH_BELOW else "peak"


@lru_cache(maxsize=4096)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    ordered = sorted((re.escape(w.casefold()) for w in words), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(ordered)})(?:s|'s|es)?(?!\w)")


@lru_cache(maxsize=4096)
def _bare(text: str) -> str:
    """Return a text in small letters without accents, which people leave out when they type."""
    plain = text.casefold().replace("’", "'")
    return "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))


@lru_cache(maxsize=4096)
def substance(text: str) -> frozenset[str]:
    """Return the words that carry content, in English or Spanish, cut so that forms agree."""
    return content(_bare(text)) - _SMALL


def topics_in(text: str, scenario: Scenario, cast: dict[str, str]) -> tuple[str, ...]:
    """Return the topics of the scenario that a text speaks of."""
    plain, roles = _bare(text), tuple(cast.items())
    return tuple(t.id for t in scenario.topics if _topic(t.words, roles).search(plain))


@lru_cache(maxsize=4096)
def _topic(words: tuple[str, ...], roles: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """Return the pattern of a topic's words, for one cast."""
    return _pattern(tuple(_bare(filled(w, dict(roles))) for w in words))


def names_somebody(text: str, cast: dict[str, str]) -> bool:
    """Say whether a text names somebody of the cast."""
    return bool(_pattern(tuple(cast.values())).search(text.casefold()))


def asks_about_suicide(text: str) -> bool:
    """Say whether a line speaks of suicide plainly."""
    return bool(_SUICIDE.search(_bare(text)))


BAND_ENDS = (SETTLED_BELOW, TENSE_BELOW, HIGH_BELOW)
"""Arousal at which the next band begins."""


def classes_of(codes: Iterable[str]) -> tuple[str, ...]:
    """Return what a line counts as for the person's answer."""
    given = set(codes)
    return tuple(name for name, members in CLASSES.items() if given & set(members))


def again(text: str, before: Sequence[str]) -> float:
    """Return how much of a line was said in the last dozen lines of the same speaker (0 to 1)."""
    words = substance(text)
    if len(words) < 2:
        return (
            1.0 if text.strip().casefold() in {b.strip().casefold() for b in before[-2:]} else 0.0
        )
    shares = [len(words & (known := substance(b))) / len(words | known) for b in before[-12:]]
    return round(max((s for s in shares if s >= 0.5), default=0.0), 3)


FIRST, STEP, LEAST = 4.0, 0.4, 0.5
"""Worth of a line that answers the first thing heard, less for each place down, and the floor."""
USED, USED_MOST = 4.0, 3
"""Worth lost each time that a line was said before, and how often that counts."""
KNOWN = 1.5
"""Worth lost where a line reveals what was told already."""
CHANCE = 0.9
"""Worth that chance may add."""


def topic_worth(line: Line, topics: Collection[str]) -> float:
    """Return what it adds that a line speaks of what was spoken of."""
    return 4.5 if line.topic in topics else -1.2 if line.topic is not None else 0.0


def own_worth(line: Line) -> float:
    """Return what a line is worth by itself: it reveals, it listens, it takes trust to say."""
    return 0.8 * bool(line.reveals) + 2.5 * bool(line.hears) + 0.15 * line.trust


def echo_worth(line: Line, words: frozenset[str]) -> float:
    """Return what it adds that a line takes up words that were said."""
    theirs = substance(line.say)
    return 2.0 * len(words & theirs) / len(theirs) if theirs else 0.0


def choose(
    scenario: Scenario, *, arousal: float, trust: float, reacts: Sequence[str],
    topics: Sequence[str], said: str, used: Sequence[int], told: Iterable[str],
    past: Collection[str], seed: int, event: int,
) -> int:  # fmt: skip
    """Return the number of the line that is said.

    reacts: what it answers to, most particular first; used: numbers of the lines said so far. Only
    the last line is barred; a line heard before is taken only where nothing better fits.
    """
    now = band(arousal)
    words, count, known = substance(said), Counter(used), set(told)
    luck = _luck(seed, event, len(scenario.lines))
    last = used[-1] if used else -1
    best, best_worth = -1, -1e9
    for number, line in enumerate(scenario.lines):
        if number == last or now not in line.at or not _trusted(line, trust):
            continue
        worth = _fits(line, reacts, topics, words)
        if worth is None or not line.fits(past) or (line.hears and not hears(line.hears, said)):
            continue
        worth -= USED * min(count[number], USED_MOST) + KNOWN * (line.reveals in known)
        worth += CHANCE * luck[number]
        if worth > best_worth:
            best, best_worth = number, worth
    return best


def _luck(seed: int, event: int, count: int) -> list[float]:
    """Return a number from 0 up to 1 for each line."""
    streams = stream(seeds_of(seed), event)
    words = word(streams, np.arange(count, dtype=np.uint64), Purpose.REPLY)
    drawn: list[float] = uniform(words).tolist()
    return drawn


def hears(words: tuple[str, ...], said: str) -> bool:
    """Say whether a text holds one of the words."""
    return bool(_pattern(tuple(_bare(w) for w in words)).search(_bare(said)))


def _trusted(line: Line, trust: float) -> bool:
    return line.trust <= trust and (trust < line.below or line.below >= 10)


def opened(line: Line, reacts: Sequence[str]) -> bool:
    """Say whether what was said leaves room to begin a topic that it did not name.

    Somebody who is listened to or asked openly speaks of what is on their mind; a question that
    can be answered is answered.
    """
    asked = "open_question" in reacts
    return any(
        what in line.on for what in reacts if what in OPENING or (asked and what == "question")
    )


def _fits(
    line: Line, reacts: Sequence[str], topics: Sequence[str], words: frozenset[str]
) -> float | None:
    """Return how well a line answers, or None if it answers to something else."""
    met = next((place for place, what in enumerate(reacts) if what in line.on), None)
    if met is None and "any" not in line.on:
        return None
    if line.topic is not None and line.topic not in topics and not opened(line, reacts):
        return None
    worth = 0.0 if met is None else max(LEAST, FIRST - STEP * met)
    return worth + topic_worth(line, topics) + own_worth(line) + echo_worth(line, words)
