import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.problems import InputProblems
from stepdown.retention.hours import Credit, in_words, standing
from stepdown.retention.hours_cycles import Member
from stepdown.retention.hours_rules import TopicRule
from stepdown.retention.readiness import hours_items
from stepdown.retention.teaching import Exemption
from tests.retention.test_hours_cycles import place, rule

D = dt.date
TOPICS = (TopicRule(id="talk", name="De-escalation", hours=4),)
PLACE = place(rule(topics=TOPICS))
ANA = Member("ana", D(2020, 1, 1))
SINCE = D(2026, 1, 1)
DAY = D(2026, 6, 1)


def at(*credits_, day=DAY, member=ANA, jurisdiction=PLACE, since=SINCE):
    return standing(jurisdiction, member, credits_, day, since)


def test_nothing_done_yet_is_open_until_the_end_of_the_cycle():
    found = at()
    assert (found.state, found.due, found.lacks) == ("open", D(2026, 12, 31), 480)
    assert found.ready
    assert found.current.topics[0].lacks == 240


def test_hours_in_other_topics_count_in_all_but_not_for_the_topic():
    found = at(Credit(D(2026, 2, 1), "law", 480))
    assert (found.state, found.lacks) == ("open", 240)
    assert found.current.total.has == 480
    assert in_words(found) == (
        "8 hours of 8 hours. 4 hours lacking, of them 4 hours of De-escalation, by 2026-12-31."
    )


def test_hours_beyond_what_counts_besides_a_topic_are_told():
    assert at(Credit(D(2026, 2, 1), "law", 240)).current.over == 0
    assert at(Credit(D(2026, 2, 1), "law", 300)).current.over == 60
    both = at(Credit(D(2026, 2, 1), "law", 600), Credit(D(2026, 2, 2), "talk", 240))
    assert both.current.over == 0


def test_enough_in_all_and_in_the_topic_is_met():
    found = at(Credit(D(2026, 2, 1), "law", 240), Credit(D(2026, 3, 1), "talk", 240))
    assert (found.state, found.due, found.lacks) == ("met", None, 0)


def test_where_only_topics_count_other_hours_do_not():
    only = place(rule(topics=TOPICS, only_topics=True))
    found = at(Credit(D(2026, 2, 1), "law", 480), jurisdiction=only)
    assert (found.lacks, found.current.total.has) == (480, 0)


def test_credits_of_the_first_and_last_day_of_a_cycle_count_and_later_ones_not_yet():
    found = at(
        Credit(D(2025, 12, 31), "talk", 480), Credit(D(2026, 1, 1), "talk", 60),
        Credit(D(2026, 6, 1), "talk", 60), Credit(D(2026, 6, 2), "talk", 60),
    )  # fmt: skip
    assert found.current.total.has == 120


def test_a_cycle_that_was_not_filled_is_overdue_until_later_hours_fill_it():
    before = at(Credit(D(2026, 5, 1), "talk", 300), day=D(2027, 1, 1))
    assert (before.state, before.due, before.lacks) == ("overdue", D(2026, 12, 31), 180 + 480)
    assert not before.ready
    given_ = (Credit(D(2026, 5, 1), "talk", 300), Credit(D(2027, 1, 10), "talk", 240))
    after = at(*given_, day=D(2027, 1, 10))
    assert (after.state, after.missed) == ("open", ())
    assert after.current.total.has == 60
    assert after.lacks == 420


def test_late_hours_fill_the_missing_topic_first_and_the_rest_counts_for_their_own_cycle():
    given_ = (Credit(D(2026, 5, 1), "law", 480), Credit(D(2027, 1, 10), "law", 100),
              Credit(D(2027, 1, 11), "talk", 300))  # fmt: skip
    found = at(*given_, day=D(2027, 2, 1))
    assert found.state == "open"
    assert found.current.total.has == 160
    assert found.current.topics[0].has == 60


def test_cycles_that_ended_before_the_records_begin_are_not_judged():
    assert at(since=None).state == "overdue"
    assert at(since=D(2026, 1, 1)).state == "open"
    assert at(since=D(2025, 12, 31)).state == "overdue"


@pytest.mark.parametrize(
    ("day", "within_60", "within_90"),
    [
        (D(2026, 10, 2), False, False),
        (D(2026, 10, 3), False, True),
        (D(2026, 11, 1), False, True),
        (D(2026, 11, 2), True, True),
        (D(2026, 12, 31), True, True),
    ],
)
def test_who_lapses_within_60_and_90_days_is_counted_to_the_day(day, within_60, within_90):
    found = at(day=day)
    assert found.lapses == D(2027, 1, 1)
    assert (found.lapses_within(60), found.lapses_within(90)) == (within_60, within_90)


