"""The document as a tagged PDF (PDF/UA-1)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from stepdown.briefing.blocks import Document, Drawing, Figure
from stepdown.briefing.svg import for_print
from stepdown.briefing.typeset import breakable, typeset


def to_pdf(document: Document) -> bytes:
    """Set the document. All of it enters as data: no text of a study is read as markup."""
    return typeset("briefing.typ", _payload(document))


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
        return breakable(value)
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k not in _SVG_FIELDS}
        return {k: v if k in _WHOLE else _breakable(v) for k, v in kept.items()}
    if isinstance(value, list | tuple):
        return [_breakable(v) for v in value]
    return value


_WHOLE = frozenset({"links"})
_SVG_FIELDS = frozenset({"wide", "narrow"}) & set(Drawing.__dataclass_fields__)
