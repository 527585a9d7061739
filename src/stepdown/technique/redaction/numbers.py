"""Numbers and letters as people say or write them → the characters they stand for."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.technique.redaction.phrases import numbered, words
from stepdown.technique.redaction.tokens import Line


def _spelt(text: str, first: int, times: int = 1) -> dict[str, str]:
    return {word: str(value * times) for word, value in numbered(text, first).items()}


DIGITS = _spelt("zero one two three four five six seven eight nine", 0) | {
    "oh": "0",
    "o": "0",
    "niner": "9",
}
TEENS = _spelt(
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10
)
TENS = _spelt("twenty thirty forty fifty sixty seventy eighty ninety", 2, 10) | {"fourty": "40"}
PHONETIC = {
    word: word[0]
    for word in words(
        "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima "
        "mike november oscar papa quebec romeo sierra tango uniform victor whiskey whisky yankee "
        "zulu adam boy charles david edward frank george henry ida john king lincoln mary nora "
        "ocean paul queen robert sam tom union william young zebra"
    )
} | {"xray": "x"}
TIMES = {"double": 2, "triple": 3}
_JOINS = words("- – . / # ( ) dash hyphen uh um er")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Run:
    """The tokens first..last (inclusive) that spell `text`; `words` counts those spoken."""

    first: int
    last: int
    text: str
    words: int

    @property
    def digits(self) -> int:
        """How many of the characters are digits."""
        return sum(c.isdigit() for c in self.text)


def read_run(line: Line, first: int, letters: bool = False) -> Run | None:
    """Read the longest run of numbers that starts at a token; None if none does.

    With `letters`, single letters, the phonetic alphabet and written codes count too. A run is cut
    off after 60 tokens.
    """
    text, words, last, place = "", 0, -1, first
    while place < min(len(line.tokens), first + _LONGEST):
        if last >= 0 and line.low(place) in _JOINS and not _stops(line, place):
            place += 1
            continue
        spelt, length = _item(line, place, letters)
        if not length:
            break
        text += spelt
        words += line.kind(place) == "word"
        last = place + length - 1
        place += length
    return Run(first, last, text, words) if last >= 0 else None


def _stops(line: Line, place: int) -> bool:
    """Tell a full stop from the point in `614.555`."""
    token = line.tokens[place]
    return (token.text == "." and token.start > line.tokens[place - 1].end) or (
        token.text == "."
        and place + 1 < len(line.tokens)
        and line.tokens[place + 1].start > token.end
    )


def _item(line: Line, place: int, letters: bool) -> tuple[str, int]:
    """Spell one number or letter: its characters and how many tokens it takes (0 if none)."""
    kind, low = line.kind(place), line.low(place)
    if kind == "number":
        return low, 1
    if low in TIMES:
        digit = DIGITS.get(line.low(place + 1), "")
        return digit * TIMES[low], 2 if digit else 0
    number, length = read_number(line, place)
    if length:
        return number, length
    if letters:
        return _letter(line, place)
    return "", 0


def _letter(line: Line, place: int) -> tuple[str, int]:
    kind, low = line.kind(place), line.low(place)
    token = line.tokens[place] if place < len(line.tokens) else None
    if low == "x" and line.low(place + 1) == "-" and line.low(place + 2) == "ray":
        return "x", 3
    if token is None or kind not in {"word", "mixed"}:
        return "", 0
    if kind == "mixed" or (len(low) == 1 and low.isalpha()):
        return low, 1
    if low in PHONETIC:
        return PHONETIC[low], 1
    return (low, 1) if token.text.isupper() and line.cased and len(low) <= 4 else ("", 0)


def read_number(line: Line, place: int) -> tuple[str, int]:
    """Read one spoken number up to 99, or a hundred or thousand of it, and its tokens."""
    low = line.low(place)
    if low in DIGITS:
        value, length = DIGITS[low], 1
    elif low in TEENS:
        value, length = TEENS[low], 1
    elif low in TENS:
        after = place + 1 + (line.low(place + 1) == "-")
        unit = DIGITS.get(line.low(after), "0") if line.low(after) not in {"oh", "o"} else "0"
        value = TENS[low][0] + unit
        length = after - place + 1 if unit != "0" else 1
    else:
        return "", 0
    after_word = line.low(place + length)
    if after_word == "hundred":
        return value + "00", length + 1
    if after_word == "thousand":
        return _thousands(line, place + length + 1, value, length + 1)
    return value, length


def _thousands(line: Line, place: int, value: str, length: int) -> tuple[str, int]:
    """Read what follows `two thousand`, so that `two thousand one` is 2001."""
    step = line.low(place) == "and"
    rest, more = read_number(line, place + step)
    if more and len(rest) <= 3:
        return value + rest.zfill(3), length + more + step
    return value + "000", length