def test_somebody_who_met_a_short_cycle_lapses_at_the_end_of_the_next():
    monthly = place(rule(1, "fixed", D(2026, 1, 1), hours=1))
    found = at(Credit(DAY, "x", 60), jurisdiction=monthly, since=D(2026, 6, 1))
    assert (found.state, found.lapses) == ("met", D(2026, 8, 1))
    last = place(rule(1, "fixed", D(2026, 1, 1), hours=1, until=D(2026, 6, 30)))
    assert at(Credit(DAY, "x", 60), jurisdiction=last, since=D(2026, 6, 1)).lapses is None


@pytest.mark.parametrize("hired", [D(2020, 1, 1), D(2027, 1, 1)])
def test_of_somebody_exempt_whom_no_rule_asks_for_anything_it_says_so(hired):
    away = Member("a", hired, exemptions=(Exemption("a", "injury", D(2026, 5, 1)),))
    since = D(2028, 1, 1) if hired < DAY else D(2020, 1, 1)
    found = standing(place(rule(since=since)), away, [], DAY)
    assert (found.state, found.current, found.missed) == ("no_rule", None, ())
    assert hours_items(found, "North") == ()


def test_somebody_exempt_is_exempt_and_neither_ready_nor_overdue():
    away = Member("a", D(2020, 1, 1), exemptions=(Exemption("a", "injury", D(2026, 5, 1)),))
    found = at(member=away)
    assert (found.state, found.ready, found.lapses) == ("exempt", False, None)
    assert in_words(found).startswith("Exempt on this day.")
    assert found.current.total.required == 165  # 4 of 12 months of 8 hours, to the quarter hour


def test_requirements_by_months_are_rounded_up_to_the_quarter_hour():
    new = Member("a", D(2026, 6, 15))
    found = at(member=new, day=D(2026, 7, 1))
    assert found.current.total.required == 285  # 7 of 12 months of 480 minutes: 280
    assert found.current.topics[0].required == 150


def test_the_new_rule_holds_for_the_next_cycle():
    changed = place(rule(until=D(2026, 6, 30)), rule(since=D(2026, 7, 1), hours=12))
    assert at(day=D(2026, 9, 1), jurisdiction=changed).lacks == 480
    given_ = Credit(D(2026, 9, 1), "x", 480)
    assert at(given_, day=D(2027, 1, 1), jurisdiction=changed).lacks == 720


def test_where_no_rule_is_in_force_nothing_is_asked_for():
    ended = place(rule(until=D(2020, 12, 31)))
    found = at(jurisdiction=ended)
    assert (found.state, found.lacks, found.ready) == ("no_rule", 0, True)
    assert in_words(found) == "No rule asks for hours on this day."


@pytest.mark.parametrize("minutes", [0, -60, 1441])
def test_credits_that_cannot_be_are_refused(minutes):
    with pytest.raises(InputProblems, match=f"{minutes} minutes"):
        at(Credit(DAY, "x", minutes))


credits_ = st.lists(
    st.builds(
        Credit, st.dates(D(2020, 1, 1), D(2028, 1, 1)), st.sampled_from(["talk", "law"]),
        st.integers(1, 600),
    ),
    max_size=25,
)  # fmt: skip


@given(credits_, st.dates(D(2020, 1, 1), D(2028, 1, 1)))
def test_no_minute_counts_twice_and_none_is_owed_twice(done, day):
    found = at(*done, day=day, since=None)
    counted = sum(c.total.has for c in (*found.missed, *([found.current] if found.current else ())))
    assert counted <= sum(c.minutes for c in done if c.day <= day)
    assert found.lacks >= 0
    for cycle in (*found.missed, *([found.current] if found.current else ())):
        assert cycle.total.lacks >= sum(t.lacks for t in cycle.topics)


@given(credits_, st.dates(D(2020, 1, 1), D(2028, 1, 1)), st.integers(1, 600))
def test_another_hour_never_makes_anybody_lack_more(done, day, minutes):
    before = at(*done, day=day, since=None)
    after = at(*done, Credit(day, "talk", minutes), day=day, since=None)
    assert after.lacks <= before.lacks
