from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.retention.curriculum import Pinned
from stepdown.retention.delivered import (
    adherence,
    adherence_by_item,
    completed,
    counted,
    counts_for,
    dose,
    missing,
    standing,
    towards,
)
from stepdown.retention.publishing import publish_curriculum
from stepdown.retention.teaching import Attendance, Exemption, Fidelity, Session
from tests.retention.lessons import curriculum, module, published
from tests.retention.test_teaching import NINE, session, there

LISTEN, ROOM = module("listen"), module("room", hours=1.5)
FIRST = published(LISTEN, ROOM)
DAY = date(2028, 6, 1)


def held(name: str, taught: str, days: int = 0, version: int = 1, **changed: Any) -> Session:
    start = NINE + timedelta(days=days)
    return session(name, module=Pinned(id=taught, version=version), start=start, **changed)


def was(person: str, where: str, minutes: int = 120, **changed: Any) -> Attendance:
    name = changed.pop("id", f"{person} {where} {minutes}")
    return there(name, person=person, session=where, minutes=minutes, **changed)


SESSIONS = [held("l1", "listen"), held("r1", "room", 1, minutes=90)]


def test_a_dose_is_the_minutes_of_a_person_at_a_version():
    sessions = [*SESSIONS, held("l2", "listen", 2), held("l3", "listen", 3, version=2)]
    entries = [was("p1", "l1", 100), was("p1", "l2", 20), was("p1", "l3", 30), was("p2", "r1", 45)]
    assert [(d.person, d.module.id, d.module.version, d.minutes, d.hours)
            for d in dose(sessions, entries)] == [
        ("p1", "listen", 1, 120, 2.0), ("p1", "listen", 2, 30, 0.5), ("p2", "room", 1, 45, 0.75),
    ]  # fmt: skip


def test_nobody_attends_longer_than_a_session_lasts():
    assert [d.minutes for d in dose(SESSIONS, [was("p1", "r1", 600)])] == [90]


def test_where_nobody_was_there_is_no_dose():
    assert dose(SESSIONS, []) == ()
    assert dose([], [was("p1", "l1")]) == ()
    assert dose(SESSIONS, [was("p1", "l1", 0), was("p1", "elsewhere")]) == ()


def test_a_correction_counts_and_what_it_corrects_does_not():
    first = was("p1", "l1", 120, id="a")
    second = was("p1", "l1", 60, id="b", supersedes="a", why="Left.")
    third = was("p1", "l1", 0, id="c", supersedes="b", why="Was not there.")
    assert [d.minutes for d in dose(SESSIONS, [second, first])] == [60]
    assert dose(SESSIONS, [third, first, second]) == ()


def test_a_person_on_the_list_and_with_a_code_was_there_once():
    code = was("p1", "l1", 120, id="c", how="code", recorded=NINE + timedelta(hours=5))
    listed = was("p1", "l1", 90, id="a")
    assert counted([listed, code]) == counted([code, listed]) == (listed,)
    later = replace(listed, id="z", minutes=80, recorded=listed.recorded + timedelta(hours=1))
    assert counted([listed, later, code]) == (later,)


@given(st.permutations(range(6)))
def test_the_order_of_entries_plays_no_part(order):
    entries = [
        was("p1", "l1", 100, id="a"), was("p1", "l1", 110, id="b", how="code"),
        was("p1", "l1", 50, id="c", supersedes="a", why="x"), was("p2", "r1", 90, id="d"),
        was("p2", "r1", 30, id="e", supersedes="d", why="x"), was("p1", "r1", 90, id="f"),
    ]  # fmt: skip
    shuffled = [entries[n] for n in order]
    assert dose(SESSIONS, shuffled) == dose(SESSIONS, entries)
    assert completed([FIRST], SESSIONS, shuffled) == completed([FIRST], SESSIONS, entries)


