from __future__ import annotations

import pytest

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Hold
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.privacy.hold import hold, lift, standing
from tests.web.conftest import NOW


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def test_an_administrator_sets_and_lifts_a_hold_and_both_are_noted(here, trainee):
    admin = here.people[Role.AGENCY_ADMIN].actor()
    made = hold(admin, trainee.pk, here.agency.pk, " A court  asked ", NOW)
    assert (made.reason, made.by_id) == ("A court asked", admin.id)
    assert list(standing(trainee)) == [made]
    assert lift(admin, trainee.pk, here.agency.pk, NOW)
    assert not lift(admin, trainee.pk, here.agency.pk, NOW)
    assert not standing(trainee).exists()
    actions = Entry.objects.filter(kind="person", record=str(trainee.pk))
    assert [e.action for e in actions] == ["hold set", "hold lifted"]
    assert "court" not in str(list(actions.values()))


def test_a_hold_that_stands_gets_the_new_reason_and_stays_one(here, trainee):
    admin = here.people[Role.AGENCY_ADMIN].actor()
    for reason in ("first", "second"):
        hold(admin, trainee.pk, here.agency.pk, reason, NOW)
    assert [h.reason for h in Hold.objects.all()] == ["second"]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 401])
def test_a_hold_has_a_reason_that_can_be_read(here, trainee, reason):
    with pytest.raises(InputProblems, match="1 to 400"):
        hold(here.people[Role.AGENCY_ADMIN].actor(), trainee.pk, here.agency.pk, reason, NOW)


def test_nobody_else_sets_a_hold(here, elsewhere, trainee):
    for role in set(Role) - {Role.AGENCY_ADMIN}:
        with pytest.raises(Refused):
            hold(here.people[role].actor(), trainee.pk, here.agency.pk, "why", NOW)
    for agency in (here.agency, elsewhere.agency):
        with pytest.raises((Refused, Missing)) as no:
            hold(elsewhere.people[Role.AGENCY_ADMIN].actor(), trainee.pk, agency.pk, "why", NOW)
        assert getattr(no.value, "hidden", True)
    assert not Hold.objects.exists()
