import pytest

from stepdown.web.accounts.suspending import let_in, suspend
from stepdown.web.permission import Missing
from stepdown.web.policy import Role
from stepdown.web.records import feeds
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