def test_a_programme_is_completed_with_all_minutes_of_every_module():
    entries = [was("p1", "l1"), was("p1", "r1"), was("p2", "l1"), was("p2", "r1", 89),
               was("p3", "l1")]  # fmt: skip
    (done,) = completed([FIRST], SESSIONS, entries)
    assert (done.person, done.programme, done.on) == ("p1", FIRST.programme.pin, date(2028, 3, 1))
    assert {c.person for c in completed([FIRST], SESSIONS, entries, share=0.9)} == {"p1", "p2"}


def test_the_day_of_completion_is_the_day_it_was_enough_where_it_was_taught():
    auckland = NINE.astimezone(ZoneInfo("Pacific/Auckland"))
    sessions = [
        held("r1", "room", 0), replace(held("l1", "listen"), start=auckland, minutes=60),
        held("l2", "listen", 5), held("l3", "listen", 9),
    ]  # fmt: skip
    entries = [was("p1", name) for name in ("r1", "l1", "l2", "l3")]
    assert completed([FIRST], sessions, entries)[0].on == date(2028, 3, 5)
    (short,) = completed([FIRST], [*sessions[:2], replace(sessions[1], id="l0")],
                         [was("p1", n) for n in ("r1", "l1", "l0")])  # fmt: skip
    assert short.on == auckland.date() == date(2028, 3, 1)


def test_another_version_of_a_module_does_not_count():
    sessions = [held("l1", "listen", version=2), SESSIONS[1]]
    assert completed([FIRST], sessions, [was("p1", "l1"), was("p1", "r1")]) == ()


def test_a_make_up_counts_for_the_version_of_what_it_makes_up():
    second = publish_curriculum(
        FIRST, curriculum(module("listen", title="New"), ROOM), "Renamed.", date(2028, 3, 2)
    )
    sessions = [
        *SESSIONS, held("m1", "listen", 4, version=2, make_up_of="l1"),
        held("m2", "listen", 5, version=2, make_up_of="m1"),
    ]  # fmt: skip
    entries = [was("p1", "r1"), was("p1", "m1", 60), was("p1", "m2", 60), was("p2", "r1")]
    done = completed([FIRST, second], sessions, entries)
    assert [(c.person, c.programme.version, c.on) for c in done] == [
        ("p1", 1, date(2028, 3, 5)), ("p1", 2, date(2028, 3, 5)),
    ]  # fmt: skip
    taught = {(d.module.id, d.module.version): d.minutes for d in dose(sessions, entries[:3])}
    assert taught == {("room", 1): 90, ("listen", 2): 120}


def test_a_make_up_of_a_make_up_counts_for_every_version_in_between_and_its_minutes_once():
    sessions = [
        *SESSIONS, held("m1", "listen", 4, version=2, make_up_of="l1"),
        held("m2", "listen", 5, version=3, make_up_of="m1"),
        held("m3", "listen", 6, version=3, make_up_of="m2"),
    ]  # fmt: skip
    by_id = {session.id: session for session in sessions}
    assert counts_for("m3", by_id) == {("listen", 1), ("listen", 2), ("listen", 3)}
    assert counts_for("unknown", by_id) == set()
    second = publish_curriculum(
        FIRST, curriculum(module("listen", title="New"), ROOM), "Renamed.", date(2028, 3, 2)
    )
    entries = [was("p1", "r1"), was("p1", "m2")]
    done = completed([FIRST, second], sessions, entries)
    assert [c.programme.version for c in done] == [1, 2]
    assert sum(d.minutes for d in dose(sessions, entries)) == 90 + 120


def test_a_make_up_counts_for_no_other_module_and_rings_come_to_an_end():
    sessions = [
        held("l1", "listen", make_up_of="l2"), held("l2", "listen", 1, make_up_of="l1"),
        held("r1", "room", 1, make_up_of="l1", minutes=120), held("r2", "room", 2, make_up_of="no"),
    ]  # fmt: skip
    assert completed([FIRST], sessions, [was("p1", "l1", 60), was("p1", "r1")]) == ()
    assert len(completed([FIRST], sessions, [was("p1", "l1"), was("p1", "r2")])) == 1


