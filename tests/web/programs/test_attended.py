import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Refused
from stepdown.web.policy import Role
from stepdown.web.programs import attended, attending
from stepdown.web.programs.audience import say
from stepdown.web.programs.models import Attendance
from stepdown.web.records.models import Member
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_programme, a_session, trainees


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR]


@pytest.fixture
def chief(here):
    return here.people[Role.COORDINATOR]


@pytest.fixture
def module(here):
    return a_module(here.agency)


@pytest.fixture
def programme(here, module):
    return a_programme(here.agency, "whole", module)


def held(here, teacher, module, minutes, days=7):
    session = a_session(here, module, NOW - timedelta(days=days), teacher)
    attending.note_present(teacher.actor(), session.id, minutes, NOW)
    return session


def rows(person, programme):
    content = attended.table(person.actor(), programme, NOW).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def test_each_session_of_a_person_has_a_row(here, teacher, chief, module, programme):
    (person,) = trainees(here, 1)
    Member.objects.create(agency=here.agency, person=person, number="0042")
    session = held(here, teacher, module, {person.id: 90})
    held(here, teacher, a_module(here.agency, "talking"), {person.id: 120}, days=5)
    first = Attendance.objects.get(session=session)
    (row,) = rows(chief, programme)
    assert row == {
        "number": "0042", "name": person.name, "unit": here.unit.name,
        "day": session.start.date().isoformat(), "module": "listening", "version": "1",
        "instructors": teacher.name, "minutes": "90", "how": "list", "corrected": "no",
    }  # fmt: skip
    Attendance.objects.create(
        session=session, person=person, minutes=60, how="list", supersedes=first, why="left early"
    )
    assert [(r["minutes"], r["corrected"]) for r in rows(chief, programme)] == [("60", "yes")]


def test_a_unit_s_teacher_gets_its_people_of_now_and_the_agency_s_coordinator_everybody(
    here, teacher, chief, module, programme
):
    stays, leaves, moves = trainees(here, 3)
    held(here, teacher, module, dict.fromkeys((stays.id, leaves.id, moves.id), 120))
    RoleGrant.objects.filter(person=leaves).update(suspended_at=NOW)
    RoleGrant.objects.filter(person=moves).update(unit=here.other_unit)
    assert [row["name"] for row in rows(teacher, programme)] == [stays.name]
    everybody = {row["name"]: row["unit"] for row in rows(chief, programme)}
    assert everybody == {stays.name: "Here 1", leaves.name: "", moves.name: "Here 2"}


def test_whoever_may_see_nobody_s_training_gets_none(here, elsewhere, programme):
    for person in (here.people[Role.ANALYST], here.people[Role.TRAINEE],
                   elsewhere.people[Role.COORDINATOR]):  # fmt: skip
        with pytest.raises(Refused):
            attended.table(person.actor(), programme, NOW)


def test_a_spreadsheet_computes_no_name(here, teacher, chief, module, programme):
    (person,) = trainees(here, 1)
    held(here, teacher, module, {person.id: 120})
    Person.objects.filter(pk=person.pk).update(name="=1+1")
    assert rows(chief, programme)[0]["name"] == "'=1+1"


def test_that_it_was_taken_is_noted_with_a_count_and_no_names(
    here, teacher, chief, module, programme
):
    people = trainees(here, 2)
    held(here, teacher, module, {person.id: 120 for person in people})
    rows(chief, programme)
    entry = Entry.objects.get(action="take attendance away as a table")
    assert (entry.kind, entry.record) == ("programme", str(programme.id))
    assert entry.detail == {"people": 2}


def test_the_page_of_the_programme_leads_to_it(here, chief, programme, browser_of):
    browser = browser_of(chief)
    to = f"/sessions/progress/{programme.id}/table/"
    assert to in browser.get(f"/sessions/progress/{programme.id}/").text
    answer = browser.get(to)
    assert answer["Content-Type"].startswith("text/csv")
    assert 'filename="attendance-whole-1.csv"' in answer["Content-Disposition"]


def test_more_people_ask_no_more_of_the_database(here, teacher, chief, module, programme):
    def asked():
        with CaptureQueriesContext(connection) as seen:
            rows(chief, programme)
        return len(seen)

    held(here, teacher, module, {person.id: 120 for person in trainees(here, 1)})
    few = asked()
    held(here, teacher, module, {person.id: 120 for person in trainees(here, 30, "u")}, days=6)
    assert asked() == few


def test_whom_it_does_not_count_is_not_in_it(here, teacher, chief, module, programme):
    other = a_programme(here.agency, "other", module, a_module(here.agency, "talking"))
    ours, theirs = trainees(here, 2)
    for person, of in ((ours, None), (theirs, other)):
        session = a_session(here, module, NOW - timedelta(days=9), teacher, programme=of)
        attending.note_present(teacher.actor(), session.id, {person.id: 60}, NOW)
    assert {row["name"] for row in rows(chief, programme)} == {ours.name, theirs.name}
    say(chief.actor(), here.agency.id, "whole", "chosen", [], "Nobody has to", NOW)
    assert [row["name"] for row in rows(chief, programme)] == [ours.name]
    assert Entry.objects.latest("number").detail == {"people": 1}
