"""Signs in a text: the word around one of them, and those that nobody sees."""

from __future__ import annotations

import re
import unicodedata

NEAR = 20
_APART = re.compile(r"[\s,;|]")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"


def word_at(text: str, place: int) -> str:
    """Return the word around a place in a text; of a long one no more than NEAR to each side."""
    before = _APART.split(text[max(place - NEAR, 0) : place])[-1]
    return before + _APART.split(text[place : place + NEAR])[0]


def unseen(text: str) -> str:
    """Return the first sign of a text that nobody sees, or "" if all are seen.

    Those are controls, format signs, private and unassigned ones, and halves of signs; but not
    the joiners, which names in some scripts need.
    """
    return next((c for c in text if unicodedata.category(c) in _UNSEEN and c not in _JOINERS), "")
