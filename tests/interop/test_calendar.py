import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from stepdown.interop.calendar import (
    Entry,
    feed,
    refresher,
    revised,
    uid,
    unit_refresher,
    withdrawn,
)
from stepdown.problems import InputProblems

ZONE = ZoneInfo("America/Chicago")
THEN = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 2, 1, 12, 0, 0, 123, tzinfo=dt.UTC)
SESSION = Entry(
    "session", "s-1", "De-escalation; part 1, talk", dt.datetime(2026, 3, 2, 8, tzinfo=ZONE), THEN,
    minutes=240, place="Hall B", url="https://x.org/s/1",
)  # fmt: skip


def written(*entries, zone="America/Chicago", name="North"):
    return feed(entries, name, "x.org", zone, NOW)


def events(*entries, **given):
    return Calendar.from_ical(written(*entries, **given)).events


def test_a_session_is_an_event_that_other_programs_read():
    calendar = Calendar.from_ical(written(SESSION))
    (event,) = calendar.events
    assert calendar["method"] == "PUBLISH"
    assert event["summary"] == SESSION.title
    assert event.decoded("dtstart") == SESSION.start
    assert event.decoded("dtend") - event.decoded("dtstart") == dt.timedelta(hours=4)
    assert event.decoded("dtstamp") == NOW.replace(microsecond=0)
    assert (event["status"], event["sequence"], event["location"]) == ("CONFIRMED", 0, "Hall B")
    assert event["dtstart"].params["TZID"] == "America/Chicago"
    assert [str(z["tzid"]) for z in calendar.timezones] == ["America/Chicago"]


def test_lines_end_with_crlf_and_are_at_most_75_octets():
    raw = written(Entry("session", "s", "山" * 200 + ",;\\ ", SESSION.start, THEN, 60))
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 75


def test_the_same_arguments_give_the_same_bytes_in_whatever_order():
    other = refresher("r-1", dt.date(2026, 4, 1), THEN, "listening")
    assert written(SESSION, other) == written(other, SESSION)


def test_the_uid_stays_and_tells_no_record_id():
    moved = revised(SESSION, Entry("session", "s-1", "Other", SESSION.start, NOW, 60))
    assert events(moved)[0]["uid"] == events(SESSION)[0]["uid"] == uid("session", "s-1", "x.org")
    assert "s-1" not in uid("session", "s-1", "x.org")
    assert uid("refresher", "s-1", "x.org") != uid("session", "s-1", "x.org")


def test_the_sequence_rises_when_something_changed_and_only_then():
    again = Entry(**{f: getattr(SESSION, f) for f in SESSION.__slots__} | {"changed_at": NOW})
    assert revised(SESSION, again) is SESSION
    one = revised(SESSION, Entry("session", "s-1", "New title", SESSION.start, NOW, 240))
    two = revised(one, Entry("session", "s-1", "New title", SESSION.start, NOW, 120))
    assert (one.sequence, two.sequence) == (1, 2)
    assert revised(None, two).sequence == 0
    with pytest.raises(ValueError, match="different things"):
        revised(SESSION, refresher("s-1", dt.date(2026, 4, 1), NOW, "x"))


def test_what_is_withdrawn_stays_in_the_feed_as_cancelled():
    gone = withdrawn(SESSION, NOW)
    (event,) = events(gone)
    assert (event["status"], event["sequence"]) == ("CANCELLED", 1)
    assert "location" not in event
    assert withdrawn(gone, NOW + dt.timedelta(days=1)) is gone


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (dt.date(2028, 2, 29), dt.date(2028, 3, 1)), (dt.date(2027, 2, 1), dt.date(2027, 3, 1)),
        (dt.date(2026, 4, 26), dt.date(2026, 5, 1)), (dt.date(2026, 12, 31), dt.date(2027, 1, 1)),
    ],
)  # fmt: skip
def test_a_refresher_takes_the_days_that_are_left_of_its_month_and_blocks_nobodys_time(day, end):
    (event,) = events(refresher("r", day, THEN, "listening", "Last shown in May."))
    assert event.decoded("dtstart") == day
    assert event.decoded("dtend") == end
    assert event["transp"] == "TRANSPARENT"
    assert event["summary"] == "Refresher, some day this month: listening"
    assert event["description"] == "Last shown in May."


def test_the_feed_of_a_unit_says_how_many_and_never_who():
    (event,) = events(unit_refresher("u", dt.date(2026, 4, 26), THEN, "North", 4))
    assert event["summary"] == "Refreshers in North, some day this month: 4 people"
    assert event.decoded("dtend") == dt.date(2026, 5, 1)
    assert "description" not in event
    assert events(unit_refresher("u", dt.date(2026, 4, 1), THEN, "North", 1))[0][
        "summary"
    ].endswith("1 person")


