from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import get_language

from stepdown.web.accounts.models import RoleGrant
from stepdown.web.policy import Role
from stepdown.web.privacy.erase import erase_here
from stepdown.web.programs.models import Session
from stepdown.web.records import agenda, feeds, subscribed
from stepdown.web.records.models import FeedEntry, Member, Plan, Visit
from tests.web.conftest import NOW, Browser
from tests.web.records.lessons import rules, session, taught, there
from tests.web.records.refreshed import trainees, wanted

SOON = NOW + timedelta(days=3)
TODAY = datetime.now(UTC)
"""For what a page is asked for: it goes by the clock."""


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def listen(here):
    return taught(here.agency).modules["listen"]


@pytest.fixture
def own(trainee):
    return feeds.make(trainee.actor(), NOW)


@pytest.fixture
def of_unit(here):
    return feeds.make(here.people[Role.INSTRUCTOR].actor(), NOW, here.unit)


def planned(agency, visits, at=NOW):
    plan = Plan.objects.create(
        agency=agency, setting=wanted(agency), today=at.date(), at=at, done_at=at
    )
    for person, unit, day in visits:
        Visit.objects.create(
            plan=plan, person=person, unit=unit, day=day, refresher="bridge", title="On the bridge",
            hours=1.0, techniques=["listening"], since_days=5.0, chance=0.4, worth_days=50.0,
            last=day - timedelta(days=400),
        )  # fmt: skip
    return plan


def events(feed, now=NOW):
    found = icalendar.Calendar.from_ical(subscribed.sent(feed, now).content())
    return {str(e["summary"]): e for e in found.walk("VEVENT")}


def test_a_person_s_calendar_holds_what_is_theirs_and_nothing_else(
    here, elsewhere, trainee, own, listen
):
    mine = session(listen, here.unit, SOON)
    for_all = session(listen, None, SOON + timedelta(days=1))
    session(listen, here.other_unit, SOON + timedelta(days=2))
    session(listen, here.unit, NOW - timedelta(days=91))
    been = session(listen, here.other_unit, NOW - timedelta(days=89))
    there(been, trainee)
    teaches = session(listen, here.other_unit, SOON + timedelta(days=4), trainee)
    session(taught(elsewhere.agency).modules["listen"], None, SOON)
    calendar = icalendar.Calendar.from_ical(subscribed.sent(own, NOW).content())
    starts = {e["dtstart"].dt.astimezone(UTC) for e in calendar.walk("VEVENT")}
    assert starts == {row.start for row in (mine, for_all, been, teaches)}
    [told] = [e for e in calendar.walk("VEVENT") if e["dtstart"].dt == teaches.start]
    assert (told["description"], told["location"]) == ("You teach this session.", "Hall")


def test_a_refresher_says_to_the_person_alone_why(here, trainee, own, of_unit):
    other = trainees(here.unit, 1)[0]
    april, may = date(2026, 4, 1), date(2026, 5, 1)
    those = [(trainee, april), (other, april), (other, may)]
    planned(here.agency, [(person, here.unit, day) for person, day in those])
    mine = events(own)
    assert set(mine) == {"Refresher, some day this month: On the bridge"}
    assert (
        "13 months since you were last taught or tested in it (25 Feb 2025)"
        in mine["Refresher, some day this month: On the bridge"]["description"]
    )
    unit = events(of_unit)
    assert {(s, e["dtstart"].dt) for s, e in unit.items()} == {
        ("Refreshers in Here 1, some day this month: 2 people", date(2026, 4, 1)),
        ("Refreshers in Here 1, some day this month: 1 person", date(2026, 5, 1)),
    }
    content = subscribed.sent(of_unit, NOW).content().decode()
    assert "description" not in content.lower()
    for person in (trainee, other):
        assert person.name not in content
        assert str(person.pk) not in content


def test_a_refresher_planned_late_in_a_month_may_be_on_any_day_that_is_left(
    here, trainee, own, of_unit
):
    planned(here.agency, [(trainee, here.unit, date(2026, 3, 26))])
    for feed in (own, of_unit):
        [event] = events(feed).values()
        assert (event["dtstart"].dt, event["dtend"].dt) == (date(2026, 3, 26), date(2026, 4, 1))
        assert event["transp"] == "TRANSPARENT"


def test_a_refresher_that_a_plan_drops_within_its_month_is_cancelled(here, trainee, own):
    planned(here.agency, [(trainee, here.unit, date(2026, 3, 1))])
    last = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
    assert [e["status"] for e in events(own).values()] == ["CONFIRMED"]
    planned(here.agency, [], last)
    assert [e["status"] for e in events(own, last).values()] == ["CANCELLED"]


