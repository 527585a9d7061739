import pytest

from stepdown.web.accounts.suspending import let_in, suspend
from stepdown.web.permission import Missing
from stepdown.web.policy import Role
from stepdown.web.programs.people import by_unit
from stepdown.web.records import feeds, members
from stepdown.web.records.serving import serving
from tests.web.conftest import NOW


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def test_whoever_comes_back_has_another_calendar_address(here, trainee):
    before = feeds.token_of(feeds.make(trainee.actor(), NOW))
    suspend([trainee], here.agency, NOW)
    trainee.refresh_from_db()
    let_in([trainee], here.agency)
    with pytest.raises(Missing):
        feeds.opened(before)
    trainee.refresh_from_db()
    after = feeds.token_of(feeds.feed_of(trainee.actor()))
    assert feeds.opened(after).person == trainee


def test_whoever_has_a_role_elsewhere_keeps_their_calendar_address(here, elsewhere, trainee):
    trainee.grants.create(role=Role.TRAINEE, agency=elsewhere.agency)
    token = feeds.token_of(feeds.make(trainee.actor(), NOW))
    suspend([trainee], here.agency, NOW)
    assert feeds.opened(token).person == trainee


def test_whoever_is_deactivated_by_hand_has_left_wherever_a_leaver_by_roster_has(here, trainee):
    before = members.headcount(here.agency).people
    assert trainee.pk in {each.id for each in serving(here.agency)} & by_unit(here.agency.id).keys()
    suspend([trainee], here.agency, NOW)
    assert trainee not in members.listed(here.agency)
    assert trainee in members.listed(here.agency, who="left")
    assert members.headcount(here.agency).people == before - 1
    assert trainee.pk not in {each.id for each in serving(here.agency)}
    assert trainee.pk not in by_unit(here.agency.id)
