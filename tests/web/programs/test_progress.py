from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.web.accounts.models import Person, RoleGrant, Unit
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Refused
from stepdown.web.policy import Role
from stepdown.web.programs import attending, exempting, progress, training
from stepdown.web.programs.audience import say
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
    return a_programme(here.agency, "whole", module, a_module(here.agency, "talking"))


def held(here, teacher, module, minutes, days=7):
    session = a_session(here, module, NOW - timedelta(days=days), teacher)
    attending.note_present(teacher.actor(), session.id, minutes, NOW)
    return session


def test_units_are_counted_by_who_completed_is_exempt_or_lacks_something(
    here, teacher, chief, module, programme
):
    done, exempt, partly = trainees(here, 3)
    talking = programme.content["modules"][1]
    other = type(module).objects.get(name=talking["id"])
    held(here, teacher, module, {done.id: 120, partly.id: 119, exempt.id: 120})
    held(here, teacher, other, {done.id: 120}, days=3)
    exempting.exempt(chief.actor(), here.agency.id, exempt.id, "leave", NOW.date(), None, "", NOW)
    counts = progress.counts(chief.actor(), programme, NOW)
    assert [(c.unit.name, c.completed, c.exempt, c.missing, c.people) for c in counts] == [
        ("Here 1", 1, 1, 2, 4), ("Here 2", 0, 0, 0, 0),
    ]  # fmt: skip
    rows = progress.of_unit(chief.actor(), programme, here.unit, NOW)
    assert [(row.person.name, row.standing.status) for row in rows] == [
        ("Here trainee", "missing"), ("T 0000", "completed"), ("T 0001", "exempt"),
        ("T 0002", "missing"),
    ]  # fmt: skip
    assert [(i.title, i.lack.attended, i.lack.needed) for i in rows[3].lacks] == [
        ("Listening", 119, 120), ("Talking", 0, 120),
    ]  # fmt: skip


def test_sessions_to_come_are_told_where_they_count_for_what_is_lacking(
    here, teacher, chief, module, programme
):
    newer = a_module(here.agency)
    day = timedelta(days=1)
    first = a_session(here, module, NOW + day, teacher)
    missed = a_session(here, module, NOW - day, teacher)
    makes_up = a_session(here, newer, NOW + 2 * day, teacher, make_up_of=missed, everybody=True)
    a_session(here, newer, NOW + day, teacher)
    a_session(here, module, NOW + day, teacher, unit=here.other_unit)
    a_session(here, module, NOW + day, teacher, cancelled_at=NOW)
    (row,) = progress.of_unit(chief.actor(), programme, here.unit, NOW)
    listening, talking = row.lacks
    assert listening.make_ups == (first, makes_up)
    assert talking.make_ups == ()


def test_a_make_up_completes_the_version_that_was_missed(here, teacher, chief, module):
    (one,) = trainees(here, 1)
    programme = a_programme(here.agency, "short", module)
    missed = a_session(here, module, NOW - timedelta(days=9), teacher)
    newer = a_module(here.agency)
    made_up = a_session(here, newer, NOW - timedelta(days=1), teacher, make_up_of=missed)
    attending.note_present(teacher.actor(), made_up.id, {one.id: 120}, NOW)
    rows = progress.of_unit(chief.actor(), programme, here.unit, NOW)
    (row,) = [row for row in rows if row.person == one]
    assert row.standing.status == "completed"
    assert row.standing.on == (NOW - timedelta(days=1)).date()


def test_a_make_up_of_a_make_up_completes_the_version_for_which_it_is_told(
    here, teacher, chief, module
):
    second, third = a_module(here.agency), a_module(here.agency)
    day = timedelta(days=1)
    first = a_session(here, module, NOW - 9 * day, teacher)
    missed = a_session(here, second, NOW - 5 * day, teacher, make_up_of=first)
    made_up = a_session(here, third, NOW + day, teacher, make_up_of=missed)
    programmes = [a_programme(here.agency, "short", each) for each in (module, second, third)]
    for programme in programmes:
        (row,) = progress.of_unit(chief.actor(), programme, here.unit, NOW)
        assert [lack.make_ups for lack in row.lacks] == [(made_up,)]
    own = training.mine(row.person.id, here.agency, NOW)
    assert [lack.make_ups for each in own.programmes for lack in each.lacks] == [(made_up,)]
    later = NOW + 2 * day
    attending.note_present(teacher.actor(), made_up.id, {row.person.id: 120}, later)
    for programme in programmes:
        (row,) = progress.of_unit(chief.actor(), programme, here.unit, later)
        assert row.standing.status == "completed"


def test_a_session_counts_once_it_has_ended(here, teacher, chief, module):
    programme = a_programme(here.agency, "short", module)
    runs = a_session(here, module, NOW - timedelta(minutes=119), teacher)
    (one,) = trainees(here, 1)
    attending.note_present(teacher.actor(), runs.id, {one.id: 120}, NOW)
    for after, completed in ((0, 0), (1, 1)):
        now = NOW + timedelta(minutes=after)
        assert progress.counts(chief.actor(), programme, now)[0].completed == completed
        rows = progress.of_unit(chief.actor(), programme, here.unit, now)
        assert [row.standing.status for row in rows].count("completed") == completed


