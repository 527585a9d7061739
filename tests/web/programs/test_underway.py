from datetime import timedelta

import pytest

from stepdown.web.policy import Role
from stepdown.web.programs import attended, attending, progress, training
from stepdown.web.programs.audience import ForWhom
from stepdown.web.programs.earlier import course_of
from stepdown.web.programs.models import Attendance, Audience, ModuleVersion
from stepdown.web.programs.people import by_unit
from stepdown.web.programs.underway import counted
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_programme, a_session, trainees

CHOSEN = ForWhom("chosen")


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR]


@pytest.fixture
def module(here):
    return a_module(here.agency)


def held(here, teacher, module, minutes, days=7, **given):
    session = a_session(here, module, NOW - timedelta(days=days), teacher, **given)
    attending.note_present(teacher.actor(), session.id, minutes, NOW)
    return session


def count(here, row, for_whom=CHOSEN, now=NOW):
    return counted(course_of(row, now), for_whom, by_unit(here.agency.id))


def test_a_course_that_people_choose_counts_who_was_at_one_of_its_sessions(here, teacher, module):
    row = a_programme(here.agency, "whole", module, a_module(here.agency, "talking"))
    whole, minute, corrected, _never = trainees(here, 4)
    minutes = {whole.id: 120, minute.id: 1, corrected.id: 60}
    session = held(here, teacher, module, minutes)
    wrong = Attendance.objects.get(session=session, person=corrected)
    Attendance.objects.create(
        session=session, person=corrected, minutes=0, how="list", supersedes=wrong, why="Misread"
    )
    assert count(here, row) == {whole.id, minute.id}


def test_whom_it_is_asked_of_counts_and_who_takes_part_without_being_asked(here, teacher, module):
    row = a_programme(here.agency, "whole", module)
    guest, _other = trainees(here, 2)
    held(here, teacher, module, {guest.id: 5})
    asked = ForWhom("units", frozenset([here.other_unit.id]))
    assert count(here, row, asked) == {guest.id}
    asked = ForWhom("units", frozenset([here.unit.id]))
    everybody = set(by_unit(here.agency.id))
    assert count(here, row, asked) == everybody == count(here, row, ForWhom())


def test_a_session_of_another_programme_that_has_the_same_module_begins_none(here, teacher, module):
    row, other = (a_programme(here.agency, name, module, a_module(here.agency, "talking"))
                  for name in ("whole", "other"))  # fmt: skip
    theirs, ours, no_one_s = trainees(here, 3)
    held(here, teacher, module, {theirs.id: 120}, programme=other)
    held(here, teacher, module, {ours.id: 120}, days=8, programme=row)
    held(here, teacher, module, {no_one_s.id: 120}, days=9)
    assert count(here, row) == {ours.id, no_one_s.id}
    short = a_programme(here.agency, "short", module)
    assert count(here, short) >= {theirs.id, ours.id}, "they completed it all the same"


def test_who_began_an_earlier_version_goes_on_and_who_completed_one_is_done(here, teacher, module):
    first = a_programme(here.agency, "whole", module)
    done, midway, again = trainees(here, 3)
    held(here, teacher, module, {done.id: 120, midway.id: 60, again.id: 120})
    newer = a_module(here.agency)
    second = a_programme(here.agency, "whole", newer)
    held(here, teacher, newer, {again.id: 5}, days=2)
    assert count(here, first) == {done.id, midway.id, again.id}
    assert count(here, second) == {midway.id, again.id}


@pytest.fixture
def shared(here, teacher, module):
    """Two versions of a programme that people choose, of which the second keeps one module."""
    talking = a_module(here.agency, "talking")
    first = a_programme(here.agency, "whole", module, talking)
    second = a_programme(here.agency, "whole", module, a_module(here.agency, "talking"))
    Audience.objects.create(
        agency=here.agency, programme="whole", kind="chosen", units=[], why="Of use", by=teacher
    )
    return first, second, module, talking


def test_who_completed_a_version_has_not_begun_the_next_by_a_module_that_both_have(
    here, teacher, shared
):
    first, second, module, talking = shared
    done, midway = trainees(here, 2)
    held(here, teacher, module, {done.id: 120, midway.id: 120})
    held(here, teacher, talking, {done.id: 120}, days=6)
    assert count(here, first) == {done.id, midway.id}
    assert count(here, second) == {midway.id}
    chief = here.people[Role.COORDINATOR].actor()
    (row,) = progress.counts(chief, second, NOW)
    assert (row.unit, row.missing, row.before) == (here.unit, 1, 0)
    in_unit = progress.of_unit(chief, second, here.unit, NOW)
    assert [each.person.id for each in in_unit] == [midway.id]
    assert [each.programme.programme.number for each in own(here, done)] == [1]
    table = attended.table(chief, second, NOW).decode()
    assert (midway.name in table, done.name in table) == (True, False)


def test_who_completed_a_version_begins_the_next_on_a_later_day(here, teacher, shared):
    _first, second, module, talking = shared
    later, same_day = trainees(here, 2)
    held(here, teacher, module, {later.id: 120, same_day.id: 120})
    held(here, teacher, talking, {later.id: 120, same_day.id: 120}, days=6)
    held(here, teacher, module, {same_day.id: 5}, days=5.8)
    held(here, teacher, module, {later.id: 5}, days=5)
    assert count(here, second) == {later.id}
    assert [each.programme.programme.number for each in own(here, later)] == [1, 2]


def own(here, person):
    return training.mine(person.id, here.agency, NOW).programmes


def test_who_completed_two_versions_begins_the_third_after_the_later_day(here, teacher, shared):
    _first, _second, module, talking = shared
    (twice,) = trainees(here, 1)
    held(here, teacher, module, {twice.id: 120}, days=9)
    held(here, teacher, talking, {twice.id: 120}, days=8)
    newer = ModuleVersion.objects.get(name="talking", number=2)
    held(here, teacher, newer, {twice.id: 120}, days=4)
    third = a_programme(here.agency, "whole", newer, a_module(here.agency))
    assert count(here, third) == set()


def test_a_session_begins_it_once_it_has_ended(here, teacher, module):
    row = a_programme(here.agency, "whole", module)
    (one,) = trainees(here, 1)
    runs = a_session(here, module, NOW - timedelta(minutes=119), teacher)
    attending.note_present(teacher.actor(), runs.id, {one.id: 120}, NOW)
    assert count(here, row) == set()
    assert count(here, row, now=NOW + timedelta(minutes=1)) == {one.id}