@pytest.mark.parametrize(
    ("zone", "start", "minutes"),
    [
        ("America/Chicago", (2026, 3, 8, 1, 30), 60),  # over the hour that is left out
        ("America/Chicago", (2026, 11, 1, 0, 30), 120),  # over the hour that is there twice
        ("Europe/Berlin", (2026, 10, 25, 2, 30), 60),
        ("Australia/Lord_Howe", (2026, 4, 5, 1, 0), 90),
        ("Asia/Kathmandu", (2026, 6, 1, 9, 0), 60),
        ("UTC", (2026, 6, 1, 9, 0), 60),
    ],
)
def test_a_session_over_a_change_of_clocks_keeps_its_length(zone, start, minutes):
    for fold in (0, 1):
        begins = dt.datetime(*start, tzinfo=ZoneInfo(zone), fold=fold)
        (event,) = events(Entry("session", "s", "x", begins, THEN, minutes), zone=zone)
        begin, end = event.decoded("dtstart"), event.decoded("dtend")
        assert begin.astimezone(dt.UTC) == begins.astimezone(dt.UTC)
        assert end.astimezone(dt.UTC) - begin.astimezone(dt.UTC) == dt.timedelta(minutes=minutes)


def test_the_time_zone_written_is_the_one_of_the_world():
    calendar = Calendar.from_ical(written(SESSION))
    zone = calendar.timezones[0].to_tz()
    for month in range(1, 13):
        noon = dt.datetime(2026, month, 15, 12)
        assert zone.utcoffset(noon) == ZONE.utcoffset(noon)


@pytest.mark.parametrize(
    "name", ["America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca"]
)
def test_every_change_of_clocks_is_told_by_the_clock_before_it(name):
    begins = dt.datetime(2026, 3, 2, 8, tzinfo=ZoneInfo(name))
    (zone,) = Calendar.from_ical(
        written(Entry("session", "s", "x", begins, THEN, 60), zone=name)
    ).timezones
    changes = 0
    for part in zone.subcomponents:
        was, becomes = part["tzoffsetfrom"].td, part["tzoffsetto"].td
        dates = part.get("rdate", [])
        for value in dates if isinstance(dates, list) else [dates]:
            for each in value.dts:
                moment = (each.dt - was).replace(tzinfo=dt.UTC).astimezone(ZoneInfo(name))
                before = (moment.astimezone(dt.UTC) - dt.timedelta(seconds=1)).astimezone(
                    ZoneInfo(name)
                )
                assert (before.utcoffset(), moment.utcoffset()) == (was, becomes)
                changes += 1
    assert changes >= 2


HOSTILE = [
    "x\r\nATTENDEE:mailto:a@b.c", "a\nEND:VEVENT\nBEGIN:VEVENT", "\\n;,:\"", "\x00\x07", "\ud800",
    "\u202egnirts", "\u0645\u0631\u064a\u0645", "山田", "", "x" * 5000, "BEGIN:VALARM", "=1+1",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text):
    record = text.replace("\ud800", "r")
    entry = Entry("session", record, text, SESSION.start, THEN, 60, text, text)
    calendar = Calendar.from_ical(written(entry, name=text))
    (event,) = calendar.events
    assert "attendee" not in calendar
    assert str(calendar["name"]).split() == list(str(calendar["x-wr-calname"]).split())
    assert "attendee" not in event
    assert len(event.subcomponents) == 0
    assert len(event["summary"]) <= 1000
    assert "\u202e" not in event["summary"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"start": dt.datetime(2026, 3, 2, 8)}, "with its zone"),
        ({"minutes": 0}, "0 minutes"),
        ({"url": "javascript:alert(1)"}, "http address"),
        ({"url": "https://x.org/\r\nATTENDEE:x"}, "http address"),
        ({"sequence": -1}, "0 or more"),
        ({"start": dt.date(9999, 12, 31)}, "9000"),
    ],
)
def test_entries_that_cannot_be_are_refused(change, said):
    entry = Entry(**{f: getattr(SESSION, f) for f in SESSION.__slots__} | change)
    with pytest.raises(InputProblems, match=said):
        written(entry)


def test_everything_wrong_with_a_feed_is_said_at_once():
    with pytest.raises(InputProblems) as error:
        feed([SESSION, SESSION], "x", "x.org\r\n", "Mars/Base", NOW.replace(tzinfo=None))
    assert [p.where for p in error.value.problems] == ["site", "zone", "stamped_at", "session s-1"]
    for zone in ("", "../etc/passwd", "/etc/passwd", "a\x00b"):
        with pytest.raises(InputProblems, match="zone"):
            written(SESSION, zone=zone)


def test_an_empty_feed_is_a_calendar():
    assert events() == []


def test_five_hundred_random_feeds_are_read_back_the_same():
    chance = random.Random(3)
    letters = "aé山\u0645,;:\\\"'\n\t \U0001f600"
    for _ in range(500):
        title = "".join(chance.choice(letters) for _ in range(chance.randint(0, 120)))
        start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(
            minutes=chance.randrange(10**6)
        )
        (event,) = events(Entry("session", "s", title, start, THEN, 45, sequence=7))
        assert str(event["summary"]) == title.replace("\t", "")
        assert event.decoded("dtstart").astimezone(dt.UTC) == start
