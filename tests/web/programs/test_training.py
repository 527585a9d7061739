from datetime import date, timedelta

import pytest

from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.programs import attending, exempting, training
from stepdown.web.programs.audience import say
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


def for_whom(here, name, kind, *units):
    chief = here.people[Role.COORDINATOR].actor()
    say(chief, here.agency.id, name, kind, [str(unit.id) for unit in units], "Because", NOW)


def followed(here, person):
    return [
        (f.programme.programme.content.id, f.programme.programme.number, f.standing.status, f.asked)
        for f in training.mine(person.id, here.agency, NOW).programmes
    ]


def test_what_is_not_asked_of_somebody_shows_once_they_begin_it(
    here, teacher, trainee, module, browser_of
):
    for name in ("all", "chosen", "ours", "theirs"):
        a_programme(here.agency, name, module, a_module(here.agency, f"more_{name}"))
    for_whom(here, "chosen", "chosen")
    for_whom(here, "ours", "units", here.unit)
    for_whom(here, "theirs", "units", here.other_unit)
    assert followed(here, trainee) == [("all", 1, "missing", True), ("ours", 1, "missing", True)]
    page = browser_of(trainee).get("/sessions/mine/").text
    assert "Chosen" not in page
    assert page.count("What is lacking:") == 2
    taught(here, teacher, module, trainee, 60)
    assert [(name, asked) for name, _n, _s, asked in followed(here, trainee)] == [
        ("all", True), ("chosen", False), ("ours", True), ("theirs", False),
    ]  # fmt: skip
    page = browser_of(trainee).get("/sessions/mine/").text
    assert page.count("What is lacking:") == page.count("What is left of it:") == 2
    assert page.count("Begun. It is not required.") == 2


def test_what_was_completed_by_choice_stays_and_its_next_version_is_not_lacking(
    here, teacher, trainee, module
):
    a_programme(here.agency, "whole", module)
    for_whom(here, "whole", "chosen")
    taught(here, teacher, module, trainee, 120)
    a_programme(here.agency, "whole", a_module(here.agency))
    assert followed(here, trainee) == [("whole", 1, "completed", False)]
    for_whom(here, "whole", "everybody")
    assert followed(here, trainee) == [
        ("whole", 1, "completed", True), ("whole", 2, "missing", True),
    ]  # fmt: skip


def test_who_is_trained_in_the_whole_agency_is_asked_what_a_unit_is(here, trainee, module):
    a_programme(here.agency, "whole", module)
    for_whom(here, "whole", "units", here.other_unit)
    assert followed(here, trainee) == []
    RoleGrant.objects.create(person=trainee, role=Role.TRAINEE, agency=here.agency)
    assert followed(here, trainee) == [("whole", 1, "missing", True)]


def test_without_any_programme_the_page_says_that_none_is_required(trainee, browser_of):
    page = browser_of(trainee).get("/sessions/mine/").text
    assert "No programme is required, and none is begun." in page
