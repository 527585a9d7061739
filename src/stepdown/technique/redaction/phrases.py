"""Lists of words as they are written in these rules: in one string, to be read and corrected."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """Return the phrases of a text, which `|` sets apart."""
    return frozenset(text.split("|"))


def numbered(text: str, first: int) -> dict[str, int]:
    """Number the words of a text from `first` on."""
    return {word: n for n, word in enumerate(text.split(), start=first)}
