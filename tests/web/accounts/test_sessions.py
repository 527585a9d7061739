import time
from datetime import UTC, datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.urls import reverse

from stepdown.web import middleware
from stepdown.web.accounts import devices
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.permission import Missing
from stepdown.web.policy import Role
from tests.web.accounts.ways import OTHER, PASSWORD, is_in, noted, sign_in, signed_in
from tests.web.conftest import NOW, Browser

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
         " Gecko) Version/18.0 Mobile/15E148 Safari/604.1")  # fmt: skip


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def at(monkeypatch):
    """Set the wall clock that the limits of a session go by."""
    begun = datetime.now(UTC)

    class Clock(datetime):
        now_ = begun

        @classmethod
        def now(cls, tz=None):
            return cls.now_

    monkeypatch.setattr(middleware, "datetime", Clock)

    def move(**given):
        Clock.now_ = begun + timedelta(**given)

    return move


def open_in(browser):
    return browser.get(reverse("account")).status_code == 200


def test_a_session_ends_after_thirty_minutes_without_use(trainee, at):
    browser = signed_in(trainee)
    for minutes in (0, 29, 58):
        at(minutes=minutes)
        assert open_in(browser)
    at(minutes=58 + 31)
    answer = browser.get(reverse("account"))
    assert answer["Location"] == reverse("account_login") + "?next=%2Faccount%2F"
    assert not is_in(browser)
    at(minutes=58)
    assert not open_in(browser)


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(trainee, at):
    browser = signed_in(trainee)
    for minutes in range(0, 12 * 60 + 1, 20):
        at(minutes=minutes)
        assert open_in(browser), minutes
    at(minutes=12 * 60 + 5)
    assert not open_in(browser)


def test_a_clock_that_steps_back_and_forth_makes_no_session_longer(trainee, at):
    browser = signed_in(trainee)
    at()
    assert open_in(browser)
    for minutes in (-10, 15, -20, 9, -29):  # small steps end nothing
        at(minutes=minutes)
        assert open_in(browser), minutes
    at(minutes=2)
    assert not open_in(browser), "31 minutes after it was last used"


@pytest.mark.parametrize("hours", [-24, -1, 1, 24 * 365])
def test_a_clock_that_leaps_ends_the_session(trainee, at, hours):
    browser = signed_in(trainee)
    at()
    assert open_in(browser)
    at(hours=hours)
    assert not open_in(browser)
    assert not Session.objects.filter(session_key=browser.session.session_key).exists()


def test_a_part_of_a_page_asked_for_too_late_sends_the_whole_page_to_the_sign_in(trainee, at):
    browser = signed_in(trainee)
    at()
    open_in(browser)
    at(minutes=31)
    answer = browser.get(reverse("account"), headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith(reverse("account_login"))


def test_signing_in_again_begins_anew(trainee, at):
    browser = signed_in(trainee)
    at()
    open_in(browser)
    at(minutes=40)
    open_in(browser)
    browser.post(reverse("account_login"), {"login": trainee.email, "password": PASSWORD})
    assert open_in(browser)


def test_somebody_who_is_deactivated_is_out_at_once(trainee):
    browser = signed_in(trainee)
    assert open_in(browser)
    Person.objects.filter(pk=trainee.pk).update(is_active=False)
    assert not open_in(browser)


def test_a_role_that_is_given_or_taken_counts_from_the_next_page_on(here, trainee):
    browser = signed_in(trainee)
    grant = RoleGrant.objects.create(person=trainee, role=Role.ANALYST, agency=here.agency)
    assert browser.get(reverse("account"))["Location"] == reverse("second_factor")
    grant.delete()
    assert open_in(browser)


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(trainee):
    browser = signed_in(trainee)
    other = signed_in_again(trainee, FIREFOX)
    before = browser.session.session_key
    done = browser.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER},
    )
    assert done["Location"] == reverse("account")
    assert open_in(browser)
    assert browser.session.session_key != before
    assert not open_in(other)
    assert len(noted("password changed")) == 1
    assert [d.here for d in devices.mine(trainee.actor(), browser.session.session_key)] == [True]


def test_a_password_is_not_changed_without_the_old_one(trainee):
    browser = signed_in(trainee)
    page = browser.post(
        reverse("account_change_password"),
        {"oldpassword": OTHER, "password1": OTHER, "password2": OTHER},
    )
    assert "That is not your password of now." in page.content.decode()
    trainee.refresh_from_db()
    assert trainee.check_password(PASSWORD)


def test_one_sees_where_one_is_signed_in_and_ends_that(trainee):
    here = signed_in(trainee, HTTP_USER_AGENT=FIREFOX)
    phone, third = (signed_in_again(trainee, ua) for ua in (PHONE, "x" * 5000))
    page = here.get(reverse("account")).content.decode()
    assert "Firefox, Linux" in page
    assert "Safari, iOS" in page
    there = UserSession.objects.get(user_agent=PHONE[:200])
    here.post(reverse("end_session", args=[there.pk]))
    assert not open_in(phone)
    assert open_in(third)
    assert open_in(here)
    here.post(reverse("end_sessions"))
    assert not open_in(third)
    assert open_in(here)
    assert [len(noted(a)) for a in ("session ended", "sessions ended")] == [1, 1]


def signed_in_again(person, agent):
    browser = Browser(HTTP_USER_AGENT=agent)
    sign_in(browser, person)
    return browser


def test_a_session_that_is_not_in_the_list_is_ended_as_well(trainee, browser_of):
    hidden = browser_of(trainee)
    assert not UserSession.objects.exists()
    devices.end_others(trainee.actor(), None, NOW)
    assert not open_in(hidden)


def test_nobody_ends_anothers_session(here, elsewhere, trainee):
    browser = signed_in(trainee)
    row = UserSession.objects.get()
    for other in (here.people[Role.AGENCY_ADMIN], elsewhere.people[Role.TRAINEE]):
        with pytest.raises(Missing):
            devices.end_one(other.actor(), row.pk, NOW)
    attacker = signed_in(elsewhere.people[Role.TRAINEE])
    assert attacker.post(reverse("end_session", args=[row.pk])).status_code == 404
    attacker.post(reverse("end_sessions"))
    assert open_in(browser)


def test_the_list_says_when_a_session_was_last_used(trainee, at):
    browser = signed_in(trainee)
    at()
    open_in(browser)
    at(minutes=10)
    open_in(browser)
    row = UserSession.objects.get()
    assert 9 * 60 < row.last_seen_at.timestamp() - time.time() < 11 * 60


def test_a_page_that_is_read_again_writes_nothing(trainee, django_assert_max_num_queries):
    browser = signed_in(trainee)
    open_in(browser)
    with django_assert_max_num_queries(40) as asked:
        browser.get(reverse("library"))
    written = [
        q["sql"] for q in asked.captured_queries if q["sql"].startswith(("UPDATE", "INSERT"))
    ]
    assert written == []
