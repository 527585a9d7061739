from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.records import members
from stepdown.web.records.models import Member
from tests.web.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(here):
    return here.people[Role.COORDINATOR].actor()


def test_a_row_is_made_once(here):
    person = here.people[Role.TRAINEE]
    first = members.member_of(here.agency, person)
    assert members.member_of(here.agency, person) == first
    assert members.mine(person, here.agency) == first
    assert (first.number, first.hired, first.left) == ("", None, None)


def test_who_has_no_first_day_serves_since_their_first_role_by_the_clocks_there(here):
    here.agency.zone = "America/Chicago"
    here.agency.save()
    person = here.people[Role.TRAINEE]
    RoleGrant.objects.filter(person=person).update(since=datetime(2026, 1, 2, 3, 0, tzinfo=UTC))
    RoleGrant.objects.create(person=person, role="instructor", agency=here.agency, since=NOW)
    assert members.hired_days(here.agency)[person.pk] == date(2026, 1, 1)
    Member.objects.create(agency=here.agency, person=person, hired=date(2019, 1, 1))
    assert members.hired_days(here.agency)[person.pk] == date(2019, 1, 1)


def test_people_are_counted_once_and_those_of_no_unit_apart(here):
    trainee = here.people[Role.TRAINEE]
    RoleGrant.objects.create(person=trainee, role="instructor", agency=here.agency)
    whole = Person.objects.create_user("w@here.example", "Whole")
    RoleGrant.objects.create(person=whole, role="trainee", agency=here.agency)
    asleep = Person.objects.create_user("a@here.example", "Asleep")
    RoleGrant.objects.create(
        person=asleep, role="trainee", agency=here.agency, unit=here.unit, suspended_at=NOW
    )
    found = members.headcount(here.agency)
    assert (found.people, found.units, found.whole) == (6, (("Here 1", 1),), 1)


def test_days_are_set_by_those_who_may_alone(here, elsewhere):
    person = here.people[Role.TRAINEE]
    for place, may in ((here, (Role.COORDINATOR, Role.AGENCY_ADMIN)), (elsewhere, ())):
        for role, who in place.people.items():
            given = (who.actor(), here.agency.pk, person.pk, "7", None, None, NOW)
            if role in may:
                members.change(*given)
            else:
                with pytest.raises(Refused):
                    members.change(*given)


def test_who_has_no_role_here_is_missing_wherever_they_serve(here, elsewhere, boss):
    for person in (elsewhere.people[Role.TRAINEE], here.people[Role.SITE_ADMIN]):
        with pytest.raises(Missing):
            members.change(boss, here.agency.pk, person.pk, "7", None, None, NOW)
    assert not Member.objects.exists()


def test_two_agencies_may_have_the_same_number(here, elsewhere, boss):
    Member.objects.create(
        agency=elsewhere.agency, person=elsewhere.people[Role.TRAINEE], number="7"
    )
    members.change(boss, here.agency.pk, here.people[Role.TRAINEE].pk, "7", None, None, NOW)
    with pytest.raises(InputProblems):
        members.change(boss, here.agency.pk, here.people[Role.ANALYST].pk, "7", None, None, NOW)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AGENCY_ADMIN])
def test_nobody_sets_their_own_number_or_days(here, browser_of, role):
    person = here.people[role]
    RoleGrant.objects.create(person=person, role="trainee", agency=here.agency, unit=here.unit)
    with pytest.raises(InputProblems, match="somebody else"):
        members.change(person.actor(), here.agency.pk, person.pk, "7", None, date(2026, 3, 1), NOW)
    browser, url = browser_of(person), reverse("roster_member", args=[here.agency.pk, person.pk])
    page = browser.get(url).content.decode()
    assert "Nobody sets their own number or days" in page
    assert 'name="certified"' not in page
    assert browser.post(url, {"number": "7", "certified": "2026-03-01"}).status_code == 400
    assert not Member.objects.exists()


def test_days_are_from_1950_to_today_by_the_clocks_there(here, boss):
    here.agency.zone = "Pacific/Auckland"
    here.agency.save()
    person, evening = here.people[Role.TRAINEE].pk, datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
    for first, last in ((date(1950, 1, 1), date(2026, 3, 3)), (date(2026, 3, 3), None)):
        row = members.change(boss, here.agency.pk, person, "", first, last, evening)
        assert (row.hired, row.certified) == (first, last)
    for bad in (date(1949, 12, 31), date(2026, 3, 4), date(2200, 1, 1)):
        with pytest.raises(InputProblems) as wrong:
            members.change(boss, here.agency.pk, person, "", bad, bad, evening)
        assert [p.where for p in wrong.value.problems] == ["hired", "certified"]
    assert Member.objects.get().hired == date(2026, 3, 3)


def test_what_is_wrong_with_each_is_said_beside_it_all_at_once(here, boss, browser_of):
    Member.objects.create(agency=here.agency, person=here.people[Role.ANALYST], number="7")
    browser = browser_of(here.people[Role.COORDINATOR])
    url = reverse("roster_member", args=[here.agency.pk, here.people[Role.TRAINEE].pk])
    given = {"number": "7", "hired": "1949-12-31", "certified": "2200-01-01"}
    answer = browser.post(url, given)
    assert answer.status_code == 400
    errors = answer.context["form"].errors
    assert set(errors) == {"number", "hired", "certified"}
    assert "a day from 1950-01-01 until today" in errors["hired"][0]
    assert "correct it, or leave it blank" in errors["certified"][0]
