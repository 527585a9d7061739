from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from stepdown.problems import InputProblems
from stepdown.retention.curriculum import Pinned
from stepdown.retention.teaching import (
    Attendance,
    Exemption,
    Fidelity,
    Session,
    check_attendance,
)

NINE = datetime(2028, 2, 29, 9, tzinfo=ZoneInfo("America/Chicago"))


def session(name: str = "s1", **changed: Any) -> Session:
    fields = {
        "id": name, "module": Pinned(id="listen", version=1), "unit": "North", "start": NINE,
        "minutes": 120, "instructors": ("Instructor 1",), "place": "Room 2",
    }  # fmt: skip
    return Session(**{**fields, **changed})


def there(name: str = "a1", **changed: Any) -> Attendance:
    fields = {
        "id": name, "session": "s1", "person": "p1", "minutes": 120, "how": "list",
        "recorded_by": "Instructor 1", "recorded": NINE + timedelta(hours=2),
    }  # fmt: skip
    return Attendance(**{**fields, **changed})


def wrong(make, *arguments, **changed) -> list[str]:
    with pytest.raises(InputProblems) as raised:
        make(*arguments, **changed)
    return [problem.where for problem in raised.value.problems]


def test_everything_wrong_with_a_session_is_said_at_once():
    found = wrong(
        session, " ", unit="", place="", start=datetime(2028, 1, 1), minutes=0,
        instructors=(), make_up_of=" ",
    )  # fmt: skip
    assert found == [
        "session, id", "session, unit", "session, place", "session, start", "session, minutes",
        "session, instructors", "session, make_up_of",
    ]  # fmt: skip


@pytest.mark.parametrize("minutes", [-5, 0, 24 * 60 + 1, 10**9])
def test_a_session_lasts_some_minutes_and_no_more_than_a_day(minutes):
    assert wrong(session, minutes=minutes) == ["session, minutes"]


@pytest.mark.parametrize("start", [datetime.min, datetime.max])
@pytest.mark.parametrize("zone", ["America/Chicago", "Asia/Tokyo"])
def test_a_session_ends_within_the_calendar(start, zone):
    assert wrong(session, start=start.replace(tzinfo=ZoneInfo(zone))) == ["session, start"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2028, 3, 12, 1, 30), "2028-03-12T04:30:00-05:00"),
        (datetime(2028, 11, 5, 0, 30), "2028-11-05T01:30:00-06:00"),
        (datetime(2028, 2, 28, 23, 0), "2028-02-29T01:00:00-06:00"),
    ],
)  # fmt: skip
def test_a_session_lasts_as_long_as_it_lasts_when_clocks_are_set(start, end):
    begun = session(start=start.replace(tzinfo=ZoneInfo("America/Chicago")))
    assert begun.end.isoformat() == end
    assert begun.end.astimezone(UTC) - begun.start.astimezone(UTC) == timedelta(hours=2)


def test_everything_wrong_with_an_entry_is_said_at_once():
    found = wrong(
        there, "", session="", person=" ", minutes=-1, how="rumour", recorded_by="",
        recorded=datetime(2028, 1, 1), supersedes="a0",
    )  # fmt: skip
    assert found == [
        "attendance, id", "attendance, session", "attendance, person", "attendance, recorded_by",
        "attendance, recorded", "attendance, minutes", "attendance, how", "attendance, why",
    ]  # fmt: skip


def test_an_entry_does_not_correct_itself():
    assert wrong(there, supersedes="a1", why="x") == ["attendance, supersedes"]


def test_records_do_not_change():
    with pytest.raises(FrozenInstanceError):
        there().minutes = 5


def test_an_entry_is_held_against_its_session():
    entry = there(session="s2", minutes=121, recorded=NINE - timedelta(minutes=1))
    assert wrong(check_attendance, entry, session(), [there()]) == [
        "attendance, session", "attendance, minutes", "attendance, recorded", "attendance, id",
    ]  # fmt: skip
    check_attendance(there(), session())
    check_attendance(there(minutes=0), session())


def test_a_correction_names_an_entry_of_the_same_person_and_session_once():
    first = there()
    correction = there("a2", minutes=60, supersedes="a1", why="Left at ten.")
    check_attendance(correction, session(), [first])
    for earlier in (
        [], [there(person="p2")], [there(session="s2")],
        [first, there("a3", supersedes="a1", why="Twice.")],
    ):  # fmt: skip
        assert wrong(check_attendance, correction, session(), earlier) == ["attendance, supersedes"]
    check_attendance(
        there("a3", supersedes="a2", why="Came back."), session(), [first, correction]
    )  # fmt: skip


def test_an_exemption_holds_from_its_first_day_to_its_last():
    leave = Exemption("p1", "leave", date(2028, 2, 29), date(2028, 3, 1))
    assert [leave.covers(date(2028, 2, 28) + timedelta(n)) for n in range(4)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert Exemption("p1", "injury", date(2028, 2, 29)).covers(date(2099, 1, 1))


def test_everything_wrong_with_an_exemption_is_said_at_once():
    found = wrong(Exemption, " ", "holiday", date(2028, 2, 29), date(2028, 2, 28))
    assert found == ["exemption, person", "exemption, reason", "exemption, until"]
    assert wrong(Exemption, "p1", "other", date(2028, 2, 29)) == ["exemption, note"]


def test_a_mark_is_one_of_three_and_says_by_whom():
    found = wrong(Fidelity, "s1", "", "perhaps", "", datetime(2028, 1, 1))
    assert found == ["fidelity, item", "fidelity, marked_by", "fidelity, mark", "fidelity, marked"]
