"""The coder for a language: a network for English, rules for Spanish."""

from __future__ import annotations

from stepdown.kept import kept
from stepdown.technique.coder import Coder
from stepdown.technique.spanish import SpanishCoder

LANGUAGES = ("en", "es")


@kept
def coder_for(language: str) -> Coder | SpanishCoder:
    """Return the coder for a language, `en` or `es`. Raises ValueError for another."""
    if language == "es":
        return SpanishCoder()
    if language != "en":
        raise ValueError(f"no coder hears {language}: one of {', '.join(LANGUAGES)}")
    return Coder.load()
