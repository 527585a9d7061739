"""The evidence report as files: page, PDF, text, pictures and bibliography."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path

from stepdown.briefing.blocks import Document, Drawing, Figure
from stepdown.briefing.html import to_html
from stepdown.briefing.markdown import to_markdown
from stepdown.briefing.pdf import to_pdf
from stepdown.briefing.published.page import evidence_page
from stepdown.briefing.svg import for_print, written
from stepdown.evidence.bibtex import to_bibtex
from stepdown.evidence.table import Evidence, as_csv
from stepdown.problems import InputProblems, Problem
from stepdown.whole_file import write_whole

_SVG = "http://www.w3.org/2000/svg"


def write_report(evidence: Evidence, folder: Path) -> tuple[Path, ...]:
    """Write evidence.html, .pdf, .md, .csv and .bib and the pictures as SVG into `folder`.

    The same table gives the same bytes. Nothing is written unless all could be made.
    """
    document = evidence_page(evidence)
    made = {
        **readable_files(evidence, document),
        "evidence.pdf": to_pdf(document),
        "evidence.csv": as_csv(evidence.rows).encode(),
    }
    _free(folder, made)
    return tuple(write_whole(folder / name, content) for name, content in made.items())


def _free(folder: Path, names: Iterable[str]) -> None:
    """Raise InputProblems if something stands where a file or its folder is to be."""
    problems = []
    for name in names:
        path = folder / name
        blocked = [p for p in (path.parent, folder) if p.exists() and not p.is_dir()]
        if path.is_dir() or blocked:
            there = blocked[0] if blocked else path
            problems.append(
                Problem(str(there), "something else has this name", "room for the report",
                        "name another folder, or move it away")
            )  # fmt: skip
    if problems:
        raise InputProblems(folder.name, problems)


def readable_files(evidence: Evidence, document: Document) -> dict[str, bytes]:
    """Return the report as page, Markdown, bibliography and pictures, by name."""
    return {
        "evidence.html": to_html(document).encode(),
        "evidence.md": to_markdown(document).encode(),
        "evidence.bib": to_bibtex(evidence).encode(),
        **{f"figures/{d.id}.svg": alone(d, title).encode() for title, d in _drawings(document)},
    }


def alone(drawing: Drawing, title: str) -> str:
    """Return a drawing as an SVG of its own, with a title and a description for everybody."""
    root = ET.fromstring(for_print(drawing.wide))  # noqa: S314 - made a moment ago
    root.set("role", "img")
    root.set("aria-labelledby", "title desc")
    for place, (tag, text) in enumerate((("title", title), ("desc", drawing.alt))):
        element = ET.Element(f"{{{_SVG}}}{tag}", {"id": tag})
        element.text = text
        root.insert(place, element)
    return written(root)


def _drawings(document: Document) -> list[tuple[str, Drawing]]:
    figures = [document.picture] if document.picture else []
    figures += [b for s in document.sections for b in s.blocks if isinstance(b, Figure)]
    return [(figure.title, drawing) for figure in figures for drawing in figure.drawings]
