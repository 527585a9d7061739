"""`briefing.html` and `briefing.pdf`: written whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stepdown.briefing.document import build_document
from stepdown.briefing.html import to_html
from stepdown.briefing.pdf import to_pdf
from stepdown.evaluation.results import Results
from stepdown.evaluation.same_scene.results import SameSceneResults
from stepdown.evidence.table import Evidence
from stepdown.whole_file import write_whole

HTML_NAME, PDF_NAME = "briefing.html", "briefing.pdf"


@dataclass(frozen=True, slots=True)
class BriefingFiles:
    """Where the briefing lies."""

    html: Path
    pdf: Path


def write_briefing(
    results: Results,
    folder: Path,
    evidence: Evidence | None = None,
    same_scene: SameSceneResults | None = None,
) -> BriefingFiles:
    """Write briefing.html and briefing.pdf into `folder`, made if needed.

    The same results, `evidence` (the shipped table if not given) and `same_scene` (a chapter, if
    given) give the same bytes. Nothing is written unless both could be made.
    """
    document = build_document(results, evidence, same_scene)
    html, pdf = to_html(document).encode(), to_pdf(document)
    return BriefingFiles(
        html=write_whole(folder / HTML_NAME, html), pdf=write_whole(folder / PDF_NAME, pdf)
    )
