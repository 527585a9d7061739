"""The document as a tagged PDF (PDF/UA-1), set by typst with the fonts it carries."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import asdict
from importlib.resources import files
from typing import Any

import typst

from stepdown.briefing.blocks import Document, Drawing, Figure
from stepdown.briefing.svg import for_print

TIMESTAMP = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""Fixed, so that the same results give the same bytes."""

_LONG_WORD = 24
_PROBE = (
    b'#set document(title: "-")\n#set text(font: "Libertinus Serif", lang: "en")\n#sys.inputs.data'
)


def to_pdf(document: Document) -> bytes:
    """Set the document. All of it enters as data: no text of a study is read as markup."""
    template = files("stepdown.briefing").joinpath("templates/briefing.typ").read_bytes()
    data = json.dumps(_payload(document), ensure_ascii=False)
    try:
        return _compile(template, data)
    except typst.TypstError:
        missing = _unprintable(sorted({c for c in data if ord(c) > 0x7E}))
        if not missing:
            raise
    return _compile(template, _spelled_out(data, missing))


def _compile(template: bytes, data: str) -> bytes:
    pdf = typst.compile(
        template,
        format="pdf",
        sys_inputs={"data": data},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=TIMESTAMP,
    )
    if not isinstance(pdf, bytes):  # pragma: no cover - only other formats give pages
        raise TypeError("typst gave no single PDF")
    return pdf


def _unprintable(characters: list[str]) -> set[str]:
    """Find the characters for which typst carries no glyph, by halving."""
    if not characters:
        return set()
    try:
        _compile(_PROBE, " ".join(characters))
    except typst.TypstError:
        if len(characters) == 1:
            return set(characters)
        half = len(characters) // 2
        return _unprintable(characters[:half]) | _unprintable(characters[half:])
    return set()


def _spelled_out(text: str, characters: Iterable[str]) -> str:
    """Write characters without a glyph as their code, such as ‹U+6F22›."""
    return text.translate({ord(c): f"‹U+{ord(c):04X}›" for c in characters})


def _payload(document: Document) -> dict[str, Any]:
    payload: dict[str, Any] = _breakable(asdict(document, dict_factory=dict))
    payload["title_plain"] = document.title
    figures = [document.picture] if document.picture else []
    figures += [b for s in document.sections for b in s.blocks if isinstance(b, Figure)]
    payload["drawings"] = {
        drawing.id: for_print(drawing.wide) for figure in figures for drawing in figure.drawings
    }
    return payload


def _breakable(value: Any) -> Any:
    """Let very long words break at the end of a line; drawings pass apart, addresses whole."""
    if isinstance(value, str):
        return " ".join(_broken(word) for word in value.split(" "))
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k not in _SVG_FIELDS}
        return {k: v if k in _WHOLE else _breakable(v) for k, v in kept.items()}
    if isinstance(value, list | tuple):
        return [_breakable(v) for v in value]
    return value


_WHOLE = frozenset({"links"})
_SVG_FIELDS = frozenset({"wide", "narrow"}) & set(Drawing.__dataclass_fields__)


def _broken(word: str) -> str:
    if len(word) <= _LONG_WORD:
        return word
    return "\u200b".join(word[i : i + _LONG_WORD] for i in range(0, len(word), _LONG_WORD))
