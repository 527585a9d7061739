"""The programme as it is run: rosters, curricula, a draw, certificates, readiness."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from stepdown.web.policy import Role
from tests.web.e2e.hands import HANDS
from tests.web.e2e.seeing import examined
from tests.web.e2e.test_training import button, go, link, press, row_of
from tests.web.programs.texts import FIRST

BAD = """id,name,unit,start
N1,,Example Unit North,2026-01-05
N2,Noor New,,2026-01-05
N3,Robin New,Example Unit North,the fifth
N4,Rowan New,Example Unit South,2026-01-05
N4,Rowan Newer,Example Unit South,2026-01-05
"""
UNITS = {"mouse": "Example Unit South", "keyboard": "Example Unit East"}
LINE = "    text: Every trainee led at least one exercise.\n"
SERIAL = re.compile(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}")


def downloaded(page, hand, what):
    """Press a link to a file and return what was downloaded."""
    with page.expect_download() as found:
        hand.press(what)
    return Path(found.value.path()).read_bytes()


def give(page, name, text):
    """Choose a file; the window for it is the browser's own."""
    file = {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
    page.locator("main input[type=file]").set_input_files(file)


def edited(raw, way):
    """Return a roster with one joining, one moved and one left out, and the names of the three."""
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    rows = [row for row in rows if row["id"] and row["status"] == "active"]
    north = [row for row in rows if row["unit"] == "Example Unit North"]
    moved, left = [row for row in north if not row["name"].startswith("Example")][:2]
    moved["unit"] = "Example Unit West"
    rows.remove(left)
    joins = {**dict.fromkeys(moved, ""), "id": f"N-{way}", "name": f"Noor {way.title()}"}
    rows.append({**joins, "unit": "Example Unit West", "status": "active"})
    made = io.StringIO()
    writer = csv.DictWriter(made, fieldnames=list(moved))
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue(), joins["name"], moved["name"], left["name"]


def people(page):
    """Return how many serve, as the page of the roster says."""
    return int(re.match(r"\d+", page.locator("p.lead").inner_text())[0])


@pytest.mark.parametrize("way", HANDS)
def test_a_bad_roster_changes_nothing_and_a_good_one_does_what_was_shown(page_of, site, way):
    page = page_of(Role.AGENCY_ADMIN, proved=True)
    hand = HANDS[way](page)
    go(page, hand, site, "Programme", "Roster")
    before = people(page)
    give(page, "bad.csv", BAD)
    press(page, hand, button(page, "Look at it first"))
    page.get_by_text("nothing was changed").wait_for()
    wrong = page.locator("tbody").first.inner_text()
    for row, column in ((2, "name"), (3, "unit"), (4, "start"), (6, "id")):
        assert f"row {row}, column '{column}'" in wrong
    assert button(page, "Apply the roster").count() == 0
    press(page, hand, button(page, "Delete the file"))
    assert people(page) == before
    assert page.get_by_text("bad.csv").count() <= 1, "said to be deleted"

    take = link(page, "Take it away as a table (CSV)")
    text, joins, moves, leaves = edited(downloaded(page, hand, take), way)
    give(page, "good.csv", text)
    press(page, hand, button(page, "Look at it first"))
    for title, name in (("Who joins", joins), ("Who moves", moves), ("Who leaves", leaves)):
        shown = page.get_by_role("region", name=title).get_by_role("table")
        assert shown.locator("tbody tr").count() == 1, title
        assert name in shown.inner_text()
    press(page, hand, button(page, "Apply the roster"))
    assert people(page) == before
    listed = page.url.split("?")[0].split("#")[0]
    for name, found in ((joins, 1), (leaves, 0), (moves, 1)):
        page.goto(f"{listed}?q={name}")
        assert row_of(page, name).count() == found, name
    assert "Example Unit West" in row_of(page, moves).inner_text()
    page.goto(listed)
    hand.choose(page.locator("#who"), "left")
    press(page, hand, button(page, "Show"))
    link(page, leaves).wait_for()


@pytest.mark.parametrize("way", HANDS)
def test_a_curriculum_is_downloaded_changed_looked_at_and_published(page_of, site, way):
    page = page_of(Role.COORDINATOR, bypass_csp=True)
    hand = HANDS[way](page)
    title = "Crisis intervention and de-escalation"
    go(page, hand, site, "Programme", "Curriculum", title)
    number = int(page.locator("dl.plain dd").first.inner_text().partition(",")[0])
    text = downloaded(page, hand, link(page, "Download it as a file")).decode()
    said = f"Somebody asked what was missing, by {way}."
    reason = f"Asked for by those who train, by {way}"
    hand.press(link(page, "Publish the next one"))
    give(page, "broken.yaml", text.replace("\n  hours: ", "\n  hours: many ", 1))
    hand.write(page.get_by_label("Why this version comes"), reason)
    press(page, hand, button(page, "Look at it first"))
    page.get_by_role("alert").get_by_text("nothing was stored").wait_for()
    assert page.get_by_label("Why this version comes").input_value() == reason
    added = f"  - id: missing_{way}\n    text: {said}\n"
    give(page, "crisis_intervention.yaml", text.replace(LINE, LINE + added, 1))
    press(page, hand, button(page, "Look at it first"))
    page.get_by_text(f"This would be version {number + 1}").wait_for()
    page.locator(".changes .added", has_text=said).wait_for()
    assert page.locator(".changes li").count() == 1
    examined(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    press(page, hand, button(page, "Publish it"))
    page.get_by_role("heading", name=title, level=1).wait_for()
    assert page.locator("dl.plain dd").first.inner_text().startswith(f"{number + 1},")
    assert reason in page.locator("dl.plain").first.inner_text()
    press(page, hand, link(page, "What changed"))
    page.get_by_role("heading", name=f"From version {number} to version {number + 1}").wait_for()
    assert said in page.locator(".changes .added").inner_text()
    assert reason in page.locator("main").inner_text()


@pytest.mark.parametrize("way", HANDS)
def test_a_programme_for_one_unit_counts_nobody_of_another_as_missing(page_of, site, way):
    page = page_of(Role.COORDINATOR, bypass_csp=True)
    hand = HANDS[way](page)
    title, reason = f"At roll call by {way}", f"For those who answer calls, by {way}"
    go(page, hand, site, "Programme", "Curriculum")
    text = FIRST.replace("id: roll_call", f"id: roll_call_{way}")
    give(page, "roll_call.yaml", text.replace("Ten minutes at roll call", title))
    hand.write(page.get_by_label("Why this version comes"), reason)
    press(page, hand, button(page, "Look at it first"))
    press(page, hand, button(page, "Publish it"))
    steps = [link(page, "Sessions"), link(page, "Who has come how far"),
                link(page, f"Who has completed it {title} 1")]  # fmt: skip
    go(page, hand, site, "Programme")
    for step in steps:
        press(page, hand, step)
    address, ours = page.url, UNITS[way]
    other = "Example Unit North"
    missing = {unit: row_of(page, unit).inner_text() for unit in (ours, other)}
    assert all(re.search(r"\t0\t\d\t[1-9]", text) for text in missing.values()), missing

    press(page, hand, link(page, "Change whom it is for"))
    hand.press(page.get_by_role("radio", name=re.compile("the trainees of some units")))
    press(page, hand, button(page, "Say so"))
    page.get_by_role("alert").get_by_text("beside the field").wait_for()
    page.get_by_text("no unit; needed").wait_for()
    hand.press(page.get_by_role("checkbox", name=ours, exact=True))
    hand.write(page.get_by_label("Why it is for them"), reason)
    examined(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    press(page, hand, button(page, "Say so"))
    page.get_by_role("heading", name=title, level=1).wait_for()
    said = f"{ours}, and whoever is trained in the whole agency"
    assert said in page.locator("dl.plain").first.inner_text()

    page.goto(address)
    assert said in page.locator("main").inner_text()
    assert row_of(page, ours).inner_text() == missing[ours]
    assert row_of(page, other).count() == 0
    press(page, hand, link(page, "Change whom it is for"))
    hand.press(page.get_by_role("radio", name="everybody who is trained here"))
    hand.write(page.get_by_label("Why it is for them"), "Everybody, after all")
    press(page, hand, button(page, "Say so"))
    page.goto(address)
    assert row_of(page, other).inner_text() == missing[other]
    press(page, hand, link(page, "Change whom it is for"))
    assert reason in page.get_by_role("region", name="What was said").inner_text()


@pytest.mark.parametrize("way", HANDS)
def test_a_rollout_is_drawn_and_its_record_has_the_digest_that_is_shown(page_of, site, way):
    page = page_of(Role.COORDINATOR, bypass_csp=True)
    hand = HANDS[way](page)
    go(page, hand, site, "Programme", "Rollouts", "Draw a rollout")
    title = f"Rollout by {way}"
    hand.write(page.get_by_label("What people call it"), title)
    hand.choose(page.get_by_label("Programme"), "crisis_intervention")
    first = (datetime.now(UTC) + timedelta(30)).date()
    second = first + timedelta(60)
    hand.write(page.get_by_label("First day of wave 1"), first.isoformat())
    hand.write(page.get_by_label("First day of wave 2"), second.isoformat())
    hand.write(page.get_by_label("Seed"), "61142")
    trained = [page.get_by_role("checkbox", name=f"Example Unit {each}", exact=True)
               for each in ("East", "North", "South")]  # fmt: skip
    for box in trained:
        hint = page.locator(f"[id='{box.get_attribute('aria-describedby')}']")
        assert "Already trained in" in hint.inner_text()
        if not box.is_checked():
            hand.press(box)
    press(page, hand, button(page, "Look at it first"))
    told = page.get_by_role("alert").inner_text()
    for box in trained:
        assert box.evaluate("each => each.labels[0].innerText.trim()") in told
        hand.press(box)
    press(page, hand, button(page, "Look at it first"))
    page.get_by_role("heading", name="Look before you draw").wait_for()
    assert page.get_by_text("Example Unit East: Already trained in").count() == 1
    assert page.locator(".secret").count() == 0
    examined(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    press(page, hand, button(page, "Change something"))
    assert page.get_by_label("What people call it").input_value() == title
    press(page, hand, button(page, "Look at it first"))
    press(page, hand, button(page, "Draw now"))
    page.get_by_role("heading", name=title, level=1).wait_for()
    digest = page.locator(".secret").inner_text()
    assert re.fullmatch("[0-9a-f]{64}", digest)
    waves = page.locator("tbody tr td:nth-of-type(1)").all_inner_texts()
    assert sorted(waves) == ["1", "1", "2", "2"]
    record = downloaded(page, hand, link(page, "Download the record")).decode()
    assert digest in record
    assert "61142" in record
    press(page, hand, link(page, "Rollouts"))
    assert "4" in row_of(page, title).inner_text()


@pytest.mark.parametrize("way", HANDS)
def test_certificates_are_issued_to_a_unit_opened_and_looked_up(page_of, site, way):
    page = page_of(Role.COORDINATOR)
    hand = HANDS[way](page)
    title = "Crisis intervention and de-escalation, version 2"
    go(page, hand, site, "Programme", "Certificates", title)
    unit = page.locator("#unit option", has_text=UNITS[way]).get_attribute("value")
    due = page.locator("label.choice", has_text=UNITS[way]).count()
    before = page.get_by_role("region", name="Issued").locator("tbody tr").count()
    assert due
    hand.choose(page.locator("#unit"), unit)
    press(page, hand, button(page, "Issue to all of them"))
    issued = page.get_by_role("region", name="Issued").locator("tbody tr")
    assert issued.count() == before + due
    assert page.locator("label.choice", has_text=UNITS[way]).count() == 0
    paper = issued.first.get_by_role("link", name="(PDF)")
    name = paper.inner_text().removesuffix(" (PDF)")
    answer = page.request.get(site.address("") + paper.get_attribute("href"))
    assert answer.status == 200
    raw = downloaded(page, hand, paper)
    assert raw.startswith(b"%PDF")
    text = PdfReader(io.BytesIO(raw)).pages[0].extract_text()
    assert name in text
    press(page, hand, link(page, "Certificates"))
    hand.write(page.get_by_label("Serial number on the paper"), "AAAA-AAAA-AAAA-AAAA")
    press(page, hand, button(page, "Look it up"))
    page.get_by_text("The record holds no certificate with this number.").wait_for()
    hand.write(page.get_by_label("Serial number on the paper"), SERIAL.search(text)[0].lower())
    press(page, hand, button(page, "Look it up"))
    page.get_by_text("The record holds this certificate.").wait_for()
    assert name in page.locator("dl.plain").inner_text()


@pytest.mark.parametrize("way", HANDS)
def test_readiness_has_names_for_who_plans_and_none_for_who_counts(page_of, site, way):
    page = page_of(Role.COORDINATOR)
    hand = HANDS[way](page)
    go(page, hand, site, "Programme", "Readiness")
    page.get_by_text(re.compile(r"\d+ of \d+ people ha(s|ve) done what is asked")).wait_for()
    ready = page.locator("p.lead").inner_text()
    press(page, hand, link(page, "Whose hours are due, by name"))
    page.get_by_text("For planning sessions.").wait_for()

    page = page_of(Role.ANALYST)
    hand = HANDS[way](page)
    go(page, hand, site, "Programme", "Readiness")
    assert page.locator("p.lead").inner_text() == ready
    assert link(page, "Whose hours are due, by name").count() == 0
    assert "Example trainee" not in page.locator("main").inner_text()
    raw = downloaded(page, hand, link(page, "As a page to print (PDF)"))
    assert raw.startswith(b"%PDF")
    answer = page.goto(site.page("readiness_names"))
    assert answer.status == 403
    assert "Example trainee" not in page.content()
