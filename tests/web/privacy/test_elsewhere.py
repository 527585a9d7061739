from __future__ import annotations

import pytest

from stepdown.problems import InputProblems
from stepdown.web.accounts import people
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.policy import Role
from stepdown.web.practice.models import Encounter
from stepdown.web.privacy import elsewhere as asked
from stepdown.web.privacy.elsewhere import held_elsewhere
from stepdown.web.privacy.erase import erase_here
from stepdown.web.privacy.rule import rows_here
from stepdown.web.privacy.rules import TABLES
from stepdown.web.records.models import Member
from tests.web.conftest import NOW
from tests.web.privacy.conftest import filled

SIDES = [(table, side) for table in TABLES for side in table.sides if side.agency]


@pytest.fixture
def left(here, elsewhere):
    """Somebody of this agency whose last role in another was taken; their record there stands."""
    person = filled("anna", elsewhere)
    RoleGrant.objects.create(person=person, role="trainee", agency=here.agency, unit=here.unit)
    admin = elsewhere.people[Role.AGENCY_ADMIN].actor()
    there = person.grants.get(agency=elsewhere.agency)
    people.take(admin, person.pk, elsewhere.agency.pk, there.pk, NOW)
    return Person.objects.get(pk=person.pk)


def held(person, agency):
    return {
        side.name: list(rows_here(table, side, person, agency).order_by("pk").values())
        for table, side in SIDES
    }


def test_an_erasure_here_leaves_what_another_agency_holds_of_somebody_who_left_it(
    left, here, elsewhere
):
    before = held(left, elsewhere.agency)
    assert all(before[side.name] for _, side in SIDES if side.name != "roles")
    erase_here(here.people[Role.AGENCY_ADMIN].actor(), left.pk, here.agency.pk, NOW)
    assert held(left, elsewhere.agency) == before
    left.refresh_from_db()
    assert (left.name, left.is_active) == ("anna-name", True)
    assert not left.grants.exists()


def test_no_link_opens_the_account_of_somebody_whose_record_another_agency_holds(left, here):
    admin = here.people[Role.AGENCY_ADMIN].actor()
    with pytest.raises(InputProblems, match="ask whoever runs this site"):
        people.new_link(admin, left.pk, here.agency.pk, NOW)


def test_a_row_of_the_roster_alone_is_enough(here, elsewhere):
    person = here.people[Role.TRAINEE]
    assert not held_elsewhere(person, here.agency)
    Member.objects.create(agency=here.agency, person=person)
    assert not held_elsewhere(person, here.agency)
    Member.objects.create(agency=elsewhere.agency, person=person)
    assert held_elsewhere(person, here.agency)


@pytest.mark.parametrize("n", range(len(SIDES)), ids=[side.name for _, side in SIDES])
def test_each_table_tells_of_another_agency_and_none_of_this_one(here, elsewhere, n, monkeypatch):
    table, side = SIDES[n]
    person = filled("anna", elsewhere)
    monkeypatch.setattr(asked, "TABLES", [type(table)(table.model, table.plain, (side,))])
    assert held_elsewhere(person, here.agency)
    assert not held_elsewhere(person, elsewhere.agency)


def test_what_belongs_to_no_agency_is_of_no_other(here):
    person = here.people[Role.TRAINEE]
    Encounter.objects.create(
        person=person, agency=None, scenario="s", title="t", sector="s", scenario_hash="h",
        seed=1, pace="turn",
    )  # fmt: skip
    assert not held_elsewhere(person, here.agency)


def test_all_tables_are_asked_at_once(left, here, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert held_elsewhere(left, here.agency)
