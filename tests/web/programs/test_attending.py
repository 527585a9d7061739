import uuid
from datetime import timedelta

import pytest

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.programs import attending, expecting, rescheduling
from stepdown.web.programs.models import Attendance
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_session, trainees

LATER = NOW + timedelta(minutes=130)


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR]


@pytest.fixture
def session(here, teacher):
    return a_session(here, a_module(here.agency), NOW, teacher)


@pytest.fixture(autouse=True)
def since_long(here):
    RoleGrant.objects.update(since=NOW - timedelta(days=400))


@pytest.fixture
def three(here):
    found = trainees(here, 3)
    RoleGrant.objects.update(since=NOW - timedelta(days=400))
    return found


def counting(session):
    return {e.person_id: e.minutes for e in attending.counting(session.attendance.all())}


def test_expected_are_the_trainees_of_the_unit_and_of_its_whole_agency(here, session, three):
    whole = Person.objects.create_user("w@here.example", "Z whole")
    RoleGrant.objects.create(person=whole, role=Role.TRAINEE, agency=here.agency)
    side = Person.objects.create_user("s@here.example", "Side")
    RoleGrant.objects.create(
        person=side, role=Role.TRAINEE, agency=here.agency, unit=here.other_unit
    )
    gone = Person.objects.create_user("g@here.example", "Gone")
    RoleGrant.objects.create(
        person=gone, role=Role.TRAINEE, agency=here.agency, unit=here.unit, suspended_at=NOW
    )
    names = [p.name for p in expecting.expected(session)]
    assert names == ["Here trainee", "T 0000", "T 0001", "T 0002", "Z whole"]
    everybody = a_session(here, session.module, session.start, everybody=True)
    assert side in expecting.expected(everybody)
    assert gone not in expecting.expected(everybody)


def test_who_was_there_stays_on_the_list_when_they_leave_the_unit(session, teacher, three):
    attending.note_present(teacher.actor(), session.id, {three[0].id: 60}, LATER)
    three[0].grants.all().delete()
    assert three[0] in expecting.expected(session)


def test_all_are_noted_at_once_each_with_their_minutes(session, teacher, three):
    minutes = {three[0].id: 120, three[1].id: 30}
    assert attending.note_present(teacher.actor(), session.id, minutes, LATER) == 2
    assert counting(session) == minutes
    assert attending.there(session) == 2
    entry = Entry.objects.get(outcome="done", kind="session")
    assert entry.detail == {"people": 2}


def test_sent_twice_nobody_is_noted_twice_and_what_stands_is_kept(session, teacher, three):
    attending.note_present(teacher.actor(), session.id, {three[0].id: 30}, LATER)
    assert attending.note_present(teacher.actor(), session.id, {three[0].id: 120}, LATER) == 0
    assert counting(session) == {three[0].id: 30}
    assert Entry.objects.filter(outcome="done", kind="session").count() == 1


def test_everybody_for_the_whole_session_are_those_who_have_no_entry(here, session, teacher, three):
    attending.note_present(teacher.actor(), session.id, {three[0].id: 30}, LATER)
    assert attending.note_present(teacher.actor(), session.id, None, LATER) == 3
    assert counting(session) == {
        three[0].id: 30, three[1].id: 120, three[2].id: 120, here.people[Role.TRAINEE].id: 120,
    }  # fmt: skip
    assert attending.note_present(teacher.actor(), session.id, None, LATER) == 0


def test_nothing_is_half_noted(here, elsewhere, session, teacher, three):
    foreigner = elsewhere.people[Role.TRAINEE]
    with pytest.raises(InputProblems) as error:
        attending.note_present(
            teacher.actor(), session.id, {three[0].id: 60, three[1].id: 121, foreigner.id: 60},
            LATER,
        )  # fmt: skip
    assert [p.where for p in error.value.problems] == ["people", "minutes"]
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("minutes", [0, -1, 121, 10**12])
def test_minutes_are_those_of_the_session_at_most(session, teacher, three, minutes):
    with pytest.raises(InputProblems, match="as long as the session"):
        attending.note_present(teacher.actor(), session.id, {three[0].id: minutes}, LATER)


def test_nobody_is_noted_before_it_begins_or_where_it_was_cancelled(session, teacher, three):
    with pytest.raises(InputProblems, match="has not begun"):
        attending.note_present(teacher.actor(), session.id, None, NOW - timedelta(seconds=1))
    rescheduling.cancel(teacher.actor(), session.id, "A flood", NOW)
    with pytest.raises(InputProblems, match="cancelled"):
        attending.note_present(teacher.actor(), session.id, None, LATER)
    assert not Attendance.objects.exists()


def test_a_correction_counts_instead_and_the_history_stays(session, teacher, three):
    actor = teacher.actor()
    attending.note_present(actor, session.id, {three[0].id: 120}, LATER)
    first = session.attendance.get()
    second = attending.correct(actor, session.id, first.id, 45, "Left early", LATER)
    again = attending.correct(actor, session.id, first.id, 45, "Left early", LATER)
    assert again.id == second.id
    third = attending.correct(actor, session.id, second.id, 0, "Somebody else", LATER)
    assert counting(session) == {three[0].id: 0}
    assert attending.there(session) == 0
    entries = attending.entries_of(session, [three[0].id])
    assert {e.id for e in entries} == {first.id, second.id, third.id}
    assert Entry.objects.filter(action="correct who was at a session").count() == 2


def test_what_was_corrected_is_not_corrected_once_more(session, teacher, three):
    actor = teacher.actor()
    attending.note_present(actor, session.id, {three[0].id: 120}, LATER)
    first = session.attendance.get()
    attending.correct(actor, session.id, first.id, 45, "Left early", LATER)
    with pytest.raises(InputProblems, match="corrected already"):
        attending.correct(actor, session.id, first.id, 60, "Left later", LATER)
    assert session.attendance.count() == 2


def test_a_correction_needs_a_reason_and_minutes_that_can_be(session, teacher, three):
    actor = teacher.actor()
    attending.note_present(actor, session.id, {three[0].id: 120}, LATER)
    first = session.attendance.get()
    with pytest.raises(InputProblems) as error:
        attending.correct(actor, session.id, first.id, 121, "\0", LATER)
    assert [p.where for p in error.value.problems] == ["why", "minutes"]
    with pytest.raises(InputProblems):
        attending.correct(actor, session.id, uuid.uuid4(), 12, "No such entry", LATER)
    assert session.attendance.count() == 1


def test_people_of_another_unit_or_agency_note_nobody(here, elsewhere, session, three):
    side = Person.objects.create_user("s@here.example", "Side")
    RoleGrant.objects.create(
        person=side, role=Role.INSTRUCTOR, agency=here.agency, unit=here.other_unit
    )
    for person, hidden in (
        (side, False), (three[0], False), (here.people[Role.ANALYST], False),
        (elsewhere.people[Role.INSTRUCTOR], True), (elsewhere.people[Role.COORDINATOR], True),
    ):  # fmt: skip
        with pytest.raises(Refused) as error:
            attending.note_present(person.actor(), session.id, None, LATER)
        assert error.value.hidden == hidden
    assert not Attendance.objects.exists()
    with pytest.raises(Missing):
        attending.note_present(side.actor(), uuid.uuid4(), None, LATER)
