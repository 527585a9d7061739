from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.policy import Role
from stepdown.web.programs import attending, rescheduling, scheduling
from stepdown.web.programs.scheduling import Held, Subject, When
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_session


@pytest.fixture
def module(here):
    here.agency.zone = "America/Chicago"
    here.agency.save()
    return a_module(here.agency)


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR]


@pytest.fixture
def chief(here):
    return here.people[Role.COORDINATOR]


def held(teacher, day=date(2026, 3, 9), clock=time(9), **changed):
    given = {"minutes": None, "place": "Room 4", "instructors": frozenset([teacher.id])} | changed
    second = given.pop("second", None)
    return Held(When(day, clock, second), **given)


def scheduled(here, teacher, module, by=None, key=None, **changed):
    subject = {"module": module.id, "unit": here.unit.id}
    subject |= {k: changed.pop(k) for k in ("unit", "programme", "make_up_of") if k in changed}
    return scheduling.schedule(
        (by or teacher).actor(), here.agency.id, Subject(**subject), held(teacher, **changed),
        NOW, key=key,
    )  # fmt: skip


def test_a_change_is_what_calendars_see(here, teacher, module):
    made = scheduled(here, teacher, module)
    colleague = Person.objects.create_user("c@here.example", "Colleague")
    RoleGrant.objects.create(person=colleague, role=Role.INSTRUCTOR, agency=here.agency)
    later = NOW + timedelta(hours=1)
    new = held(teacher, clock=time(10), minutes=90, place="Hall",
               instructors=frozenset([colleague.id]))  # fmt: skip
    rescheduling.change(teacher.actor(), made.id, new, later)
    made.refresh_from_db()
    assert made.start == datetime(2026, 3, 9, 15, tzinfo=UTC)
    assert (made.minutes, made.place, made.changed_at) == (90, "Hall", later)
    assert list(made.instructors.all()) == [colleague]
    rescheduling.change(teacher.actor(), made.id, new, later + timedelta(hours=1))
    made.refresh_from_db()
    assert made.changed_at == later
    assert Entry.objects.filter(action="change a session").count() == 1
    both = replace(new, instructors=frozenset([colleague.id, teacher.id]))
    rescheduling.change(teacher.actor(), made.id, both, later + timedelta(hours=1))
    made.refresh_from_db()
    assert (made.instructors.count(), made.changed_at) == (2, later)


def test_who_instructs_no_more_may_stay_with_a_session_that_they_were_to_teach(
    here, teacher, chief, module
):
    made = scheduled(here, teacher, module)
    teacher.grants.all().delete()
    rescheduling.change(chief.actor(), made.id, held(teacher, place="Hall"), NOW)
    assert list(made.instructors.all()) == [teacher]


def test_what_has_begun_or_was_cancelled_is_not_changed(here, teacher, module):
    made = scheduled(here, teacher, module)
    with pytest.raises(InputProblems, match="has begun"):
        rescheduling.change(teacher.actor(), made.id, held(teacher, place="Hall"), made.start)
    rescheduling.cancel(teacher.actor(), made.id, "A flood", NOW)
    with pytest.raises(InputProblems, match="cancelled"):
        rescheduling.change(teacher.actor(), made.id, held(teacher, place="Hall"), NOW)
    made.refresh_from_db()
    assert made.place == "Room 4"


def test_a_cancelled_session_stays_with_its_reason(here, teacher, module):
    made = scheduled(here, teacher, module)
    with pytest.raises(InputProblems):
        rescheduling.cancel(teacher.actor(), made.id, " ", NOW)
    rescheduling.cancel(teacher.actor(), made.id, "A flood", NOW)
    rescheduling.cancel(teacher.actor(), made.id, "Another reason", NOW + timedelta(hours=1))
    made.refresh_from_db()
    assert (made.cancelled_at, made.cancelled_why, made.changed_at) == (NOW, "A flood", NOW)
    assert Entry.objects.filter(action="cancel a session").count() == 1


def test_what_somebody_was_at_is_cancelled_only_when_that_was_put_right(here, teacher, module):
    made = a_session(here, module, NOW - timedelta(hours=1), teacher)
    trainee = here.people[Role.TRAINEE]
    attending.note_present(teacher.actor(), made.id, {trainee.id: 60}, NOW)
    with pytest.raises(InputProblems, match="was noted as at"):
        rescheduling.cancel(teacher.actor(), made.id, "Nobody taught", NOW)
    entry = made.attendance.get()
    attending.correct(teacher.actor(), made.id, entry.id, 0, "It did not take place", NOW)
    rescheduling.cancel(teacher.actor(), made.id, "Nobody taught", NOW)
    made.refresh_from_db()
    assert made.cancelled_at == NOW
