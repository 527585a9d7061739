"""Cut a long turn into windows that the network can hear whole."""

from __future__ import annotations

import re

WORDS = 90
_WORD = re.compile(r"\S+")
_ENDS = (".", "?", "!", ";", '."', '?"', '!"')


def windows(text: str, words: int = WORDS) -> tuple[str, ...]:
    """Return the text, or its windows of at most `words` words, cut at the end of a sentence.

    Text without words has no window.
    """
    found = list(_WORD.finditer(text))
    if not any(c.isalnum() for c in text):
        return ()
    parts, start = [], 0
    while len(found) - start > words:
        stop = start + words
        ends = [n for n in range(start + words // 2, stop) if found[n].group().endswith(_ENDS)]
        stop = ends[-1] + 1 if ends else stop
        parts.append(text[found[start].start() : found[stop - 1].end()])
        start = stop
    parts.append(text[found[start].start() : found[-1].end()])
    return tuple(parts)
