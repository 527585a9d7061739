from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from stepdown.web import limits
from stepdown.web.accounts import people
from stepdown.web.accounts.models import Person
from stepdown.web.audit.models import Entry
from stepdown.web.logs import JsonLines
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.privacy import erase
from stepdown.web.records import feeds
from stepdown.web.records.models import Feed
from tests.web.conftest import NOW, Browser


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR]


def address(feed):
    return reverse("feed", args=[feeds.token_of(feed)])


def test_there_is_none_until_somebody_asks_and_one_however_often_they_ask(trainee):
    assert feeds.feed_of(trainee.actor()) is None
    one = feeds.make(trainee.actor(), NOW)
    assert feeds.make(trainee.actor(), NOW + timedelta(days=1)) == one
    assert Entry.objects.filter(action="calendar made").count() == 1
    assert feeds.opened(feeds.token_of(one)) == one


def test_a_new_address_ends_the_one_before(trainee):
    before = feeds.token_of(feeds.make(trainee.actor(), NOW))
    feeds.renew(trainee.actor(), NOW)
    after = feeds.token_of(feeds.feed_of(trainee.actor()))
    assert after != before
    assert feeds.opened(after).person == trainee
    with pytest.raises(Missing):
        feeds.opened(before)
    noted = [e.detail | {"r": e.record} for e in Entry.objects.all()]
    assert all(t not in str(noted) for t in (before, after))


def test_nobody_makes_a_new_address_of_what_is_not_there(trainee):
    with pytest.raises(Missing):
        feeds.renew(trainee.actor(), NOW)


def test_a_unit_s_calendar_is_for_those_who_teach_it(here, elsewhere, teacher):
    made = feeds.make(teacher.actor(), NOW, here.unit)
    coordinator = here.people[Role.COORDINATOR].actor()
    assert feeds.feed_of(coordinator, here.unit) == made
    for actor in (
        here.people[Role.TRAINEE].actor(), here.people[Role.ANALYST].actor(),
        here.people[Role.AGENCY_ADMIN].actor(), elsewhere.people[Role.COORDINATOR].actor(),
    ):  # fmt: skip
        for act in (feeds.make, feeds.renew):
            with pytest.raises(Refused):
                act(actor, NOW, here.unit)
        with pytest.raises(Refused):
            feeds.feed_of(actor, here.unit)
    with pytest.raises(Refused):
        feeds.make(teacher.actor(), NOW, here.other_unit)


@pytest.mark.parametrize("change", ["is_active", "erased_at"])
def test_whoever_may_not_come_in_has_no_calendar(trainee, change):
    token = feeds.token_of(feeds.make(trainee.actor(), NOW))
    changed = {"is_active": False} if change == "is_active" else {"erased_at": NOW}
    Person.objects.filter(pk=trainee.pk).update(**changed)
    with pytest.raises(Missing):
        feeds.opened(token)


def test_the_calendar_of_a_unit_stays_when_whoever_made_it_goes(here, teacher):
    token = feeds.token_of(feeds.make(teacher.actor(), NOW, here.unit))
    Person.objects.filter(pk=teacher.pk).update(is_active=False)
    assert feeds.opened(token).unit == here.unit


def lose_by_deactivation(admin, person, agency):
    people.deactivate(admin, person.pk, agency.pk, NOW)


def lose_by_taking(admin, person, agency):
    for grant in person.grants.filter(agency=agency):
        people.take(admin, person.pk, agency.pk, grant.pk, NOW)


def lose_by_erasure_here(admin, person, agency):
    erase.erase_here(admin, person.pk, agency.pk, NOW)


def lose_by_erasure(_admin, person, _agency):
    erase.erase(person.actor(), person.pk, NOW)


WAYS = [lose_by_deactivation, lose_by_taking, lose_by_erasure_here, lose_by_erasure]


@pytest.fixture
def unit_tokens(here, elsewhere):
    """What opens the calendars of the unit, of another one there, and of one of another agency."""
    made = []
    for place, unit in (
        (here, here.unit), (here, here.other_unit), (elsewhere, elsewhere.unit),
    ):  # fmt: skip
        coordinator = place.people[Role.COORDINATOR].actor()
        made.append(feeds.token_of(feeds.make(coordinator, NOW, unit)))
    return made


