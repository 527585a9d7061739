"""How hard a text is to read: the Flesch-Kincaid grade, and the Szigriszt-Pazos ease for Spanish.

Kincaid and others 1975, Derivation of new readability formulas for Navy enlisted personnel.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_VOWELS = re.compile(r"[aeiouy]+")
_SENTENCE = re.compile(r"[.!?](?:\s|$)")


def syllables(word: str) -> int:
    """Count the syllables of an English word by its vowels; right for about nine words in ten."""
    word = word.lower().strip("'")
    groups = len(_VOWELS.findall(word))
    silent = word.endswith("e") and not word.endswith(("le", "ee", "ye")) and groups > 1
    silent = silent or (word.endswith("ed") and not word.endswith(("ted", "ded")) and groups > 1)
    return max(1, groups - silent)


def reading_grade(text: str) -> float | None:
    """Return the school grade (United States) that a text asks for; None without a word.

    Text without punctuation counts as one sentence, so its grade is too high: do not report it.
    """
    words = _WORD.findall(text.lower().replace("’", "'"))
    if not words:
        return None
    sentences = max(1, len(_SENTENCE.findall(text)))
    grade = 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    return round(grade, 1)


_SPANISH_WORD = re.compile(r"[a-záéíóúüñ]+")
_SPANISH_VOWELS = re.compile(r"[aeiouáéíóúü]+")
_STRONG = re.compile(r"[aeoáéíóú]")


def spanish_syllables(word: str) -> int:
    """Count the syllables of a Spanish word in small letters."""
    groups = _SPANISH_VOWELS.findall(word)
    return max(1, sum(max(1, len(_STRONG.findall(g))) for g in groups))


def spanish_ease(text: str) -> float | None:
    """Return how easily a Spanish text reads (Szigriszt-Pazos 1993); None without a word.

    55 to 65 is normal, 65 to 80 fairly easy, over 80 very easy (INFLESZ, Barrio-Cantalejo 2008).
    """
    words = _SPANISH_WORD.findall(text.lower())
    if not words:
        return None
    sentences = max(1, len(_SENTENCE.findall(text)))
    syllables_each = sum(map(spanish_syllables, words)) / len(words)
    return round(206.835 - 62.3 * syllables_each - len(words) / sentences, 1)
