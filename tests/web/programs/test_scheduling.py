import uuid
from datetime import UTC, date, datetime, time, timedelta

import pytest

from stepdown.problems import InputProblems
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.programs import rescheduling, scheduling
from stepdown.web.programs.models import Session
from stepdown.web.programs.scheduling import Held, Subject, When
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_programme, a_session


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


def wrong_with(here, teacher, module, **changed):
    with pytest.raises(InputProblems) as error:
        scheduled(here, teacher, module, **changed)
    assert not Session.objects.exists()
    return [problem.where for problem in error.value.problems]


def test_a_session_is_at_the_time_that_the_clocks_of_the_agency_show(here, teacher, module):
    made = scheduled(here, teacher, module)
    made.refresh_from_db()
    assert made.start == datetime(2026, 3, 9, 14, tzinfo=UTC)
    assert (made.minutes, made.place, made.unit, made.module) == (120, "Room 4", here.unit, module)
    assert list(made.instructors.all()) == [teacher]
    entry = Entry.objects.get(kind="session", outcome="done")
    assert (entry.record, entry.actor, entry.agency) == (str(made.id), teacher.id, here.agency.id)
    assert "Room" not in str(entry.detail)


def test_a_time_that_does_not_exist_is_refused(here, teacher, module):
    assert wrong_with(here, teacher, module, day=date(2026, 3, 8), clock=time(2, 30)) == ["clock"]


def test_a_time_that_exists_twice_is_asked_for_by_both_its_names(here, teacher, module):
    twice = {"day": date(2026, 11, 1), "clock": time(1, 30)}
    with pytest.raises(InputProblems, match="01:30 CDT, then 01:30 CST"):
        scheduled(here, teacher, module, **twice)
    first = scheduled(here, teacher, module, **twice, second=False)
    second = scheduled(here, teacher, module, **twice, second=True)
    assert second.start - first.start == timedelta(hours=1)


def test_sent_twice_there_is_one_session(here, teacher, module):
    key = uuid.uuid4()
    first = scheduled(here, teacher, module, key=key)
    assert scheduled(here, teacher, module, key=key).id == first.id
    assert Session.objects.count() == 1
    assert Entry.objects.filter(kind="session").count() == 1


def test_a_key_of_somebody_else_is_not_used_again(here, teacher, chief, module):
    key = uuid.uuid4()
    scheduled(here, teacher, module, key=key)
    with pytest.raises(InputProblems, match="a new key"):
        scheduled(here, teacher, module, by=chief, key=key)


def test_everything_that_is_wrong_is_said_at_once(here, elsewhere, teacher, module):
    foreigner = elsewhere.people[Role.INSTRUCTOR]
    wrong = wrong_with(
        here, teacher, module, day=date(2036, 3, 3), minutes=1441, place="a\0",
        instructors=frozenset([foreigner.id]), programme=uuid.uuid4(), make_up_of=uuid.uuid4(),
    )  # fmt: skip
    assert wrong == ["programme", "make_up_of", "day", "minutes", "place", "instructors"]


def test_a_session_has_somebody_who_teaches_it(here, teacher, module):
    assert wrong_with(here, teacher, module, instructors=frozenset()) == ["instructors"]
    trainee = here.people[Role.TRAINEE]
    wrong = wrong_with(here, teacher, module, instructors=frozenset([trainee.id]))
    assert wrong == ["instructors"]


def test_a_programme_must_have_that_version_of_the_module_in_it(here, teacher, module):
    programme = a_programme(here.agency, "whole", module)
    newer = a_module(here.agency)
    assert wrong_with(here, teacher, newer, programme=programme.id) == ["programme"]
    made = scheduled(here, teacher, module, programme=programme.id)
    assert made.programme == programme


def test_a_make_up_is_of_an_earlier_session_of_the_same_module(here, teacher, module):
    missed = a_session(here, module, NOW - timedelta(days=3), teacher)
    newer, other = a_module(here.agency), a_module(here.agency, "talking")
    made = scheduled(here, teacher, newer, make_up_of=missed.id)
    assert made.make_up_of == missed
    for what in ({"module": other}, {"module": module, "day": date(2026, 2, 1)}):
        with pytest.raises(InputProblems, match="earlier session of the same module"):
            scheduled(here, teacher, make_up_of=missed.id, **what)


def test_an_instructor_schedules_for_their_unit_alone(here, teacher, chief, module):
    for unit in (None, here.other_unit.id):
        with pytest.raises(Refused) as error:
            scheduled(here, teacher, module, unit=unit)
        assert not error.value.hidden
        assert scheduled(here, teacher, module, by=chief, unit=unit).unit_id == unit
    refused = Entry.objects.filter(kind="session", outcome="refused")
    assert {entry.actor for entry in refused} == {teacher.id}


def test_another_agency_is_not_even_told(here, elsewhere, teacher, module):
    made = scheduled(here, teacher, module)
    for role in (Role.COORDINATOR, Role.TRAINEE):
        actor = elsewhere.people[role].actor()
        with pytest.raises(Refused) as error:
            scheduled(here, teacher, module, by=elsewhere.people[role])
        assert error.value.hidden
        with pytest.raises(Refused) as error:
            rescheduling.cancel(actor, made.id, "No", NOW)
        assert error.value.hidden
    with pytest.raises(Missing):
        rescheduling.cancel(teacher.actor(), uuid.uuid4(), "No", NOW)


def test_units_and_modules_of_another_agency_are_not_there(here, elsewhere, chief, teacher, module):
    with pytest.raises(InputProblems, match="unit"):
        scheduled(here, teacher, module, by=chief, unit=elsewhere.unit.id)
    assert wrong_with(here, teacher, a_module(elsewhere.agency)) == ["module"]
