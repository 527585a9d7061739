from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.policy import Role
from stepdown.web.programs import attending, scheduling, taught
from stepdown.web.programs.models import Attendance
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_session, trainees

EVENING = datetime(2026, 3, 3, 2, tzinfo=UTC)
"""In Chicago it is still the day before."""


@pytest.fixture
def teacher(here):
    here.agency.zone = "America/Chicago"
    here.agency.save()
    return here.people[Role.INSTRUCTOR]


def noted(session, teacher, minutes):
    later = session.start + timedelta(hours=3)
    attending.note_present(teacher.actor(), session.id, minutes, later)


def test_minutes_are_credited_on_the_day_of_the_agency_by_the_entry_that_counts(here, teacher):
    one, two, three = trainees(here, 3)
    module = a_module(here.agency)
    session = a_session(here, module, EVENING, teacher)
    noted(session, teacher, {one.id: 120, two.id: 90, three.id: 10})
    for person, minutes in ((two, 30), (three, 0)):
        wrong = session.attendance.get(person=person)
        attending.correct(teacher.actor(), session.id, wrong.id, minutes, "A mistake", NOW
                          + timedelta(days=3))  # fmt: skip
    rows = sorted(taught.credited(here.agency.id), key=lambda row: -row.minutes)
    assert [(row.person, row.minutes) for row in rows] == [(one.id, 120), (two.id, 30)]
    assert {(row.day, row.module, row.version, row.session) for row in rows} == {
        (date(2026, 3, 2), "listening", 1, session.id)
    }
    assert [row.person for row in taught.credited(here.agency.id, [two.id])] == [two.id]


def test_who_was_there_for_half_of_it_rehearsed_what_it_taught(here, teacher):
    one, two = trainees(here, 2)
    session = a_session(here, a_module(here.agency), EVENING, teacher)
    noted(session, teacher, {one.id: 60, two.id: 59})
    (row,) = taught.taught_rehearsals(here.agency.id)
    assert (row.person, row.techniques, row.day) == (one.id, ("listen",), date(2026, 3, 2))
    assert taught.taught_rehearsals(here.agency.id, since=date(2026, 3, 2)) == [row]
    assert taught.taught_rehearsals(here.agency.id, since=date(2026, 3, 3)) == []
    assert taught.taught_rehearsals(here.agency.id, people=[two.id]) == []


def test_a_cancelled_session_and_another_agency_count_nowhere(here, elsewhere, teacher):
    (one,) = trainees(here, 1)
    module = a_module(here.agency)
    session = a_session(here, module, EVENING, teacher)
    # As if somebody had noted it while another cancelled it.
    Attendance.objects.create(
        session=session, person=one, minutes=60, how="list", recorded_by=teacher, recorded=EVENING
    )
    scheduling.Session.objects.filter(pk=session.id).update(cancelled_at=NOW, cancelled_why="x")
    there = a_session(elsewhere, a_module(elsewhere.agency), EVENING, teacher)
    Attendance.objects.create(
        session=there, person=one, minutes=60, how="list", recorded_by=teacher, recorded=EVENING
    )
    assert taught.credited(here.agency.id) == []
    assert taught.taught_rehearsals(here.agency.id) == []
    assert taught.record(here.agency.id).sessions == ()
    a_session(here, module, NOW + timedelta(days=9), teacher, make_up_of=session)
    record = taught.record(here.agency.id)
    assert {UUID(s.id) for s in record.sessions} >= {session.id}
    assert record.attendance == ()
    assert session.id not in {UUID(s.id) for s in taught.sessions(here.agency.id)}


def test_ids_are_those_that_everybody_else_writes(here, teacher):
    (one,) = trainees(here, 1)
    session = a_session(here, a_module(here.agency), EVENING, teacher)
    noted(session, teacher, {one.id: 60})
    (entry,) = taught.record(here.agency.id).attendance
    assert (entry.session, entry.person) == (str(session.id), str(one.id))


def test_next_are_the_sessions_of_ones_unit_and_for_everybody(here, elsewhere, teacher):
    module = a_module(here.agency)
    day = timedelta(days=1)
    whole = a_session(here, module, NOW + day, teacher, everybody=True)
    runs = a_session(here, module, NOW - timedelta(minutes=60), teacher)
    a_session(here, module, NOW - timedelta(minutes=120), teacher)
    side = a_session(here, module, NOW + day, unit=here.other_unit)
    gone = a_session(here, module, NOW + day, teacher, cancelled_at=NOW)
    a_session(elsewhere, a_module(elsewhere.agency), NOW + day, everybody=True)
    trainee = here.people[Role.TRAINEE]
    assert taught.next_sessions(trainee.id, NOW) == [runs, whole]
    assert taught.to_teach(teacher.id, NOW) == [runs, whole]
    assert taught.sessions_of_unit(here.unit.id, NOW) == [runs, *sorted(
        (gone, whole), key=lambda s: s.id)]  # fmt: skip
    everywhere = Person.objects.create_user("e@here.example", "Everywhere")
    RoleGrant.objects.create(person=everywhere, role=Role.TRAINEE, agency=here.agency)
    assert set(taught.next_sessions(everywhere.id, NOW)) == {runs, whole, side}
    trainee.grants.update(suspended_at=NOW)
    assert taught.next_sessions(trainee.id, NOW) == []


def test_the_number_of_queries_does_not_depend_on_how_many_were_taught(here, teacher):
    people = trainees(here, 30)
    module = a_module(here.agency)

    def queries(read):
        with CaptureQueriesContext(connection) as found:
            read()
        return len(found)

    reads = (
        lambda: taught.credited(here.agency.id), lambda: taught.taught_rehearsals(here.agency.id),
        lambda: taught.next_sessions(people[0].id, NOW),
    )  # fmt: skip
    noted(a_session(here, module, EVENING, teacher), teacher, {people[0].id: 60})
    few = [queries(read) for read in reads]
    for n in range(8):
        session = a_session(here, module, EVENING + timedelta(days=n), teacher)
        noted(session, teacher, dict.fromkeys((p.id for p in people), 60))
    assert [queries(read) for read in reads] == few


def test_a_make_up_is_to_come_for_those_who_were_not_there_for_all_of_the_session(here, teacher):
    module = a_module(here.agency)
    here_for_all, for_half, away = trainees(here, 3)
    missed = a_session(here, module, NOW - timedelta(days=2), teacher)
    noted(missed, teacher, {here_for_all.id: 120, for_half.id: 60})
    again = a_session(here, module, NOW + timedelta(days=1), teacher, make_up_of=missed)
    assert taught.next_sessions(here_for_all.id, NOW) == []
    assert taught.next_sessions(for_half.id, NOW) == [again]
    assert taught.next_sessions(away.id, NOW) == [again]


def test_noted_minutes_are_those_of_the_entry_that_counts(here, teacher):
    session = a_session(here, a_module(here.agency), NOW - timedelta(minutes=5), teacher)
    one, other = trainees(here, 2)
    noted(session, teacher, {one.id: 60})
    entry = session.attendance.get()
    attending.correct(teacher.actor(), session.id, entry.id, 0, "Another room", NOW)
    assert taught.noted_at(one.id, [session]) == {session.id: 0}
    assert taught.noted_at(other.id, [session]) == {}
