"""What changed within a text, word by word, with as much around it as a reader needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

AROUND = 8
"""Words of what stayed that are shown before and after what changed."""
LONGEST = 400
"""Characters of one piece that are shown."""
MOST_COMPARED = 40_000
"""Words before times words after; where more differ, all of it counts as changed."""
_Run = tuple[bool, int, int, int, int]
"""Whether words stayed, and where they begin and end before and after."""
_WORD = re.compile(r"[^ ]{1,24} ?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: one that stayed, was removed or added, or is left out of what is shown."""

    kind: Literal["same", "removed", "added", "left_out"]
    text: str = ""


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Return two texts as one run of pieces; what stayed far from any change is left out.

    Spaces and line breaks do not count: texts that differ in them alone give no piece.
    """
    old, new = (_WORD.findall(" ".join(text.split())) for text in (before, after))
    found: list[Piece] = []
    runs = _runs(old, new)
    if all(same for same, *_places in runs):
        return ()
    for n, (same, i, j, k, m) in enumerate(runs):
        if same:
            found += _around(new[k:m], first=n == 0, last=n == len(runs) - 1)
            continue
        changed = (Piece("removed", _short(old[i:j])), Piece("added", _short(new[k:m])))
        found += [piece for piece in changed if piece.text]
    return tuple(found)


def _runs(old: list[str], new: list[str]) -> list[_Run]:
    """Return what stayed and what did not, in order."""
    one, other = ([word.rstrip() for word in words] for words in (old, new))
    start = _shared(one, other)
    end = _shared(one[start:][::-1], other[start:][::-1])
    i, j = len(one) - end, len(other) - end
    found: list[_Run] = [(True, 0, start, 0, start)]
    if (i - start) * (j - start) > MOST_COMPARED:
        found.append((False, start, i, start, j))
    else:
        matcher = SequenceMatcher(None, one[start:i], other[start:j], autojunk=False)
        found += [
            (kind == "equal", start + a, start + b, start + c, start + d)
            for kind, a, b, c, d in matcher.get_opcodes()
        ]
    found.append((True, i, len(one), j, len(other)))
    return [run for run in found if run[1] < run[2] or run[3] < run[4]]


def _shared(one: list[str], other: list[str]) -> int:
    """Return how many words both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _around(words: list[str], *, first: bool, last: bool) -> list[Piece]:
    """Return of what stayed that which stands beside a change."""
    head = [] if first else words[:AROUND]
    tail = [] if last else words[max(len(words) - AROUND, len(head)) :]
    if len(head) + len(tail) == len(words):
        return [Piece("same", "".join(words))]
    shown = (Piece("same", "".join(head)), Piece("left_out"), Piece("same", "".join(tail)))
    return [piece for piece in shown if piece.text or piece.kind == "left_out"]


def _short(words: list[str]) -> str:
    text = "".join(words)
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