def opening(tokens):
    """Say of each token whether it opens a calendar."""
    opened = []
    for token in tokens:
        try:
            opened.append(bool(feeds.opened(token)))
        except Missing:
            opened.append(False)
    return opened


@pytest.mark.parametrize("lose", WAYS)
@pytest.mark.parametrize(
    ("role", "open_after"),
    [
        (Role.INSTRUCTOR, [False, True, True]), (Role.COORDINATOR, [False, False, True]),
        (Role.TRAINEE, [True, True, True]), (Role.ANALYST, [True, True, True]),
    ],
)  # fmt: skip
def test_whoever_teaches_a_unit_no_more_has_its_address_no_more(
    here, elsewhere, unit_tokens, lose, role, open_after
):
    person, admin = here.people[role], here.people[Role.AGENCY_ADMIN].actor()
    person.grants.create(role=Role.INSTRUCTOR, agency=elsewhere.agency)
    lose(admin, person, here.agency)
    expected = [*open_after[:2], lose is not lose_by_erasure]
    assert opening(unit_tokens) == expected


def test_whoever_may_still_see_a_unit_s_calendar_keeps_its_address(here, teacher, unit_tokens):
    admin = here.people[Role.AGENCY_ADMIN].actor()
    lost = teacher.grants.get()
    whole = teacher.grants.create(role=Role.COORDINATOR, agency=here.agency)
    people.take(admin, teacher.pk, here.agency.pk, lost.pk, NOW)
    assert opening(unit_tokens) == [True, True, True]
    teacher.grants.create(role=Role.COORDINATOR, agency=here.agency, unit=here.unit)
    people.take(admin, teacher.pk, here.agency.pk, whole.pk, NOW)
    assert opening(unit_tokens) == [True, False, True]


def test_no_address_of_before_comes_back_with_what_a_backup_holds(here, trainee, teacher):
    made = feeds.make(trainee.actor(), NOW)
    withdrawn = [feeds.token_of(made)]
    for n in range(5):
        feeds.renew(trainee.actor(), NOW + timedelta(minutes=n))
        withdrawn.append(feeds.token_of(feeds.feed_of(trainee.actor())))
    later = feeds.make(teacher.actor(), NOW + timedelta(minutes=10), here.unit)
    withdrawn.append(feeds.token_of(later))
    assert len(set(withdrawn)) == len(withdrawn)
    Feed.objects.filter(pk=made.pk).update(counter=made.counter)
    later.delete()
    feeds.withdraw(Feed.objects.all(), NOW + feeds.AHEAD)
    feeds.make(teacher.actor(), NOW + timedelta(days=1), here.unit)
    assert opening(withdrawn) == [False] * len(withdrawn)
    assert feeds.opened(feeds.token_of(feeds.feed_of(trainee.actor()))) == made


def test_what_is_wrong_withdrawn_or_somebody_else_s_is_answered_alike(here, trainee, teacher):
    feed = feeds.make(trainee.actor(), NOW)
    withdrawn = feeds.token_of(feed)
    feeds.renew(trainee.actor(), NOW)
    good = feeds.token_of(feeds.feed_of(trainee.actor()))
    other = feeds.token_of(feeds.make(teacher.actor(), NOW))
    head, counter, seal = good.split(".")
    wrong = [
        withdrawn, f"{head}.{counter}.{other.split('.')[2]}", f"{other.split('.')[0]}.1.{seal}",
        f"{head}.0{counter}.{seal}", good + "=", good[:-1], "x", "..", "a" * 5000, "\x00", "é.1.é",
        feeds.feed_token(b"another secret of 32 bytes or so", feed.subject, 1),
    ]  # fmt: skip
    browser = Browser()
    assert browser.get(reverse("feed", args=[good])).status_code == 200
    answers = [browser.get(reverse("feed", args=[token])) for token in wrong]
    assert {answer.status_code for answer in answers} == {404}
    told = {answer.content.split(b"<main")[1].split(b"</main>")[0] for answer in answers}
    assert len(told) == 1
    assert browser.get("/calendar/nothing").content.split(b"<main")[1].split(b"</main>")[0] in told


