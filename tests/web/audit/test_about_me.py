"""What others did with somebody's records of training is shown to them, and to nobody else."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stepdown.web.audit.models import Entry
from stepdown.web.audit.reading import about_me
from stepdown.web.policy import Role
from stepdown.web.privacy.export import export
from stepdown.web.programs import attending, exempting
from stepdown.web.programs.models import Exemption
from stepdown.web.records import certifying, crediting, examining
from stepdown.web.records.models import Certificate, Credit, Exam, Member
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_session
from tests.web.records.lessons import completing, rules, taught, trainee

LATER = NOW + timedelta(hours=3)
FILE = b"id,day,topic,minutes,what\n7,2026-01-05,talk,60,Course\n8,2026-01-05,talk,60,Course\n"


@pytest.fixture
def two(here):
    """Somebody with a record, and somebody else of the unit."""
    rules(here.agency)
    people = here.people[Role.TRAINEE], trainee(here.agency, here.unit, "Other One")
    for number, person in zip("78", people, strict=True):
        Member.objects.update_or_create(
            agency=here.agency, person=person, defaults={"number": number}
        )
    return people


def seen(person):
    """Return what others did, oldest first, apart from reading."""
    rows = about_me(person.pk).exclude(outcome="read").order_by("number")
    return [(row.action, row.kind, row.record) for row in rows]


def test_exams_noted_and_taken_back_are_seen_by_whoever_sat_them_alone(here, two):
    teacher = here.people[Role.INSTRUCTOR].actor()
    results = [examining.Result(person.pk, {"listening": 2}) for person in two]
    made = examining.note_exams(teacher, here.unit.pk, NOW.date(), results, NOW)
    mine = next(exam for exam in made if exam.person_id == two[0].pk)
    examining.take_back(teacher, mine.pk, NOW)
    assert {(kind, record) for _, kind, record in seen(two[0])} == {("exam", str(mine.pk))}
    assert [action for action, *_ in seen(two[0])][1] == "exam taken back"
    assert len(seen(two[1])) == 1


def test_exemptions_given_and_withdrawn_are_seen_by_whoever_has_them_alone(here, two):
    boss = here.people[Role.COORDINATOR].actor()
    row = exempting.exempt(boss, here.agency.pk, two[0].pk, "injury", NOW.date(), None, "", NOW)
    exempting.withdraw(boss, row.pk, NOW)
    assert [(kind, record) for _, kind, record in seen(two[0])] == [("exemption", str(row.pk))] * 2
    assert seen(two[1]) == []


def test_hours_from_a_file_are_seen_by_each_of_whom_it_speaks(here, two):
    boss = here.people[Role.COORDINATOR].actor()
    crediting.take_file(boss, here.agency.pk, FILE, NOW)
    for person in two:
        row = Credit.objects.get(person=person)
        assert [(kind, record) for _, kind, record in seen(person)] == [("person", str(person.pk))]
        assert about_me(person.pk).exclude(outcome="read").get().detail == {"credit": str(row.pk)}
    before = Entry.objects.count()
    crediting.take_file(boss, here.agency.pk, FILE, NOW)
    assert Entry.objects.exclude(outcome="read").filter(number__gt=before).count() == 0


def test_a_certificate_that_is_issued_or_looked_up_is_seen_by_whose_it_is(here, two):
    boss, person = here.people[Role.COORDINATOR].actor(), two[0]
    held = taught(here.agency)
    completing(held, here.unit, person, here.people[Role.INSTRUCTOR])
    [row] = certifying.issue(
        boss, here.agency.pk, held.programme.pk, [person.pk], NOW + timedelta(days=300)
    )
    certifying.look_up(boss, here.agency.pk, row.serial)
    found = about_me(person.pk).filter(kind="certificate", record=str(row.pk))
    assert [entry.action for entry in found] == ["look up a certificate"]
    assert about_me(person.pk).filter(detail={"certificate": str(row.pk)}).count() == 1
    assert not about_me(two[1].pk).filter(kind="certificate").exists()


def test_attendance_noted_and_corrected_is_seen_by_whose_it_is_alone(here, two, browser_of):
    person, teacher = here.people[Role.INSTRUCTOR], here.people[Role.INSTRUCTOR].actor()
    row = a_session(here, a_module(here.agency), NOW, person)
    attending.note_present(teacher, row.pk, {who.pk: 60 for who in two}, LATER)
    attending.note_present(teacher, row.pk, {who.pk: 60 for who in two}, LATER)
    entry = row.attendance.get(person=two[0])
    attending.correct(teacher, row.pk, entry.pk, 30, "Left early", LATER)
    assert [action for action, *_ in seen(two[0])] == [
        "note who was at a session", "correct who was at a session"
    ]  # fmt: skip
    assert [(a, k) for a, k, _ in seen(two[1])] == [("note who was at a session", "person")]
    assert {e.detail["session"] for e in about_me(two[0].pk)} == {str(row.pk)}
    page = browser_of(two[0]).get(reverse("readers")).content.decode()
    assert page.count("<td>who was at a session</td>") == 2


def test_the_page_names_what_each_entry_is_of_and_the_export_holds_it(here, two, browser_of):
    boss, teacher = here.people[Role.COORDINATOR].actor(), here.people[Role.INSTRUCTOR].actor()
    result = [examining.Result(two[0].pk, {"listening": 2})]
    examining.note_exams(teacher, here.unit.pk, NOW.date(), result, NOW)
    exempting.exempt(boss, here.agency.pk, two[0].pk, "injury", NOW.date(), None, "", NOW)
    crediting.take_file(boss, here.agency.pk, FILE, NOW)
    page = browser_of(two[0]).get(reverse("readers")).content.decode()
    for said in ("an exam", "an exemption", "hours from elsewhere"):
        assert f"<td>{said}</td>" in page
    packed = b"".join(export(two[0].actor(), two[0].pk, NOW))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        rows = json.loads(archive.read("what_others_did_with_my_record.json"))
    assert {"exam", "exemption", "person"} <= {row["kind"] for row in rows}


def test_the_number_of_queries_does_not_grow_with_records(here, two):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            list(about_me(two[0].pk))
        return len(queries)

    none = asked()
    for n in range(30):
        Exam.objects.create(unit=here.unit, person=two[0], day=date(2026, 1, n + 1), scores={})
        Exemption.objects.create(
            agency=here.agency, person=two[0], reason="injury", start=date(2026, 1, n + 1)
        )
    assert not Certificate.objects.exists()
    assert asked() == none <= 6