def test_the_sessions_that_count_for_a_programme_are_told_by_person_in_their_order():
    sessions = [
        *SESSIONS, held("l2", "listen", 5, version=2), held("m", "listen", 4, 2, make_up_of="l1"),
        held("x", "leave", 2),
    ]  # fmt: skip
    entries = [was("p1", "m"), was("p1", "r1", 45), was("p1", "l2"), was("p1", "x"),
               was("p2", "r1", 0), was("p3", "l1", 10)]  # fmt: skip
    found = towards(FIRST, sessions, entries)
    assert {who: [s.id for s in theirs] for who, theirs in found.items()} == {
        "p1": ["r1", "m"], "p3": ["l1"],
    }  # fmt: skip


def test_where_each_stands_tells_completed_exempt_and_missing_apart():
    entries = [was("p1", "l1"), was("p1", "r1"), was("p2", "l1", 30)]
    exempt = [
        Exemption("p1", "leave", date(2028, 1, 1)), Exemption("p2", "injury", date(2028, 1, 1)),
        Exemption("p3", "deployment", date(2028, 1, 1), date(2028, 5, 31)),
    ]  # fmt: skip
    found = standing(FIRST, ["p3", "p2", "p1"], SESSIONS, entries, exempt, DAY)
    assert [(s.person, s.status) for s in found] == [
        ("p3", "missing"), ("p2", "exempt"), ("p1", "completed"),
    ]  # fmt: skip
    assert found[2].on == date(2028, 3, 1)
    assert found[1].exemption.reason == "injury"
    assert found[1].on is None
    assert [(k.module.id, k.attended, k.needed) for k in found[1].lacks] == [
        ("listen", 30, 120), ("room", 0, 90),
    ]  # fmt: skip
    lacking = missing(FIRST, ["p3", "p2", "p1"], SESSIONS, entries, exempt, DAY)
    assert lacking == (found[0],)


def test_sessions_after_the_day_do_not_count():
    entries = [was("p1", "l1"), was("p1", "r1")]
    (early,) = standing(FIRST, ["p1"], SESSIONS, entries, [], date(2028, 2, 29))
    assert [k.module.id for k in early.lacks] == ["room"]


def test_nothing_is_asked_of_nobody():
    assert standing(FIRST, [], SESSIONS, [], [], DAY) == ()
    assert completed([], SESSIONS, [was("p1", "l1")]) == ()


def marked(where: str, item: str, mark: Any, hours: int = 3) -> Fidelity:
    return Fidelity(where, item, mark, "Observer", NINE + timedelta(hours=hours))


def test_a_checklist_is_counted_over_the_sessions_that_taught_the_version():
    listen = FIRST.modules[0]
    sessions = [*SESSIONS, held("l2", "listen", 2), held("l3", "listen", 3, version=2)]
    records = [
        marked("l1", "led", "done", 5), marked("l1", "led", "not_done", 4),
        marked("l1", "fed_back", "not_applicable"), marked("l2", "led", "not_done"),
        marked("l3", "led", "done"), marked("r1", "led", "done"), marked("l1", "unknown", "done"),
    ]  # fmt: skip
    found = adherence(listen, sessions, records)
    assert (found.done, found.not_done, found.not_applicable, found.unmarked) == (1, 1, 1, 1)
    assert found.share == 0.5
    led = adherence_by_item(listen, sessions, records)["led"]
    assert (led.done, led.not_done, led.not_applicable, led.unmarked) == (1, 1, 0, 0)
    assert adherence(listen, sessions, []).share is None


@pytest.mark.parametrize("people", [1000])
def test_a_thousand_people_are_read_at_once(people):
    entries = [was(f"p{n}", name) for n in range(people) for name in ("l1", "r1")]
    assert len(completed([FIRST], SESSIONS, entries)) == people
    moment = datetime(2028, 6, 1, tzinfo=ZoneInfo("UTC")).date()
    everybody = [f"p{n}" for n in range(people + 1)]
    assert len(missing(FIRST, everybody, SESSIONS, entries, [], moment)) == 1
