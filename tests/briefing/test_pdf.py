from __future__ import annotations

import io

import pypdf
import pytest

from tests.briefing.conftest import Written


def reader(written: Written) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(written.files.pdf.read_bytes()))


@pytest.mark.parametrize("case", ["chicago", "simulated", "observational", "hostile"])
def test_the_pdf_is_tagged_and_says_its_title_and_language(
    written: dict[str, Written], case: str
) -> None:
    pdf = reader(written[case])
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None
    assert pdf.metadata.title
    assert b"pdfuaid" in root["/Metadata"].get_data()


def test_every_page_carries_its_number(written: dict[str, Written]) -> None:
    pdf = reader(written["chicago"])
    count = len(pdf.pages)
    assert 4 <= count <= 12
    for number, page in enumerate(pdf.pages, 1):
        assert f"{number} of {count}" in page.extract_text()


@pytest.mark.parametrize(
    ("case", "label"),
    [("observational", "Not a test of cause and effect"), ("simulated", "Simulated data")],
)
def test_every_page_carries_the_label(written: dict[str, Written], case: str, label: str) -> None:
    for page in reader(written[case]).pages:
        assert label in page.extract_text()


def test_page_one_is_the_answer_and_names_the_detectable_change_first(
    written: dict[str, Written],
) -> None:
    text = reader(written["chicago"]).pages[0].extract_text()
    assert "This rollout cannot tell whether training changed force." in text
    assert "Before you rely on this" in text
    assert text.index("likely to be seen here") < text.index("best estimate is")


def test_hostile_text_is_set_as_text(written: dict[str, Written]) -> None:
    text = reader(written["hostile"]).pages[0].extract_text()
    assert "<script>" in text
    assert "#import" in text
    assert "*b*" in text


def test_only_the_fonts_of_typst_are_used(written: dict[str, Written]) -> None:
    fonts = set()
    for page in reader(written["chicago"]).pages:
        fonts |= {
            str(font.get_object()["/BaseFont"]).split("+")[-1]
            for font in page["/Resources"]["/Font"].values()
        }
    assert all(f.startswith(("LibertinusSerif", "DejaVuSansMono", "NewCM")) for f in fonts)