def test_an_entry_sent_by_an_earlier_version_is_read_and_becomes_another(here, trainee, own):
    planned(here.agency, [(trainee, here.unit, date(2026, 3, 26))])
    events(own)
    row = FeedEntry.objects.get()
    del row.values["days"]
    row.save()
    [event] = events(own).values()
    assert (event["sequence"], event["dtend"].dt) == (1, date(2026, 4, 1))


def test_the_calendar_of_a_unit_is_in_the_language_of_the_site(
    here, trainee, of_unit, settings, monkeypatch
):
    said = []

    def heard(one, many, n):
        said.append((get_language(), many))
        return many

    monkeypatch.setattr(agenda, "ngettext", heard)
    settings.LANGUAGE_CODE = "es"
    planned(here.agency, [(trainee, here.unit, date(2026, 4, 1))])
    assert events(of_unit)
    assert set(said) == {("es", "Refreshers in %(unit)s, some day this month: %(n)d people")}


def test_the_day_on_which_hours_are_due_stands_until_they_are_there(here, trainee, own, listen):
    rules(here.agency, at=NOW)
    Member.objects.create(agency=here.agency, person=trainee, hired=date(2020, 1, 1))
    [due] = events(own).values()
    assert (due["summary"], due["dtstart"].dt) == ("Training hours due", date(2026, 12, 31))
    assert "8 hours lacking, due on 31 Dec 2026." in due["description"]
    there(session(listen, here.unit, NOW - timedelta(days=1), minutes=480), trainee)
    after = events(own)["Training hours due"]
    assert after["sequence"] == 1
    assert after["description"] != due["description"]


def test_it_is_in_the_language_of_the_person_whoever_fetches_it(here, trainee, own):
    planned(here.agency, [(trainee, here.unit, TODAY.date() + timedelta(days=20))], TODAY)
    to = reverse("feed", args=[feeds.token_of(own)])
    first = Browser().get(to)
    again = Browser().get(to, headers={"accept-language": "es"})
    assert again.content == first.content
    assert FeedEntry.objects.get().values["sequence"] == 0


def test_a_session_that_is_moved_keeps_its_uid_and_its_sequence_rises(here, own, listen):
    row = session(listen, here.unit, SOON)
    before = next(iter(events(own).values()))
    Session.objects.filter(pk=row.pk).update(start=SOON + timedelta(hours=2))
    after = next(iter(events(own, NOW + timedelta(hours=1)).values()))
    assert after["uid"] == before["uid"]
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after["last-modified"].dt == NOW + timedelta(hours=1)
    Session.objects.filter(pk=row.pk).update(cancelled_at=NOW)
    gone = next(iter(events(own, NOW + timedelta(hours=2)).values()))
    assert (gone["sequence"], gone["status"]) == (2, "CANCELLED")


def test_what_is_theirs_no_longer_is_sent_as_cancelled_and_then_left_out(
    here, trainee, own, listen
):
    session(listen, here.unit, SOON)
    assert next(iter(events(own).values()))["status"] == "CONFIRMED"
    RoleGrant.objects.filter(person=trainee).update(unit=here.other_unit)
    gone = next(iter(events(own, NOW + timedelta(days=1)).values()))
    assert (gone["status"], gone["sequence"]) == ("CANCELLED", 1)
    assert len(events(own, NOW + timedelta(days=90))) == 1
    assert events(own, NOW + timedelta(days=92)) == {}
    with CaptureQueriesContext(connection) as asked:
        assert events(own, NOW + timedelta(days=93)) == {}
    assert "INSERT" not in str(asked.captured_queries)


def test_what_comes_back_after_it_was_left_out_has_a_higher_sequence_still(here, trainee, own):
    def shown(days, visits):
        at = NOW + timedelta(days=days)
        planned(here.agency, [(trainee, here.unit, day) for day in visits], at)
        calendar = icalendar.Calendar.from_ical(subscribed.sent(own, at).content())
        return [(e["uid"], e["sequence"], e["status"]) for e in calendar.walk("VEVENT")]

    december = date(2026, 12, 1)
    [first] = shown(0, [december])
    [gone] = shown(30, [])
    assert shown(125, []) == []
    [back] = shown(130, [december])
    assert {first[0]} == {gone[0], back[0]}
    assert [first[1:], gone[1:], back[1:]] == [
        (0, "CONFIRMED"), (1, "CANCELLED"), (2, "CONFIRMED"),
    ]  # fmt: skip


def test_what_is_over_for_long_is_stored_no_more(here, own, listen):
    session(listen, here.unit, SOON)
    events(own)
    assert events(own, SOON + timedelta(days=92)) == {}
    assert not FeedEntry.objects.exists()


