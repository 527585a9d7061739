"""`same_scene.html` and `same_scene.pdf`: written whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from stepdown.briefing.html import to_html
from stepdown.briefing.pdf import to_pdf
from stepdown.briefing.same_scene.page import same_scene_page
from stepdown.evaluation.same_scene.results import SameSceneResults
from stepdown.whole_file import write_whole


def write_page(
    results: SameSceneResults, folder: Path, names: Mapping[int, str] | None = None
) -> tuple[Path, Path]:
    """Write the page as HTML and PDF into `folder`; the same results give the same bytes."""
    document = same_scene_page(results, names)
    html, pdf = to_html(document).encode(), to_pdf(document)
    return (
        write_whole(folder / "same_scene.html", html),
        write_whole(folder / "same_scene.pdf", pdf),
    )
