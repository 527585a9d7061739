from datetime import UTC, datetime, timedelta

import pytest

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import RoleGrant
from stepdown.web.policy import Role
from stepdown.web.programs import attending, rescheduling, taught, wall
from stepdown.web.programs.models import Attendance
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_session

HOUR = timedelta(hours=1)
LATER = NOW + 24 * HOUR


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR]


@pytest.fixture
def trainee(here):
    RoleGrant.objects.update(since=NOW - timedelta(days=400))
    return here.people[Role.TRAINEE]


@pytest.fixture
def held(here, teacher):
    module = a_module(here.agency)
    return lambda hours, **more: a_session(here, module, NOW + hours * HOUR, teacher, **more)


def noted(teacher, session, person, minutes, now=LATER):
    return attending.note_present(teacher.actor(), session.id, {person.id: minutes}, now)


def test_nobody_is_noted_at_two_sessions_at_once_and_is_told_which(here, teacher, trainee, held):
    one, two = held(0), held(0)
    noted(teacher, one, trainee, 120)
    with pytest.raises(InputProblems, match="“Listening”, 2 Mar 2026, 09:00"):
        noted(teacher, two, trainee, 120)
    assert sum(row.minutes for row in taught.credited(here.agency.pk)) == 120
    entry = one.attendance.get()
    attending.correct(teacher.actor(), one.id, entry.id, 0, "They were in the other", LATER)
    assert noted(teacher, two, trainee, 120) == 1
    entry = attending.counting(one.attendance.all())[0]
    with pytest.raises(InputProblems, match="at the same time"):
        attending.correct(teacher.actor(), one.id, entry.id, 1, "They were here", LATER)
    assert sum(row.minutes for row in taught.credited(here.agency.pk)) == 120


def test_minutes_that_fit_one_after_the_other_are_noted(teacher, trainee, held):
    one, two, three = held(0), held(1), held(2)
    noted(teacher, one, trainee, 90)
    noted(teacher, three, trainee, 90)
    with pytest.raises(InputProblems, match="at the same time"):
        noted(teacher, two, trainee, 61)
    assert noted(teacher, two, trainee, 60) == 1


def test_what_fits_with_each_of_two_but_not_with_both_is_refused(teacher, trainee, held):
    one, two, three = held(0), held(1), held(2)
    noted(teacher, one, trainee, 120)
    noted(teacher, two, trainee, 60)
    with pytest.raises(InputProblems, match="10:00"):
        noted(teacher, three, trainee, 61)
    assert noted(teacher, three, trainee, 60) == 0 + 1


def test_a_session_that_begins_when_another_ends_is_no_clash(teacher, trainee, held):
    for session in (held(0), held(2), held(-2)):
        assert noted(teacher, session, trainee, 120) == 1


def test_clocks_that_are_set_back_make_no_clash_and_hide_none(here, teacher, trainee, held):
    here.agency.zone = "Europe/Berlin"
    here.agency.save()
    night = datetime(2026, 10, 24, 23, tzinfo=UTC)  # 01:00; at 03:00 it is 02:00 again
    first, after, during = held(0), held(0), held(0)
    for session, hours in ((first, 0), (after, 2), (during, 1.5)):
        session.start = night + hours * HOUR
        session.save(update_fields=["start"])
    now = night + 10 * HOUR
    assert noted(teacher, first, trainee, 120, now) == 1
    assert noted(teacher, after, trainee, 120, now) == 1
    with pytest.raises(InputProblems, match="at the same time"):
        noted(teacher, during, trainee, 90, now)
    session = attending.as_value(first)
    assert first.end == session.end.astimezone(UTC) == night + 2 * HOUR


def test_the_button_leaves_out_who_was_noted_elsewhere(teacher, trainee, held):
    one, two = held(0), held(1)
    noted(teacher, one, trainee, 120)
    assert attending.note_present(teacher.actor(), two.id, None, LATER) == 0
    row = attending.with_entries(teacher.actor(), two, [trainee])[0]
    assert (row.entry, row.left_out) == (None, "elsewhere")


def test_a_code_is_held_against_other_sessions_too(teacher, trainee, held):
    one, two = held(0), held(1)
    shown = wall.shown(teacher.actor(), one.id, NOW)[1].code
    wall.attend(trainee.actor(), one.id, shown, NOW)
    now = NOW + HOUR
    shown = wall.shown(teacher.actor(), two.id, now)[1].code
    with pytest.raises(InputProblems, match="at the same time"):
        wall.attend(trainee.actor(), two.id, shown, now)
    assert Attendance.objects.count() == 1


def test_what_another_agency_noted_is_not_told(here, elsewhere, teacher, trainee, held):
    RoleGrant.objects.create(
        person=trainee, role=Role.TRAINEE, agency=elsewhere.agency, unit=elsewhere.unit
    )
    there = elsewhere.people[Role.INSTRUCTOR]
    theirs = a_session(elsewhere, a_module(elsewhere.agency), NOW, there)
    noted(there, theirs, trainee, 120)
    assert noted(teacher, held(0), trainee, 120) == 1


def test_a_session_that_is_cancelled_while_a_code_is_looked_at_takes_nobody(
    teacher, trainee, held, monkeypatch
):
    session = held(0)
    shown = wall.shown(teacher.actor(), session.id, NOW)[1].code
    real = wall.wall_code.code_holds

    def slow(*given):
        rescheduling.cancel(teacher.actor(), session.id, "A fire", NOW)
        return real(*given)

    monkeypatch.setattr(wall.wall_code, "code_holds", slow)
    with pytest.raises(InputProblems, match="cancelled"):
        wall.attend(trainee.actor(), session.id, shown, NOW)
    assert not Attendance.objects.exists()
