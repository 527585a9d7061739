from __future__ import annotations

import pytest

from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.policy import Role
from stepdown.web.records.known import acquaintances, no_address
from stepdown.web.records.models import Member
from tests.web.conftest import NOW

pytestmark = pytest.mark.django_db


def test_everybody_with_a_role_or_a_row_is_known_and_nobody_else(here, elsewhere):
    gone = Person.objects.create_user("gone@here.example", "Gone")
    Member.objects.create(agency=here.agency, person=gone, number="7")
    found = acquaintances(here.agency)
    own = {p.pk for role, p in here.people.items() if role is not Role.SITE_ADMIN}
    assert set(found) == own | {gone.pk}
    assert [a.name for a in found.values()] == sorted(a.name for a in found.values())
    assert (found[gone.pk].roles, found[gone.pk].active, found[gone.pk].number) == (
        frozenset(), False, "7")  # fmt: skip
    trainee = found[here.people[Role.TRAINEE].pk]
    assert (trainee.units, trainee.trained, trainee.senior, trainee.active, trainee.alone) == (
        ("Here 1",), True, False, True, True)  # fmt: skip
    assert {r for r, p in here.people.items() if p.pk in found and found[p.pk].senior} == {
        Role.COORDINATOR, Role.ANALYST, Role.AGENCY_ADMIN}  # fmt: skip


def test_who_answers_for_somebody_too_is_seen_and_never_named(here, elsewhere):
    trainee, teacher = here.people[Role.TRAINEE], here.people[Role.INSTRUCTOR]
    RoleGrant.objects.create(
        person=trainee, role="trainee", agency=elsewhere.agency, unit=elsewhere.unit,
        suspended_at=NOW,
    )  # fmt: skip
    RoleGrant.objects.create(person=teacher, role="site_admin")
    found = acquaintances(here.agency)
    assert not found[trainee.pk].alone
    assert not found[teacher.pk].alone
    assert found[trainee.pk].units == ("Here 1",)


def test_who_never_had_a_way_in_is_told_from_who_had(here):
    person = here.people[Role.TRAINEE]
    for email, password, came_in, shown in (
        ("t@here.example", None, True, "t@here.example"),
        (no_address(person.pk), None, False, ""),
        (no_address(person.pk), "four words and a horse", True, ""),
    ):
        person.email = email
        person.set_password(password)
        person.save()
        found = acquaintances(here.agency)[person.pk]
        assert (found.came_in, found.email) == (came_in, shown)