def test_the_address_is_in_no_log(trainee, caplog, confirmed_of):
    feed = feeds.make(trainee.actor(), NOW)
    good, seal = address(feed), feeds.token_of(feed).split(".")[2]
    handler = logging.StreamHandler()
    lines = []
    handler.emit = lambda record: lines.append(JsonLines().format(record))
    watched = [logging.getLogger(name) for name in ("stepdown", "django", "allauth")]
    for logger in watched:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    try:
        with caplog.at_level(logging.DEBUG):
            assert Browser().get(good).status_code == 200
            assert Browser().get(good.replace(".ics", "x.ics")).status_code == 404
            assert Browser().post(good).status_code == 405
            confirmed_of(trainee).post(reverse("renew_feed"))
    finally:
        for logger in watched:
            logger.removeHandler(handler)
            logger.setLevel(logging.ERROR)
    assert any('"route": "feed"' in line for line in lines)
    assert not [line for line in lines if seal in line]
    assert not [e for e in Entry.objects.all() if seal in f"{e.record}{e.detail}"]


def test_a_calendar_is_read_so_often_from_one_address(trainee, monkeypatch):
    monkeypatch.setitem(limits.A_MINUTE, "feed", 1)
    good = address(feeds.make(trainee.actor(), NOW))
    asked = Client(REMOTE_ADDR="203.0.113.9")
    answers = [asked.get(good, secure=True) for _ in range(6)]  # in two minutes at the most
    assert answers[0].status_code == 200
    assert [a for a in answers if a.status_code == 429 and int(a["Retry-After"]) <= 60]
    assert Client(REMOTE_ADDR="203.0.113.10").get(good, secure=True).status_code == 200


def test_an_erased_person_s_calendar_goes_with_them(here, trainee):
    token = feeds.token_of(feeds.make(trainee.actor(), NOW))
    Browser().get(reverse("feed", args=[token]))
    erase.erase(trainee.actor(), trainee.pk, NOW)
    assert not Feed.objects.exists()
    assert Browser().get(reverse("feed", args=[token])).status_code == 404


def test_the_page_makes_an_address_only_when_asked_and_makes_it_anew(trainee, browser_of):
    browser = browser_of(trainee)
    page = browser.get(reverse("calendar"))
    assert "There is none until you ask for it." in page.content.decode()
    assert not Feed.objects.exists()
    assert browser.get(reverse("make_feed")).status_code == 405
    page = browser.post(reverse("make_feed"), follow=True)
    first = address(Feed.objects.get())
    assert f"https://testserver{first}" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    page = browser.post(reverse("renew_feed"), follow=True).content.decode()
    second = address(Feed.objects.get())
    assert second in page
    assert first not in page
    assert Browser().get(first).status_code == 404
    assert Browser().get(second).status_code == 200


def test_those_who_teach_find_the_calendars_of_their_units(here, teacher, browser_of):
    browser = browser_of(teacher)
    assert reverse("unit_calendar", args=[here.unit.pk]) in browser.get(
        reverse("calendar")
    ).content.decode()  # fmt: skip
    assert here.other_unit.name not in browser.get(reverse("calendar")).content.decode()
    page = browser.post(reverse("make_unit_feed", args=[here.unit.pk]), follow=True)
    first = address(Feed.objects.get())
    assert first in page.content.decode()
    browser.post(reverse("renew_unit_feed", args=[here.unit.pk]))
    assert address(Feed.objects.get()) != first


def test_reminders_are_switched_off_and_on(trainee, browser_of):
    browser = browser_of(trainee)
    for wanted in (False, False, True):
        sent = {"wanted": "on"} if wanted else {}
        browser.post(reverse("reminders"), sent)
        trainee.refresh_from_db()
        assert trainee.wants_reminders is wanted
    assert Entry.objects.filter(action__startswith="reminders").count() == 2
    assert "Remind me no more" in browser.get(reverse("calendar")).content.decode()