def test_what_comes_back_is_confirmed_again(here, trainee, own, listen):
    session(listen, here.unit, SOON)
    grants = RoleGrant.objects.filter(person=trainee)
    for unit in (here.unit, here.other_unit, here.unit):
        grants.update(unit=unit)
        shown = next(iter(events(own).values()))
    assert (shown["status"], shown["sequence"]) == ("CONFIRMED", 2)


def test_a_refresher_that_is_over_stays_when_a_new_plan_is_made(here, trainee, own):
    planned(
        here.agency,
        [(trainee, here.unit, date(2026, 2, 1)), (trainee, here.unit, date(2026, 6, 1))],
    )
    assert (
        len(icalendar.Calendar.from_ical(subscribed.sent(own, NOW).content()).walk("VEVENT")) == 2
    )
    planned(here.agency, [(trainee, here.unit, date(2026, 7, 1))], NOW + timedelta(days=1))
    found = icalendar.Calendar.from_ical(
        subscribed.sent(own, NOW + timedelta(days=1)).content()
    ).walk("VEVENT")
    assert {e["dtstart"].dt: e["status"] for e in found} == {
        date(2026, 2, 1): "CONFIRMED", date(2026, 6, 1): "CANCELLED", date(2026, 7, 1): "CONFIRMED",
    }  # fmt: skip


def test_where_nothing_changed_nothing_is_written(here, own, listen):
    for n in range(5):
        session(listen, here.unit, SOON + timedelta(days=n))
    first = subscribed.sent(own, NOW)
    with CaptureQueriesContext(connection) as asked:
        again = subscribed.sent(own, NOW + timedelta(hours=6))
    assert again == first
    wrote = ("INSERT", "UPDATE", "DELETE", "BEGIN", "SAVEPOINT")
    assert not [q["sql"] for q in asked if q["sql"].startswith(wrote)]
    assert "FOR UPDATE" not in str(asked.captured_queries)


def test_many_entries_are_asked_for_as_often_as_few(here, trainee, own, of_unit, listen):
    def queries(feed):
        subscribed.sent(feed, NOW)
        with CaptureQueriesContext(connection) as asked:
            subscribed.sent(feed, NOW)
        return len(asked)

    session(listen, here.unit, SOON)
    rules(here.agency, at=NOW)
    Member.objects.create(agency=here.agency, person=trainee, hired=date(2020, 1, 1))
    few_people = trainees(here.unit, 1)
    planned(here.agency, [(p, here.unit, date(2026, 4, 1)) for p in (trainee, *few_people)])
    few = queries(own), queries(of_unit)
    for n in range(60):
        session(listen, here.unit, SOON + timedelta(hours=n))
    people = [trainee, *trainees(here.unit, 30, "More")]
    planned(here.agency, [(p, here.unit, date(2026, m, 1)) for p in people for m in range(4, 10)],
            NOW + timedelta(hours=1))  # fmt: skip
    assert (queries(own), queries(of_unit)) == few
    assert max(few) <= 20


def test_two_fetches_at_once_raise_the_sequence_once(here, own, listen, monkeypatch):
    """The second, which saw the calendar before the first stored it, stores nothing anew."""
    row = session(listen, here.unit, SOON)
    subscribed.sent(own, NOW)
    Session.objects.filter(pk=row.pk).update(place="Elsewhere")
    kept = subscribed._kept

    def beaten(feed, now):
        monkeypatch.setattr(subscribed, "_kept", kept)
        subscribed.sent(feed, now)
        return kept(feed, now)

    monkeypatch.setattr(subscribed, "_kept", beaten)
    subscribed.sent(own, NOW + timedelta(minutes=1))
    assert FeedEntry.objects.get().values["sequence"] == 1


