"""A line of speech → its words, numbers and marks, each with its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from stepdown.technique.redaction.spans import KINDS

_MASK = rf"\[(?:{'|'.join(KINDS)})\]"
_TOKEN = re.compile(rf"(?P<mask>{_MASK})|(?P<word>[\w\u0300-\u036f]+(?:['’][^\W\d_]+)*)|[^\s\w]")
_OTHER = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "ı": "i"})


def fold(word: str) -> str:
    """Write a word in lower case, without accents and apostrophes."""
    plain = unicodedata.normalize("NFKD", word.lower().translate(_OTHER))
    return "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’")


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, mark or earlier mask at start..end-1 of the text.

    `low` is the word in lower case; `key` is it folded and without 's; `core` is where it ends
    without 's.
    """

    text: str
    start: int
    end: int
    kind: Literal["word", "number", "mixed", "mark", "mask"]
    low: str
    key: str
    core: int

    @property
    def capital(self) -> bool:
        """Whether it starts with a capital."""
        return self.text[:1].isupper()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text: its tokens, and whether capitals mean anything in it."""

    tokens: tuple[Token, ...]
    cased: bool

    def low(self, place: int) -> str:
        """Return the word at a place in lower case, "" outside the line."""
        return self.tokens[place].low if 0 <= place < len(self.tokens) else ""

    def kind(self, place: int) -> str:
        """Return the kind at a place, "" outside the line."""
        return self.tokens[place].kind if 0 <= place < len(self.tokens) else ""

    def starts_sentence(self, place: int) -> bool:
        """Whether the token opens the line or follows the end of a sentence or a quote mark."""
        initial = self.low(place - 1) == "." and len(self.low(place - 2)) == 1 and place > 1
        return place == 0 or (self.low(place - 1) in _OPENERS and not initial)


_OPENERS = frozenset('.?!:;…"“”-–—>*')


def read_lines(text: str) -> Iterator[Line]:
    """Give the lines of a text; places count from the start of the text."""
    start = 0
    for part in text.splitlines(keepends=True):
        tokens = tuple(_token(match, start) for match in _TOKEN.finditer(part))
        yield Line(tokens, _cased(tokens))
        start += len(part)


def _token(match: re.Match[str], offset: int) -> Token:
    text, start, end = match[0], match.start() + offset, match.end() + offset
    low = text.lower().replace("’", "'")
    if match["mask"]:
        return Token(text, start, end, "mask", text, "", end)
    if not match["word"]:
        return Token(text, start, end, "mark", text, "", end)
    core = end - 2 if low.endswith("'s") and len(low) > 2 else end
    letters = fold(text[: core - start])
    if text.isdigit():
        return Token(text, start, end, "number", low, letters, core)
    kind: Literal["word", "mixed"] = "mixed" if any(c.isdigit() for c in text) else "word"
    return Token(text, start, end, kind, low, letters, core)


def _cased(tokens: tuple[Token, ...]) -> bool:
    """Tell whether a line has capitals for a reason: not none, not all, not only `I`."""
    words = [t for t in tokens if t.kind == "word" and not t.low.startswith(("i'", "i’"))]
    masks = any(t.kind == "mask" for t in tokens)
    words = [t for t in words if t.low != "i"]
    capitals = sum(t.capital for t in words)
    shouted = sum(t.text.isupper() and len(t.text) > 1 for t in words)
    if words and shouted == len(words):
        return False
    return capitals > 0 or (masks and any(t.text == "I" for t in tokens))
