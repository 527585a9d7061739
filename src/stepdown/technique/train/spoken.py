"""Make a written line more like speech as it is transcribed, without changing what it does."""

from __future__ import annotations

import numpy as np

from stepdown.technique.benchmark.measures import unpunctuated

OPENERS = (
    "Okay.", "Mm-hmm.", "Right.", "Yeah.", "Okay, so", "Um,", "Uh,", "Well,", "So,", "Alright.",
    "Okay, um,", "Yeah, yeah.", "Mm.", "I see.", "And uh,", "Sure.", "Oh, okay.", "Oh.",
    "Mm-hmm. So", "Yeah. And", "-", "And-and", "Right. Right.",
)  # fmt: skip
FILLERS = ("um,", "uh,", "you know,", "like,", "I mean,", "kind of", "sort of")
FEWEST_WORDS = 7


def opened(text: str, rng: np.random.Generator) -> str:
    """Put an opener before a line."""
    return f"{OPENERS[int(rng.integers(len(OPENERS)))]} {text}"


def risen(text: str) -> str:
    """Voice a statement with a rising tone: a reflection stays one (codebook)."""
    return text.rstrip()[:-1] + "?" if text.rstrip().endswith(".") else text


def stammered(text: str, rng: np.random.Generator) -> str:
    """Say one word twice and put in one filler."""
    words = text.split()
    if len(words) < FEWEST_WORDS:
        return text
    twice = int(rng.integers(len(words) - 1))
    words[twice] = f"{words[twice].rstrip(',.;:!?')}-{words[twice]}"
    place = int(rng.integers(1, len(words)))
    return " ".join([*words[:place], FILLERS[int(rng.integers(len(FILLERS)))], *words[place:]])


def cut_off(text: str, rng: np.random.Generator) -> str:
    """Break a line off near its end, or near its start, as interruptions do."""
    words = text.split()
    if len(words) < FEWEST_WORDS:
        return text
    kept = int(np.ceil(len(words) * rng.uniform(0.65, 0.9)))
    if rng.random() < 0.5:
        return " ".join(words[:kept]).rstrip(",.;:!?") + "-"
    return "-" + " ".join(words[-kept:])


def bare(text: str, *, apostrophes: bool) -> str:
    """Return a line as a recogniser without punctuation writes it."""
    plain = unpunctuated(text) or text
    return plain if apostrophes else plain.replace("'", "")
