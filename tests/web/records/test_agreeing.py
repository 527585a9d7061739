from datetime import timedelta

import pytest

from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing
from stepdown.web.policy import Role
from stepdown.web.records import agreeing
from stepdown.web.records.models import PractiseCounts
from tests.web.conftest import NOW

LATER = NOW + timedelta(days=3)


@pytest.fixture
def actor(here):
    return here.people[Role.TRAINEE].actor()


def test_nobody_has_agreed_to_begin_with(here, actor):
    assert agreeing.asked_in(actor) == [(here.agency, None)]


def test_agreeing_twice_is_agreeing_once(here, actor):
    agreeing.agree(actor, here.agency.id, NOW)
    agreeing.agree(actor, here.agency.id, LATER)
    assert agreeing.agreed_since(actor.id, here.agency.id) == NOW
    assert PractiseCounts.objects.count() == 1
    assert Entry.objects.filter(action="practice counts").count() == 1


def test_taken_back_it_stays_on_record_from_when_until_when(here, actor):
    agreeing.agree(actor, here.agency.id, NOW)
    agreeing.no_longer(actor, here.agency.id, LATER)
    agreeing.no_longer(actor, here.agency.id, LATER + timedelta(days=1))
    row = PractiseCounts.objects.get()
    assert (row.since, row.until) == (NOW, LATER)
    assert agreeing.agreed_since(actor.id, here.agency.id) is None
    entry = Entry.objects.get(action="practice counts no longer")
    assert (entry.actor, entry.record, entry.agency) == (actor.id, str(actor.id), here.agency.id)


def test_one_agrees_only_where_one_is_trained(here, elsewhere, actor):
    for who, agency in (
        (actor, elsewhere.agency), (here.people[Role.INSTRUCTOR].actor(), here.agency),
    ):  # fmt: skip
        with pytest.raises(Missing):
            agreeing.agree(who, agency.id, NOW)
        with pytest.raises(Missing):
            agreeing.no_longer(who, agency.id, NOW)
    assert not PractiseCounts.objects.exists()


def test_who_is_trained_there_no_longer_can_still_take_it_back(here, actor):
    agreeing.agree(actor, here.agency.id, NOW)
    person = here.people[Role.TRAINEE]
    person.grants.all().delete()
    gone = type(person).objects.get(pk=person.pk).actor()
    assert agreeing.asked_in(gone) == [(here.agency, NOW)]
    agreeing.no_longer(gone, here.agency.id, LATER)
    assert PractiseCounts.objects.get().until == LATER


def test_the_page_says_what_counts_and_changes_nothing_by_being_read(here, browser_of):
    browser = browser_of(here.people[Role.TRAINEE])
    page = browser.get("/refreshers/practice/").content.decode()
    assert "Your practice does not count." in page
    assert "never scores of practice" in page
    assert not PractiseCounts.objects.exists()


def test_one_agrees_and_takes_it_back_by_the_page(here, browser_of):
    browser = browser_of(here.people[Role.TRAINEE])
    to = f"/refreshers/practice/{here.agency.id}"
    assert browser.get(f"{to}/agree/").status_code == 405
    answer = browser.post(f"{to}/agree/", follow=True)
    assert "Your practice counts." in answer.content.decode()
    answer = browser.post(f"{to}/no-longer/", follow=True)
    assert "Your practice does not count." in answer.content.decode()
    assert PractiseCounts.objects.get().until is not None
