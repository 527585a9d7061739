"""Text and values → a tagged PDF (PDF/UA-1), set by typst with the fonts it carries."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from importlib.resources import files
from typing import Any, Literal

import typst

Paper = Literal["a4", "us-letter"]
"""A size of paper, as typst calls it."""
TIMESTAMP = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""Fixed, so that the same results give the same bytes."""

_LONG_WORD = 24
_PROBE = (
    b'#set document(title: "-")\n#set text(font: "Libertinus Serif", lang: "en")\n#sys.inputs.data'
)


def typeset(template: str, values: Any, fonts_of_machine: bool = False) -> bytes:
    """Set a template of ours with values. All of them enter as data: none is read as markup.

    Characters for which typst carries no glyph are written as their code, such as ‹U+6F22›; with
    `fonts_of_machine` the fonts installed are tried before.
    """
    source = files("stepdown.briefing").joinpath(f"templates/{template}").read_bytes()
    data = json.dumps(values, ensure_ascii=False)
    missing: set[str] = set()
    for own_only in (True, False) if fonts_of_machine else (True,):
        try:
            return _compile(source, data, own_only)
        except typst.TypstError:
            missing = unprintable(sorted({c for c in data if ord(c) > 0x7E}), own_only)
            if not missing:
                raise
    return _compile(source, spelled_out(data, missing), not fonts_of_machine)


def _compile(template: bytes, data: str, own_only: bool = True) -> bytes:
    pdf = typst.compile(
        template,
        format="pdf",
        sys_inputs={"data": data},
        ignore_system_fonts=own_only,
        pdf_standards=["ua-1"],
        timestamp=TIMESTAMP,
    )
    if not isinstance(pdf, bytes):  # pragma: no cover - only other formats give pages
        raise TypeError("typst gave no single PDF")
    return pdf


def unprintable(characters: list[str], own_only: bool = True) -> set[str]:
    """Find the characters for which there is no glyph, by halving."""
    if not characters:
        return set()
    try:
        _compile(_PROBE, " ".join(characters), own_only)
    except typst.TypstError:
        if len(characters) == 1:
            return set(characters)
        half = len(characters) // 2
        return unprintable(characters[:half], own_only) | unprintable(characters[half:], own_only)
    return set()


def spelled_out(text: str, characters: Iterable[str]) -> str:
    """Write characters without a glyph as their code, such as ‹U+6F22›."""
    return text.translate({ord(c): f"‹U+{ord(c):04X}›" for c in characters})


def breakable(text: str) -> str:
    """Let very long words break at the end of a line."""
    return " ".join(_broken(word) for word in text.split(" "))


def _broken(word: str) -> str:
    if len(word) <= _LONG_WORD:
        return word
    return "\u200b".join(word[i : i + _LONG_WORD] for i in range(0, len(word), _LONG_WORD))