def test_whoever_has_it_already_is_told_that_it_holds_still(here, own, listen):
    row = session(listen, here.unit, TODAY + timedelta(days=3))
    to = reverse("feed", args=[feeds.token_of(own)])
    browser = Browser()
    first = browser.get(to)
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert first["Cache-Control"] == "private, no-cache"
    for head in (
        {"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]},
    ):  # fmt: skip
        same = browser.get(to, headers=head)
        assert (same.status_code, same.content) == (304, b"")
        assert same["Cache-Control"] == "private, no-cache"
        assert same["ETag"] == first["ETag"]
    only_head = browser.head(to)
    assert (only_head.status_code, only_head.content) == (200, b"")
    assert only_head["ETag"] == first["ETag"]
    Session.objects.filter(pk=row.pk).update(place="Elsewhere")
    assert browser.get(to, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_times_are_those_of_the_agency(here, own, listen):
    here.agency.zone = "America/Chicago"
    here.agency.save()
    session(listen, here.unit, datetime(2026, 3, 10, 14, 0, tzinfo=UTC))
    content = subscribed.sent(own, NOW).content().decode()
    assert "DTSTART;TZID=America/Chicago:20260310T090000" in content
    assert "BEGIN:VTIMEZONE" in content


def test_hostile_text_breaks_no_calendar(here, own, of_unit, listen):
    row = session(listen, here.unit, SOON)
    Session.objects.filter(pk=row.pk).update(
        place="Hall\r\nEND:VEVENT\r\nX-EVIL:1 \u202e<script>" + "x" * 150
    )
    for feed in (own, of_unit):
        found = icalendar.Calendar.from_ical(subscribed.sent(feed, NOW).content()).walk("VEVENT")
        assert len(found) == 1
        assert "x-evil" not in found[0]
        assert "\u202e" not in found[0]["location"]


def test_what_is_stored_is_what_was_sent(here, trainee, own, listen):
    session(listen, here.unit, SOON)
    planned(here.agency, [(trainee, here.unit, date(2026, 4, 1))])
    subscribed.sent(own, NOW)
    for values in FeedEntry.objects.values_list("values", flat=True):
        assert subscribed.as_values(subscribed.entry_of(values)) == values


def test_what_an_agency_erases_leaves_the_calendar_and_what_another_holds_stays(
    here, elsewhere, trainee, own, listen
):
    RoleGrant.objects.create(
        person=trainee, role="trainee", agency=elsewhere.agency, unit=elsewhere.unit
    )
    session(listen, here.unit, SOON)
    session(taught(elsewhere.agency).modules["listen"], elsewhere.unit, SOON)
    planned(here.agency, [(trainee, here.unit, date(2026, 4, 1))])
    planned(elsewhere.agency, [(trainee, elsewhere.unit, date(2026, 5, 1))])
    rules(here.agency, at=NOW)
    Member.objects.create(agency=here.agency, person=trainee, hired=date(2020, 1, 1))
    events(own)
    assert set(FeedEntry.objects.values_list("agency", "kind")) == {
        (here.agency.pk, "session"), (here.agency.pk, "hours"), (here.agency.pk, "refresher"),
        (elsewhere.agency.pk, "session"), (elsewhere.agency.pk, "refresher"),
    }  # fmt: skip
    erase_here(here.people[Role.AGENCY_ADMIN].actor(), trainee.pk, here.agency.pk, NOW)
    for later in range(2):
        sent = subscribed.sent(own, NOW + timedelta(hours=later)).content().decode()
        assert (sent.count("BEGIN:VEVENT"), sent.count("STATUS:CONFIRMED")) == (2, 2)
        assert {e.agency for e in FeedEntry.objects.all()} == {elsewhere.agency}


def test_a_unit_s_calendar_is_of_the_unit_s_agency(here, of_unit, listen, trainee):
    session(listen, here.unit, SOON)
    planned(here.agency, [(trainee, here.unit, SOON.date())])
    events(of_unit)
    assert {e.agency for e in FeedEntry.objects.all()} == {here.agency}
    assert FeedEntry.objects.count() == 2


def test_what_is_cancelled_is_sent_without_place_and_words(here, trainee, own, listen):
    row = session(listen, here.unit, SOON)
    planned(here.agency, [(trainee, here.unit, SOON.date())])
    assert all("description" in e or "location" in e for e in events(own).values())
    Session.objects.filter(pk=row.pk).update(cancelled_at=NOW)
    RoleGrant.objects.filter(person=trainee).update(suspended_at=NOW)
    sent = events(own, NOW + timedelta(hours=1))
    assert [e["status"] for e in sent.values()] == ["CANCELLED"] * 2
    assert not [e for e in sent.values() if "description" in e or "location" in e]


def test_two_agencies_refreshers_in_one_month_are_two_entries_and_the_first_keeps_its_uid(
    here, elsewhere, trainee, own
):
    day = date(2026, 4, 1)
    planned(here.agency, [(trainee, here.unit, day)])
    subscribed.sent(own, NOW)
    [before] = FeedEntry.objects.filter(feed=own)
    RoleGrant.objects.create(
        person=trainee, role=Role.TRAINEE, agency=elsewhere.agency, unit=elsewhere.unit, since=NOW
    )
    planned(elsewhere.agency, [(trainee, elsewhere.unit, day)])
    for at in (NOW + timedelta(days=1), NOW + timedelta(days=2)):
        subscribed.sent(own, at)
        rows = {row.agency_id: row for row in FeedEntry.objects.filter(feed=own)}
        assert set(rows) == {here.agency.id, elsewhere.agency.id}
        mine = rows[here.agency.id]
        assert (mine.pk, mine.record) == (before.pk, before.record)
        assert rows[elsewhere.agency.id].record != before.record
