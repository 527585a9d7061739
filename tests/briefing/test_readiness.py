import datetime as dt
import io
from html.parser import HTMLParser

import pypdf
import pytest

from stepdown.briefing.readiness import readiness_html, readiness_pdf
from stepdown.retention.readiness import Item, readiness

DAY = dt.date(2026, 11, 15)
NOTE = "By an example, not by a law."


def made(units=40, people=12, topics=("All training", "De-escalation"), name="District {}"):
    items = []
    for u in range(units):
        for p in range(people):
            for topic in topics:
                state = "exempt" if p == 0 else "lapsed" if p == 1 else "ready"
                ends = DAY + dt.timedelta(days=31 if p == 2 else 81 if p == 3 else 400)
                items.append(
                    Item(f"{u}-{p}", name.format(u + 1), topic, state,
                         ends if state == "ready" else None,
                         ends - dt.timedelta(days=1) if p in (2, 3) else None)
                )  # fmt: skip
    return readiness(items, "Harbor City", DAY)


def pages(raw):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw)).pages]


@pytest.mark.parametrize("topics", [1, 8])
@pytest.mark.parametrize("paper", ["a4", "us-letter"])
def test_forty_units_stand_on_one_page(topics, paper):
    found = made(topics=[f"Topic {n}" for n in range(topics)])
    warnings = [f"No module counts for {', '.join(f'Topic {n}' for n in range(topics))}."]
    (text,) = pages(readiness_pdf(found, NOTE, warnings, paper))
    assert warnings[0] in " ".join(text.split())
    assert "District 40" in text
    assert "goes on overleaf" not in text
    assert "1 of 1" in text
    assert NOTE in " ".join(text.split())


def test_more_units_go_on_overleaf_and_the_page_says_so():
    texts = pages(readiness_pdf(made(units=120)))
    assert len(texts) > 1
    assert "The table of 120 units goes on overleaf." in " ".join(texts[0].split())
    assert "Overdue" in texts[1]
    assert "District 120" in texts[-1]


def test_page_and_file_say_the_same_numbers_with_their_denominators():
    found = made()
    text = " ".join(pages(readiness_pdf(found))[0].split())
    html = readiness_html(found)
    for said in (
        "320 of 440 people have done what is asked of them now (72%). 80 still owe hours, due "
        "between 15 December 2026 and 3 February 2027. 40 are overdue.",
        "40 within 60 days and 80 within 90 days will lapse unless they train",
        "40 people are exempt and counted in no share.",
        "still owing: 80",
        "overdue: 40",
        "this is no ranking",
    ):
        assert said in text
        assert said in html


def test_the_pdf_is_tagged_and_says_its_title_and_language():
    pdf = pypdf.PdfReader(io.BytesIO(readiness_pdf(made())))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert pdf.metadata.title == "Readiness of Harbor City, 15 November 2026"
    assert b"pdfuaid" in pdf.trailer["/Root"]["/Metadata"].get_data()


def test_small_groups_have_counts_and_no_share():
    text = pages(readiness_pdf(made(units=1, people=5)))[0]
    assert "1 of 4 people has done what is asked of them now." in " ".join(text.split())
    assert "%" not in text


def test_nobody_owing_and_nobody_overdue_is_said_as_such():
    found = readiness([Item("1", "North", "All training", "ready", None)], "Harbor City", DAY)
    said = "1 of 1 person has done what is asked of them now. Nobody is overdue."
    assert said in readiness_html(found)


def test_no_person_is_named():
    found = made(units=2)
    for person in found.lapsing:
        assert person.person not in readiness_html(found)


@pytest.mark.parametrize(
    "name",
    ["#panic()", "*b* $x$ @x", "<script>alert(1)</script>", "\u0645\u0631\u064a\u0645", "山田",
     "W" * 300, "", "\x00\x07", "a\u202eb", '"\\'],
)  # fmt: skip
def test_hostile_names_stay_text(name):
    items = [Item("1", name, name, "ready", None)]
    found = readiness(items, name, DAY)
    html = readiness_html(found, name)
    assert "<script" not in html
    assert "\x00" not in html
    assert len(pages(readiness_pdf(found, name))) == 1


def test_nobody_gives_a_page_that_says_so():
    found = readiness([], "Harbor City", DAY)
    assert "Nobody is asked for anything" in pages(readiness_pdf(found))[0]
    assert "Nobody is asked for anything" in readiness_html(found)


def test_the_same_counts_give_the_same_bytes():
    assert readiness_pdf(made()) == readiness_pdf(made())
    assert readiness_html(made()) == readiness_html(made())


def test_every_table_of_the_file_has_headings_for_rows_and_columns():
    class Tables(HTMLParser):
        def handle_starttag(self, tag, attributes):
            if tag == "th":
                heads.append(dict(attributes)["scope"])

    heads, reader = [], Tables()
    reader.feed(readiness_html(made()))
    assert heads.count("col") == 18
    assert heads.count("row") == 42
