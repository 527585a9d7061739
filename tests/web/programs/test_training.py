from datetime import date, timedelta

import pytest

from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.programs import attending, exempting, training
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_programme, a_session


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR]


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def module(here):
    return a_module(here.agency)


def taught(here, teacher, module, person, minutes, days=3):
    session = a_session(here, module, NOW - timedelta(days=days), teacher)
    attending.note_present(teacher.actor(), session.id, {person.id: minutes}, NOW)


def test_the_dose_is_added_up_by_version(here, teacher, trainee, module):
    taught(here, teacher, module, trainee, 60)
    taught(here, teacher, module, trainee, 45, days=2)
    taught(here, teacher, a_module(here.agency), trainee, 30, days=1)
    held = training.mine(trainee.id, here.agency, NOW)
    assert [(d.title, d.version, d.minutes, d.needed) for d in held.doses] == [
        ("Listening", 1, 105, 120), ("Listening", 2, 30, 120),
    ]  # fmt: skip


def test_a_session_counts_once_it_has_ended(here, teacher, trainee, module):
    a_programme(here.agency, "short", module)
    runs = a_session(here, module, NOW - timedelta(minutes=119), teacher)
    attending.note_present(teacher.actor(), runs.id, {trainee.id: 120}, NOW)
    found = training.mine(trainee.id, here.agency, NOW)
    assert (found.doses, found.programmes[0].standing.status) == ((), "missing")
    found = training.mine(trainee.id, here.agency, NOW + timedelta(minutes=1))
    assert [each.minutes for each in found.doses] == [120]
    assert found.programmes[0].standing.status == "completed"


def test_the_latest_version_is_followed_and_an_earlier_one_where_it_was_completed(
    here, teacher, trainee, module
):
    a_programme(here.agency, "whole", module)
    taught(here, teacher, module, trainee, 120)
    a_programme(here.agency, "whole", a_module(here.agency))
    a_programme(here.agency, "other", a_module(here.agency, "talking"))
    held = training.mine(trainee.id, here.agency, NOW).programmes
    shown = [
        (f.programme.programme.content.id, f.programme.programme.number, f.standing.status)
        for f in held
    ]
    assert shown == [("other", 1, "missing"), ("whole", 1, "completed"), ("whole", 2, "missing")]
    assert held[1].standing.on == (NOW - timedelta(days=3)).date()


def test_what_runs_now_can_be_attended_and_what_comes_is_told(here, teacher, trainee, module):
    runs = a_session(here, module, NOW + timedelta(minutes=10), teacher)
    later = a_session(here, module, NOW + timedelta(days=1), teacher)
    held = training.mine(trainee.id, here.agency, NOW)
    assert (held.running, held.coming) == ((runs,), (runs, later))


def test_why_somebody_is_exempt_is_for_themselves_and_who_coordinates(here, teacher, trainee):
    chief = here.people[Role.COORDINATOR]
    exempting.exempt(chief.actor(), here.agency.id, trainee.id, "injury", NOW.date(), None, "", NOW)
    for person, told in ((trainee, True), (chief, True), (teacher, False)):
        _, held, reasons = training.of_person(person.actor(), here.agency, trainee.id, NOW)
        assert (reasons, len(held.exemptions)) == (told, 1)


def test_reading_it_is_noted_unless_it_is_ones_own(here, teacher, trainee):
    training.of_person(trainee.actor(), here.agency, trainee.id, NOW)
    assert not Entry.objects.filter(outcome="read").exists()
    training.of_person(teacher.actor(), here.agency, trainee.id, NOW)
    entry = Entry.objects.get(outcome="read")
    assert (entry.kind, entry.record) == ("person", str(trainee.id))


def test_people_of_another_unit_or_agency_see_nothing(here, elsewhere, trainee):
    side = Person.objects.create_user("s@here.example", "Side")
    RoleGrant.objects.create(
        person=side, role=Role.INSTRUCTOR, agency=here.agency, unit=here.other_unit
    )
    for person in (side, here.people[Role.ANALYST], elsewhere.people[Role.COORDINATOR]):
        with pytest.raises(Refused):
            training.of_person(person.actor(), here.agency, trainee.id, NOW)
    for person in (trainee, elsewhere.people[Role.COORDINATOR]):
        with pytest.raises(Missing):
            training.of_person(person.actor(), elsewhere.agency, trainee.id, NOW)


def test_the_day_is_that_of_the_agency(here, trainee):
    here.agency.zone = "Pacific/Auckland"
    here.agency.save()
    evening = NOW.replace(hour=20)
    exempting.exempt(
        here.people[Role.COORDINATOR].actor(), here.agency.id, trainee.id, "leave",
        date(2026, 3, 3), date(2026, 3, 3), "", NOW,
    )  # fmt: skip
    a_programme(here.agency, "whole", a_module(here.agency))
    (followed,) = training.mine(trainee.id, here.agency, evening).programmes
    assert followed.standing.status == "exempt"
