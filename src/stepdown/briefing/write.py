"""`briefing.html` and `briefing.pdf`: written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from stepdown.briefing.document import build_document
from stepdown.briefing.html import to_html
from stepdown.briefing.pdf import to_pdf
from stepdown.evaluation.results import Results

HTML_NAME, PDF_NAME = "briefing.html", "briefing.pdf"


@dataclass(frozen=True, slots=True)
class BriefingFiles:
    """Where the briefing lies."""

    html: Path
    pdf: Path


def write_briefing(results: Results, folder: Path) -> BriefingFiles:
    """Write briefing.html and briefing.pdf into `folder`, made if needed.

    The same results give the same bytes. Nothing is written unless both could be made.
    """
    document = build_document(results)
    html, pdf = to_html(document).encode(), to_pdf(document)
    folder.mkdir(parents=True, exist_ok=True)
    return BriefingFiles(
        html=_replace(folder / HTML_NAME, html), pdf=_replace(folder / PDF_NAME, pdf)
    )


def _replace(path: Path, content: bytes) -> Path:
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(partial).chmod(0o644)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
    return path
