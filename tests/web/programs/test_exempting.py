import uuid
from datetime import date

import pytest

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.programs import exempting
from stepdown.web.programs.models import Exemption
from tests.web.conftest import NOW

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


@pytest.fixture
def chief(here):
    return here.people[Role.COORDINATOR]


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def exempted(here, by, person, **changed):
    given = {"reason": "injury", "start": MAY, "until": JULY, "note": ""} | changed
    key = given.pop("key", None)
    return exempting.exempt(by.actor(), here.agency.id, person.id, **given, now=NOW, key=key)


def test_an_exemption_is_noted_once_by_whoever_coordinates(here, chief, trainee):
    key = uuid.uuid4()
    first = exempted(here, chief, trainee, key=key)
    assert exempted(here, chief, trainee, key=key).id == first.id
    assert Exemption.objects.count() == 1
    entry = Entry.objects.get(action=exempting.EXEMPT)
    assert (entry.record, entry.detail) == (str(first.id), {})


def test_everything_wrong_is_said_by_the_names_of_the_form(here, chief, trainee):
    for wrong, where in (
        ({"reason": "other"}, ["note", "note"]), ({"reason": "tired"}, ["reason"]),
        ({"until": date(2026, 4, 30)}, ["until"]), ({"note": "\u202ex"}, ["note"]),
        ({"note": "x" * 401}, ["note"]),
    ):  # fmt: skip
        with pytest.raises(InputProblems) as error:
            exempted(here, chief, trainee, **wrong)
        assert [p.where for p in error.value.problems] == where[: len(error.value.problems)]
    assert not Exemption.objects.exists()


def test_ended_early_the_earlier_row_stays_and_no_longer_holds(here, chief, trainee):
    first = exempted(here, chief, trainee, until=None, note="As agreed")
    second = exempting.end(chief.actor(), first.id, JUNE, NOW)
    assert exempting.end(chief.actor(), first.id, JUNE, NOW).id == first.id
    first.refresh_from_db()
    assert (first.withdrawn_at, first.until) == (NOW, None)
    assert (second.start, second.until, second.reason, second.note) == (
        MAY, JUNE, "injury", "As agreed",
    )  # fmt: skip
    assert list(exempting.standing(here.agency.id)) == [second]
    assert set(exempting.of_person(here.agency.id, trainee.id)) == {first, second}


def test_an_end_lies_between_its_first_and_its_last_day(here, chief, trainee):
    first = exempted(here, chief, trainee)
    for day in (date(2026, 4, 30), JULY, date(2026, 8, 1)):
        with pytest.raises(InputProblems):
            exempting.end(chief.actor(), first.id, day, NOW)
    assert exempting.standing(here.agency.id).get() == first


def test_a_mistake_is_taken_back_and_stays_to_be_seen(here, chief, trainee):
    first = exempted(here, chief, trainee)
    exempting.withdraw(chief.actor(), first.id, NOW)
    exempting.withdraw(chief.actor(), first.id, NOW)
    assert not exempting.standing(here.agency.id).exists()
    assert exempting.of_person(here.agency.id, trainee.id).get().withdrawn_at == NOW
    assert Entry.objects.filter(action=exempting.WITHDRAW).count() == 1


def test_nobody_exempts_themselves(here, chief):
    RoleGrant.objects.create(person=chief, role=Role.TRAINEE, agency=here.agency, unit=here.unit)
    with pytest.raises(Refused):
        exempted(here, chief, chief)


def test_only_whoever_coordinates_the_unit_exempts_and_another_agency_finds_nobody(
    here, elsewhere, chief, trainee
):
    side = Person.objects.create_user("s@here.example", "Side")
    RoleGrant.objects.create(
        person=side, role=Role.COORDINATOR, agency=here.agency, unit=here.other_unit
    )
    made = exempted(here, chief, trainee)
    for person in (here.people[Role.INSTRUCTOR], side, trainee, elsewhere.people[Role.COORDINATOR]):
        with pytest.raises(Refused):
            exempted(here, person, trainee)
        with pytest.raises(Refused):
            exempting.end(person.actor(), made.id, JUNE, NOW)
        with pytest.raises(Refused):
            exempting.withdraw(person.actor(), made.id, NOW)
    with pytest.raises(Missing):
        exempted(here, chief, elsewhere.people[Role.TRAINEE])
    assert Exemption.objects.get() == made
    assert made.withdrawn_at is None


def test_those_who_left_are_still_found_by_who_coordinates(here, chief, trainee):
    trainee.grants.update(suspended_at=NOW)
    exempted(here, chief, trainee)
    assert Exemption.objects.count() == 1