def test_an_instructor_sees_their_own_units_alone(here, elsewhere, teacher, programme):
    counts = progress.counts(teacher.actor(), programme, NOW)
    assert [count.unit for count in counts] == [here.unit]
    with pytest.raises(Refused):
        progress.of_unit(teacher.actor(), programme, here.other_unit, NOW)
    for person in (
        here.people[Role.TRAINEE], here.people[Role.ANALYST], elsewhere.people[Role.COORDINATOR],
    ):  # fmt: skip
        with pytest.raises(Refused):
            progress.counts(person.actor(), programme, NOW)


def test_trainees_of_no_unit_are_counted_apart_for_who_coordinates_all(
    here, teacher, chief, programme
):
    person = Person.objects.create_user("w@here.example", "Whole")
    RoleGrant.objects.create(person=person, role=Role.TRAINEE, agency=here.agency)
    assert progress.counts(chief.actor(), programme, NOW)[-1].unit is None
    assert progress.counts(chief.actor(), programme, NOW)[-1].people == 1
    assert all(count.unit for count in progress.counts(teacher.actor(), programme, NOW))


def test_reading_the_people_of_a_unit_is_noted(here, teacher, programme):
    progress.of_unit(teacher.actor(), programme, here.unit, NOW)
    entry = Entry.objects.get(outcome="read")
    assert (entry.kind, entry.record, entry.actor) == ("unit", str(here.unit.id), teacher.id)


def test_queries_do_not_grow_with_units_people_or_sessions(here, teacher, chief, module, programme):
    actor = chief.actor()

    def queries():
        with CaptureQueriesContext(connection) as found:
            progress.counts(actor, programme, NOW)
            progress.of_unit(actor, programme, here.unit, NOW)
            training.mine(here.people[Role.TRAINEE].id, here.agency, NOW)
        return len(found)

    held(here, teacher, module, {here.people[Role.TRAINEE].id: 60})
    a_session(here, module, NOW + timedelta(days=1), teacher)
    few = queries()
    Unit.objects.bulk_create(Unit(agency=here.agency, name=f"U {n}") for n in range(20))
    people = trainees(here, 40)
    for n in range(6):
        held(here, teacher, module, {person.id: 60 for person in people}, days=n + 1)
        a_session(here, module, NOW + timedelta(days=n + 1), teacher)
    assert queries() == few


def for_whom(chief, row, kind, *units):
    ids = [str(unit.id) for unit in units]
    say(chief.actor(), row.agency_id, row.name, kind, ids, f"For {kind} {len(ids)}", NOW)


def test_only_people_of_the_units_it_is_for_are_missing_and_guests_where_they_are(
    here, teacher, chief, module, programme
):
    guest, _other = trainees(here, 2)
    whole = Person.objects.create_user("w@here.example", "Whole")
    RoleGrant.objects.create(person=whole, role=Role.TRAINEE, agency=here.agency)
    for_whom(chief, programme, "units", here.other_unit)
    counts = progress.counts(chief.actor(), programme, NOW)
    assert [(c.unit, c.missing) for c in counts] == [(here.other_unit, 0), (None, 1)]
    assert progress.counts(teacher.actor(), programme, NOW) == []
    assert progress.of_unit(chief.actor(), programme, here.unit, NOW) == []
    held(here, teacher, module, {guest.id: 60})
    counts = progress.counts(chief.actor(), programme, NOW)
    assert [(c.unit, c.missing) for c in counts] == [
        (here.unit, 1), (here.other_unit, 0), (None, 1),
    ]  # fmt: skip
    (row,) = progress.of_unit(chief.actor(), programme, here.unit, NOW)
    assert (row.person, row.standing.status, row.asked) == (guest, "missing", False)
    for_whom(chief, programme, "units", here.unit)
    rows = progress.of_unit(chief.actor(), programme, here.unit, NOW)
    assert [(row.person.name, row.asked) for row in rows] == [
        ("Here trainee", True), ("T 0000", True), ("T 0001", True),
    ]  # fmt: skip


def test_a_course_that_people_choose_has_nobody_missing_who_did_not_begin_it(
    here, teacher, chief, module
):
    programme = a_programme(here.agency, "short", module)
    done, begun, away, _never = trainees(here, 4)
    for_whom(chief, programme, "chosen")
    exempting.exempt(chief.actor(), here.agency.id, away.id, "leave", NOW.date(), None, "", NOW)
    assert progress.counts(chief.actor(), programme, NOW) == []
    held(here, teacher, module, {done.id: 120, begun.id: 60})
    (count,) = progress.counts(chief.actor(), programme, NOW)
    assert (count.unit, count.completed, count.exempt, count.missing) == (here.unit, 1, 0, 1)


def test_queries_do_not_grow_where_it_is_for_some_units(here, teacher, chief, module, programme):
    def queries():
        with CaptureQueriesContext(connection) as found:
            progress.counts(chief.actor(), programme, NOW)
            progress.of_unit(chief.actor(), programme, here.unit, NOW)
            training.mine(here.people[Role.TRAINEE].id, here.agency, NOW)
        return len(found)

    for_whom(chief, programme, "units", here.unit)
    held(here, teacher, module, {here.people[Role.TRAINEE].id: 60})
    few = queries()
    Unit.objects.bulk_create(Unit(agency=here.agency, name=f"U {n}") for n in range(20))
    for_whom(chief, programme, "units", *Unit.objects.filter(agency=here.agency))
    people = trainees(here, 40)
    for n in range(6):
        for_whom(chief, a_programme(here.agency, f"p{n}", module), "chosen")
        held(here, teacher, module, {person.id: 60 for person in people}, days=n + 1)
    assert queries() == few
