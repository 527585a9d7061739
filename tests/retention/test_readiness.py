import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.problems import InputProblems
from stepdown.retention.hours import Credit, standing
from stepdown.retention.hours_cycles import Member
from stepdown.retention.hours_rules import TopicRule
from stepdown.retention.readiness import Counts, Item, Lapse, hours_items, readiness
from stepdown.retention.teaching import Exemption
from tests.retention.test_hours_cycles import place, rule

DAY = dt.date(2026, 11, 15)


def on(days):
    return DAY + dt.timedelta(days=days)


def made(*items):
    return readiness(items, "Harbor City", DAY)


def test_people_are_counted_ready_lapsed_or_exempt_by_unit_and_by_topic():
    found = made(
        Item("1", "North", "talk", "ready", on(60)),
        Item("1", "North", "law", "ready", on(300)),
        Item("2", "North", "talk", "lapsed"),
        Item("2", "North", "law", "ready", on(300)),
        Item("3", "South", "talk", "exempt"),
        Item("3", "South", "law", "exempt"),
        Item("4", "South", "talk", "exempt"),
        Item("4", "South", "law", "ready", on(90)),
    )
    assert found.everybody == Counts(4, 2, 1, 1, (1, 2))
    assert [(u.name, u.counts) for u in found.units] == [
        ("North", Counts(2, 1, 1, 0, (1, 1))),
        ("South", Counts(2, 1, 0, 1, (0, 1))),
    ]
    assert [(t.name, t.counts) for t in found.topics] == [
        ("talk", Counts(4, 1, 1, 2, (1, 1))),
        ("law", Counts(4, 3, 0, 1, (0, 1))),
    ]
    assert found.lapsing == (
        Lapse("1", "North", on(60), ("talk",)),
        Lapse("4", "South", on(90), ("law",)),
    )


def test_a_lapse_is_within_the_window_to_the_day():
    for days, counted in ((60, (1, 1)), (61, (0, 1)), (90, (0, 1)), (91, (0, 0))):
        assert made(Item("1", "N", "t", "ready", on(days))).everybody.lapsing == counted


def test_somebody_lapsed_is_not_counted_as_lapsing_too():
    found = made(Item("1", "N", "a", "lapsed"), Item("1", "N", "b", "ready", on(5)))
    assert found.everybody == Counts(1, 0, 1, 0, (0, 0))
    assert found.lapsing == ()


def test_shares_need_ten_people_who_are_asked():
    people = [Item(str(n), "N", "t", "ready") for n in range(9)]
    nine = made(*people, Item("x", "N", "t", "exempt")).everybody
    assert (nine.asked, nine.share) == (9, None)
    ten = made(*people, Item("x", "N", "t", "lapsed")).everybody
    assert (ten.asked, ten.share) == (10, 0.9)


def test_units_stand_by_name_and_numbers_in_their_order():
    names = ["Unit 10", "unit 2", "Harbor", "Éast", "Unit 1", "2 Day", "10 Day"]
    found = made(*(Item(str(n), name, "t", "ready") for n, name in enumerate(names)))
    assert [u.name for u in found.units] == [
        "2 Day", "10 Day", "Harbor", "Unit 1", "unit 2", "Unit 10", "Éast",
    ]  # fmt: skip


def test_nobody_is_no_error():
    assert made().everybody == Counts(0, 0, 0, 0, (0, 0))
    assert made().everybody.share is None


def test_a_person_in_two_units_or_twice_in_a_topic_is_refused():
    with pytest.raises(InputProblems) as error:
        made(Item("1", "N", "t", "ready"), Item("1", "S", "t", "ready"))
    assert [p.given for p in error.value.problems] == ["in N and in S", "twice in t"]


RULES = place(rule(topics=(TopicRule(id="talk", name="De-escalation", hours=4),)))


def of(*credits_, day=DAY, exemptions=()):
    member = Member("1", dt.date(2020, 1, 1), exemptions=exemptions)
    return [
        (i.topic, i.state, i.lapses)
        for i in hours_items(standing(RULES, member, credits_, day, dt.date(2026, 1, 1)), "N")
    ]


NEXT, AFTER = dt.date(2027, 1, 1), dt.date(2028, 1, 1)


def test_a_standing_with_hours_gives_all_training_and_each_topic():
    assert of() == [("All training", "ready", NEXT), ("De-escalation", "ready", NEXT)]
    talk = Credit(dt.date(2026, 2, 1), "talk", 240)
    assert of(talk) == [("All training", "ready", NEXT), ("De-escalation", "ready", AFTER)]
    law = Credit(dt.date(2026, 2, 1), "law", 480)
    assert of(law)[1] == ("De-escalation", "ready", NEXT)
    assert of(law, talk) == [("All training", "ready", AFTER), ("De-escalation", "ready", AFTER)]


def test_what_a_past_cycle_lacks_is_lapsed():
    talk = Credit(dt.date(2026, 2, 1), "talk", 240)
    late = dt.date(2027, 3, 1)
    assert of(talk, day=late) == [
        ("All training", "lapsed", None), ("De-escalation", "ready", AFTER),
    ]  # fmt: skip
    assert {state for _, state, _ in of(day=late)} == {"lapsed"}


def test_whoever_is_not_overdue_and_lacks_hours_still_owes_them():
    owes = Item("1", "N", "talk", "ready", on(31), on(30))
    found = made(
        owes,
        Item("1", "N", "law", "ready", on(61), on(60)),
        Item("2", "N", "talk", "ready", on(91), on(90)),
        Item("3", "N", "talk", "ready", on(400)),
        Item("4", "N", "talk", "lapsed"),
        Item("4", "N", "law", "ready", on(31), on(30)),
    )
    counts = found.everybody
    assert (counts.ready, counts.done, counts.owing, counts.lapsed) == (3, 1, 2, 1)
    assert found.owed_by == (on(30), on(90))
    assert [(t.name, t.counts.owing) for t in found.topics] == [("talk", 2), ("law", 2)]


def test_a_standing_says_until_when_its_hours_are_owed():
    member = Member("1", dt.date(2020, 1, 1))
    talk = Credit(dt.date(2026, 2, 1), "talk", 240)
    items = hours_items(standing(RULES, member, (talk,), DAY, dt.date(2026, 1, 1)), "N")
    assert [i.owes_until for i in items] == [dt.date(2026, 12, 31), None]


def test_somebody_exempt_is_exempt_from_all():
    away = (Exemption("1", "leave", dt.date(2026, 11, 1)),)
    assert {state for _, state, _ in of(exemptions=away)} == {"exempt"}


items = st.lists(
    st.builds(
        Item,
        st.sampled_from("abcdefgh"),
        st.just("N"),
        st.sampled_from(["t1", "t2", "t3"]),
        st.sampled_from(["ready", "lapsed", "exempt"]),
        st.one_of(st.none(), st.integers(1, 200).map(on)),
    ),
    unique_by=lambda i: (i.person, i.topic),
)


@given(items)
def test_counts_add_up(found):
    result = made(*found)
    for counts in (result.everybody, *(r.counts for r in (*result.units, *result.topics))):
        assert counts.ready + counts.lapsed + counts.exempt == counts.people
        assert counts.lapsing[0] <= counts.lapsing[1] <= counts.ready
    assert sum(u.counts.people for u in result.units) == result.everybody.people
    assert len(result.lapsing) == result.everybody.lapsing[-1]
