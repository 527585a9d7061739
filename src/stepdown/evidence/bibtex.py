"""The sources as BibTeX."""

from __future__ import annotations

from collections.abc import Iterable

from stepdown.evidence.study_row import StudyRow
from stepdown.evidence.table import Evidence

_ESCAPED = {c: f"\\{c}" for c in "&%$#_{}"} | {
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}",
}  # fmt: skip


def to_bibtex(evidence: Evidence) -> str:
    """Write one entry per publication: rows with the same title and authors share it."""
    entries: dict[tuple[str, str], list[StudyRow]] = {}
    for row in evidence.rows:
        entries.setdefault((row.authors, row.title), []).append(row)
    return "\n".join(_entry(rows) for rows in entries.values())


def _entry(rows: list[StudyRow]) -> str:
    first = rows[0]
    fields = {
        "author": " and ".join(f"{{{_escaped(a)}}}" for a in first.authors.split("; ")),
        "title": f"{{{_escaped(first.title)}}}",
        "year": str(first.year or ""),
        "doi": first.doi or "",
        "url": first.link,
        "note": _escaped(f"Rows: {', '.join(r.id for r in rows)}. Read: {_read(rows)}"),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{first.id},\n" + ",\n".join(lines) + "\n}\n"


def _read(rows: Iterable[StudyRow]) -> str:
    return "; ".join(dict.fromkeys(r.where_read for r in rows))


def _escaped(text: str) -> str:
    return "".join(_ESCAPED.get(c, c) for c in text)
