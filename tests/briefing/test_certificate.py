import datetime as dt
import io
import random
from dataclasses import fields, replace

import pypdf
import pytest

from stepdown.briefing.certificate import (
    Certificate,
    certificate_digest,
    certificate_pdf,
    plain_serial,
    same_serial,
)
from stepdown.problems import InputProblems

D = dt.date
MADE = Certificate(
    "Ana María Ruiz", "Harbor City", "Crisis intervention", "2.1", 960, D(2026, 3, 2),
    D(2026, 3, 3), D(2026, 3, 4), ("Bo Li", "Cy Dent"), "c-1",
)  # fmt: skip


def page(certificate, check_at=""):
    (one,) = pypdf.PdfReader(io.BytesIO(certificate_pdf(certificate, check_at))).pages
    return " ".join(one.extract_text().split())


def test_the_paper_says_who_completed_what_when_and_with_whom():
    text = page(MADE, "https://x.org/certificates")
    for said in (
        "Ana María Ruiz", "Harbor City", "Crisis intervention", "Version 2.1", "16 hours",
        "2 to 3 March 2026", "Bo Li, Cy Dent", "4 March 2026", certificate_digest(MADE),
        "https://x.org/certificates",
    ):  # fmt: skip
        assert said in text


def test_the_pdf_is_tagged_and_says_its_title_and_language():
    pdf = pypdf.PdfReader(io.BytesIO(certificate_pdf(MADE)))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert pdf.metadata.title == "Certificate of completion: Ana María Ruiz, Crisis intervention"
    assert b"pdfuaid" in pdf.trailer["/Root"]["/Metadata"].get_data()


def test_the_serial_number_changes_with_everything_that_is_said():
    others = {
        "person": "Ana Maria Ruiz", "agency": "x", "programme": "x", "version": "2.2",
        "minutes": 959, "first_day": D(2026, 3, 1), "last_day": D(2026, 3, 2),
        "issued": D(2026, 3, 5), "instructors": ("Bo Li",), "record": "c-2", "number": "0042",
    }  # fmt: skip
    assert set(others) == {f.name for f in fields(Certificate)}
    serials = {certificate_digest(replace(MADE, **{k: v})) for k, v in others.items()}
    assert len(serials | {certificate_digest(MADE)}) == len(others) + 1


def test_the_agencys_number_of_the_person_and_a_line_for_a_signature_stand_on_the_paper():
    text = page(replace(MADE, number="0042"))
    assert "Number 0042" in text
    assert "Signature" in text
    assert "Number 0" not in page(MADE)


@pytest.mark.parametrize(("paper", "width"), [("a4", 841), ("us-letter", 792)])
def test_the_paper_is_that_of_the_agency(paper, width):
    raw = certificate_pdf(replace(MADE, number="0042"), "https://x.org/", paper)
    (one,) = pypdf.PdfReader(io.BytesIO(raw)).pages
    assert int(one.mediabox.width) == width


def test_the_serial_number_stays_the_same_from_version_to_version():
    assert certificate_digest(MADE) == "HKGR-GC43-PF3X-DLIC"


def test_a_name_typed_in_another_way_is_the_same_name():
    import unicodedata

    typed = replace(MADE, person=unicodedata.normalize("NFD", "Ana  María Ruiz "))
    assert certificate_digest(typed) == certificate_digest(MADE)


def test_a_serial_number_read_off_paper_is_recognised():
    serial = certificate_digest(MADE)
    assert len(plain_serial(serial)) == 16
    for typed in (serial, serial.lower(), serial.replace("-", " "), f" {serial}\n"):
        assert same_serial(MADE, typed)
    assert same_serial(MADE, serial.replace("O", "0").replace("I", "1").replace("B", "8"))
    for typed in ("", serial[:-1], serial + "A", "x" * 10_000, "山"):
        assert not same_serial(MADE, typed)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"person": ""}, "person"),
        ({"person": " \t"}, "person"),
        ({"person": "x" * 121}, "person"),
        ({"person": "a\u202eb"}, "person"),
        ({"person": "a\x00b"}, "person"),
        ({"person": "\ud800"}, "person"),
        ({"programme": ""}, "programme"),
        ({"version": "\n"}, "version"),
        ({"instructors": ("Bo", "")}, "instructor 2"),
        ({"instructors": ("Bo",) * 13}, "instructors"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 2_000 * 60 + 1}, "minutes"),
        ({"last_day": D(2026, 3, 1)}, "days"),
        ({"issued": D(2026, 3, 2)}, "days"),
    ],
)
def test_what_cannot_be_certified_is_refused(change, where):
    with pytest.raises(InputProblems) as error:
        replace(MADE, **change)
    assert [p.where for p in error.value.problems] == [where]


def test_everything_wrong_is_said_at_once():
    with pytest.raises(InputProblems) as error:
        replace(MADE, person="", agency="", minutes=-1)
    assert len(error.value.problems) == 3


CODE = [
    '#panic("x")', "#import sys", "*bold* _it_ $x$", "]#panic()[", "@ref <label>", "\\", '"',
    "// x", "/* x", "= Title", "`raw`", "~---", "{{ x }}", "<script>",
]  # fmt: skip
SCRIPTS = [
    "\u0645\u0631\u064a\u0645 \u0627\u0644\u062d\u0633\u0646\u064a",
    "\u05e9\u05e8\u05d4 \u05db\u05d4\u05df", "山田太郎", "\u0939\u093f\u0928\u094d\u0926\u0940",
    "Zoë", "\U0001f600 Smile", "W" * 120, "x y " * 30,
]  # fmt: skip


@pytest.mark.parametrize("name", CODE)
def test_code_in_a_name_is_set_as_text(name):
    assert " ".join(name.split()) in page(replace(MADE, person=name))


@pytest.mark.parametrize("name", SCRIPTS)
def test_names_of_every_script_and_length_stand_on_one_page(name):
    long = replace(MADE, person=name, programme=name, agency=name, instructors=(name,) * 12)
    assert certificate_digest(long) in page(long)
    raw = certificate_pdf(replace(long, number="9" * 64), "https://x.org/", "us-letter")
    assert len(pypdf.PdfReader(io.BytesIO(raw)).pages) == 1


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (D(2024, 2, 29), D(2024, 2, 29), "29 February 2024"),
        (D(2024, 2, 29), D(2024, 3, 1), "29 February to 1 March 2024"),
        (D(2023, 12, 30), D(2024, 1, 2), "30 December 2023 to 2 January 2024"),
    ],
)
def test_days_are_said_as_people_write_them(first, last, said):
    assert said in page(replace(MADE, first_day=first, last_day=last, issued=D(2024, 6, 1)))


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(1, "1 minute"), (45, "45 minutes"), (60, "1 hour"), (90, "1.5 hours"), (125, "2.08 hours")],
)
def test_hours_are_said_without_false_precision(minutes, said):
    assert f"Hours {said} Trained" in page(replace(MADE, minutes=minutes))


def test_the_same_certificate_gives_the_same_bytes():
    assert certificate_pdf(MADE) == certificate_pdf(MADE)


def certified(name):
    try:
        return replace(MADE, person=name)
    except InputProblems:
        return None


def test_random_names_never_break_a_certificate():
    chance = random.Random(4)
    made = 0
    for _ in range(100):
        name = "".join(chr(chance.choice([chance.randrange(32, 0x500), chance.randrange(0x110000)]))
                       for _ in range(chance.randint(1, 8)))  # fmt: skip
        if (certificate := certified(name)) is not None:
            assert certificate_pdf(certificate).startswith(b"%PDF")
            made += 1
    assert 10 < made < 90
