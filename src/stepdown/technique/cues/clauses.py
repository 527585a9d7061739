"""Cut a turn into clauses, with the places they stand at, whether or not it is punctuated."""

from __future__ import annotations

import re
from dataclasses import dataclass

APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"'})
_CLAUSE = re.compile(r"[^.?!;\n]+[.?!;\n]*")
_FILLERS = re.compile(
    r"^(?:(?:\s|[-–—,.…\"'])*(?:okay|ok|alright|all right|right|so|and|but|well|um+|uh+|er+|ah+|oh|"
    r"mm+|hm+|mm-?hm+|uh-?huh|yeah|yes|yep|no|now|then|like|you know|i mean|look|listen|hey|hi|"
    r"hello|please|sir|ma'?am|sorry|just|first|sure|great|good|cause|because|also)\b(?!'))*"
    r"(?:\s|[-–—,.…\"'])*"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its words in lower case, and where they stand in the turn."""

    text: str
    start: int
    asks: bool

    @property
    def end(self) -> int:
        """The place after the last character."""
        return self.start + len(self.text)


def plain(text: str) -> str:
    """Return the text in lower case with straight quotes; every character keeps its place."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lowered.translate(APOSTROPHES)


def clauses(text: str) -> tuple[Clause, ...]:
    """Cut plain text at its punctuation; fillers at the front of each clause are left out."""
    found = []
    for match in _CLAUSE.finditer(text):
        body = match.group()
        skip = _FILLERS.match(body)
        lead = skip.end() if skip else 0
        words = body[lead:].rstrip(" .?!;\n\"'")
        if words:
            found.append(Clause(words, match.start() + lead, "?" in body))
    return tuple(found)
