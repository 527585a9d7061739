from __future__ import annotations

import io
import xml.etree.ElementTree as ET

from pypdf import PdfReader

from stepdown.briefing.published.write import write_report
from stepdown.evidence.table import as_csv, read_evidence
from tests.briefing.published.conftest import Report

SVG = "{http://www.w3.org/2000/svg}"


def test_the_same_table_gives_the_same_bytes(reports: dict[str, Report], tmp_path) -> None:
    for path in write_report(read_evidence(), tmp_path):
        again = reports["shipped"].folder / path.relative_to(tmp_path)
        assert path.read_bytes() == again.read_bytes(), path.name


def test_every_picture_says_what_it_shows(reports: dict[str, Report]) -> None:
    pictures = sorted((reports["pooled"].folder / "figures").glob("*.svg"))
    assert len(pictures) == 8
    for path in pictures:
        root = ET.parse(path).getroot()
        assert root.get("role") == "img"
        named = [root.find(f"{SVG}title"), root.find(f"{SVG}desc")]
        assert all(e is not None and e.text for e in named), path.name
        text = path.read_text("utf-8")
        assert "#0" not in text.split("<desc")[0]
        assert "http" not in text.replace("http://www.w3.org", "")


def test_the_pdf_is_tagged_and_holds_claims_rows_and_links(reports: dict[str, Report]) -> None:
    pdf = PdfReader(io.BytesIO((reports["shipped"].folder / "evidence.pdf").read_bytes()))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    said = "".join(page.extract_text() for page in pdf.pages)
    assert "Nobody knows." in said
    assert "engel2022_lmpd_uof" in said.replace("\n", "")
    links = {
        a.get_object()["/A"]["/URI"]
        for page in pdf.pages
        for a in page.get("/Annots", [])
        if "/A" in a.get_object()
    }
    assert {r.link for r in reports["shipped"].evidence.rows} <= links


def test_the_table_beside_the_report_is_the_table(reports: dict[str, Report]) -> None:
    report = reports["pooled"]
    assert (report.folder / "evidence.csv").read_text("utf-8") == as_csv(report.evidence.rows)


def test_markdown_holds_every_row_with_an_anchor_and_its_link(reports: dict[str, Report]) -> None:
    text = reports["shipped"].markdown
    for row in reports["shipped"].evidence.rows:
        assert f'<a id="row-{row.id}"></a>' in text
        assert f"(<{row.link}>)" in text
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.endswith("|")
