import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.problems import InputProblems
from stepdown.retention.hours_cycles import (
    Member,
    add_months,
    cycles,
    following_cycle,
    share_owed,
)
from stepdown.retention.hours_rules import EARLIEST, CycleRule, HoursRule, Jurisdiction
from stepdown.retention.teaching import Exemption

D = dt.date
LONG_AGO = D(2000, 1, 1)


def rule(months=12, anchor="calendar_year", start=None, since=LONG_AGO, until=None, **more):
    return HoursRule(
        effective_from=since, effective_until=until, hours=more.pop("hours", 8),
        cycle=CycleRule(months=months, anchor=anchor, start=start),
        source="policy", read_at="here", read_on=D(2026, 1, 1), **more,
    )  # fmt: skip


def place(*rules):
    return Jurisdiction(id="p", name="P", rules=rules)


def spans(jurisdiction, member, until):
    return [(c.start, c.end) for c in cycles(jurisdiction, member, until)]


def test_months_end_on_the_last_day_where_a_month_is_too_short():
    assert add_months(D(2024, 1, 31), 1) == D(2024, 2, 29)
    assert add_months(D(2023, 1, 31), 1) == D(2023, 2, 28)
    assert add_months(D(2024, 2, 29), 12) == D(2025, 2, 28)
    assert add_months(D(2024, 2, 29), 48) == D(2028, 2, 29)
    assert add_months(D(2024, 1, 31), -2) == D(2023, 11, 30)


def test_calendar_years_begin_on_the_first_of_january_and_the_first_with_the_person():
    found = spans(place(rule()), Member("a", D(2024, 5, 7)), D(2026, 1, 1))
    assert found == [
        (D(2024, 5, 7), D(2024, 12, 31)),
        (D(2025, 1, 1), D(2025, 12, 31)),
        (D(2026, 1, 1), D(2026, 12, 31)),
    ]


def test_fixed_cycles_are_the_same_for_everybody_also_before_the_day_named():
    jurisdiction = place(rule(24, "fixed", D(2025, 7, 1)))
    assert spans(jurisdiction, Member("a", D(2022, 1, 1)), D(2024, 1, 1)) == [
        (D(2022, 1, 1), D(2023, 6, 30)),
        (D(2023, 7, 1), D(2025, 6, 30)),
    ]


def test_cycles_from_a_leap_day_do_not_drift():
    jurisdiction = place(rule(12, "hired"))
    found = spans(jurisdiction, Member("a", D(2020, 2, 29)), D(2024, 3, 1))
    assert [start for start, _ in found] == [
        D(2020, 2, 29), D(2021, 2, 28), D(2022, 2, 28), D(2023, 2, 28), D(2024, 2, 29),
    ]  # fmt: skip


def test_cycles_from_certification_begin_with_it_and_need_its_day():
    jurisdiction = place(rule(48, "certified"))
    member = Member("a", D(2020, 1, 1), D(2020, 6, 15))
    assert spans(jurisdiction, member, D(2024, 6, 15))[0] == (D(2020, 6, 15), D(2024, 6, 14))
    with pytest.raises(InputProblems, match="no day of certification"):
        cycles(jurisdiction, Member("a", D(2020, 1, 1)), D(2024, 1, 1))


def test_nothing_is_owed_before_the_first_rule_and_after_the_last():
    jurisdiction = place(rule(since=D(2022, 1, 1), until=D(2023, 6, 30)))
    member = Member("a", D(2010, 1, 1))
    found = cycles(jurisdiction, member, D(2030, 1, 1))
    assert [(c.start, c.end) for c in found] == [
        (D(2022, 1, 1), D(2022, 12, 31)), (D(2023, 1, 1), D(2023, 12, 31)),
    ]  # fmt: skip
    assert not any(c.first for c in found)


def test_a_rule_that_changes_during_a_cycle_waits_for_the_next_one_unless_it_says_at_once():
    old, member = rule(until=D(2025, 6, 30)), Member("a", D(2020, 1, 1))
    waits = place(old, rule(since=D(2025, 7, 1), hours=12))
    assert [c.rule.hours for c in cycles(waits, member, D(2026, 1, 1))][-2:] == [8, 12]
    now = place(old, rule(since=D(2025, 7, 1), hours=12, change="at_once"))
    found = cycles(now, member, D(2025, 8, 1))[-1]
    assert (found.start, found.end, found.rule.hours) == (D(2025, 1, 1), D(2025, 12, 31), 12)


def test_a_new_length_of_cycle_takes_off_the_months_of_the_old_one():
    old = rule(until=D(2025, 6, 30))
    new = rule(24, "fixed", D(2025, 7, 1), since=D(2025, 7, 1))
    member = Member("a", D(2020, 1, 1))
    found = cycles(place(old, new), member, D(2026, 1, 1))[-1]
    assert (found.start, found.end) == (D(2026, 1, 1), D(2027, 6, 30))
    assert share_owed(found, member) == 18 / 24


@pytest.mark.parametrize(
    ("hired", "first_cycle", "share"),
    [
        (D(2025, 1, 1), "prorated", 1.0),
        (D(2025, 7, 1), "prorated", 0.5),
        (D(2025, 7, 31), "prorated", 0.5),
        (D(2025, 12, 31), "prorated", 1 / 12),
        (D(2025, 7, 1), "full", 1.0),
        (D(2025, 7, 1), "free", 0.0),
        (D(2024, 7, 1), "free", 1.0),
    ],
)
def test_the_first_cycle_asks_for_all_for_the_months_served_or_for_nothing(
    hired, first_cycle, share
):
    member = Member("a", hired)
    found = cycles(place(rule(first_cycle=first_cycle)), member, D(2025, 12, 31))[-1]
    assert share_owed(found, member) == pytest.approx(share)


@pytest.mark.parametrize(
    ("spans_", "off"),
    [
        ([(D(2025, 3, 1), D(2025, 4, 30))], 2),
        ([(D(2025, 3, 2), D(2025, 4, 30))], 1),
        ([(D(2025, 2, 1), D(2025, 2, 28))], 1),
        ([(D(2025, 3, 1), D(2025, 3, 15)), (D(2025, 3, 16), D(2025, 3, 31))], 1),
        ([(D(2025, 3, 1), D(2025, 3, 15)), (D(2025, 3, 17), D(2025, 3, 31))], 0),
        ([(D(2025, 11, 1), None)], 2),
        ([(D(2020, 1, 1), None)], 12),
    ],
)
def test_whole_months_of_an_exemption_are_taken_off(spans_, off):
    away = tuple(Exemption("a", "leave", start, until) for start, until in spans_)
    member = Member("a", D(2020, 1, 1), exemptions=away)
    found = cycles(place(rule()), member, D(2025, 12, 31))[-1]
    assert share_owed(found, member) == pytest.approx((12 - off) / 12)
    found = cycles(place(rule(exempt="full")), member, D(2025, 12, 31))[-1]
    assert share_owed(found, member) == 1


days = st.dates(D(1990, 1, 1), D(2060, 1, 1))


@given(
    days, days, st.integers(1, 120),
    st.sampled_from(["fixed", "hired", "certified"]), days,
)  # fmt: skip
def test_cycles_follow_each_other_without_a_gap_or_an_overlap(hired, until, months, anchor, start):
    jurisdiction = place(rule(months, anchor, start if anchor == "fixed" else None,
                              since=D(1980, 1, 1)))  # fmt: skip
    member = Member("a", hired, hired)
    found = cycles(jurisdiction, member, until)
    assert bool(found) == (hired <= until)
    for one, two in pairwise(found):
        assert two.start == one.end + dt.timedelta(days=1)
    for each in found:
        assert each.whole_start <= each.start <= each.end
        assert add_months(each.whole_start, months) <= each.end + dt.timedelta(days=4)
        assert 0 < share_owed(each, member) <= 1


def test_a_day_beyond_all_calendars_is_refused():
    with pytest.raises(InputProblems, match="up to 9000"):
        cycles(place(rule()), Member("a", D(2020, 1, 1)), D.max)


@given(
    days, days, st.integers(1, 120),
    st.sampled_from(["fixed", "hired", "certified"]), days,
)  # fmt: skip
def test_the_cycle_after_each_is_the_next_of_them(hired, until, months, anchor, start):
    jurisdiction = place(rule(months, anchor, start if anchor == "fixed" else None,
                              since=D(1980, 1, 1)))  # fmt: skip
    member = Member("a", hired, hired)
    found = cycles(jurisdiction, member, until)
    for one, two in pairwise(found):
        assert following_cycle(jurisdiction, member, one) == two


def test_after_the_last_rule_no_cycle_follows():
    jurisdiction = place(rule(until=D(2025, 6, 30)))
    member = Member("a", D(2020, 1, 1))
    last = cycles(jurisdiction, member, D(2026, 1, 1))[-1]
    assert last.end == D(2025, 12, 31)
    assert following_cycle(jurisdiction, member, last) is None


@pytest.mark.parametrize("until", [D.max, D(9999, 12, 30), None])
@pytest.mark.parametrize("start", [D.min, D(2024, 3, 1)])
def test_an_exemption_may_begin_and_end_on_any_day_of_the_calendar(start, until):
    member = Member("a", D(2020, 1, 1), exemptions=(Exemption("a", "leave", start, until),))
    (last,) = cycles(place(rule(since=D(2024, 1, 1))), member, D(2024, 6, 1))
    assert share_owed(last, member) == pytest.approx(0.0 if start == D.min else 2 / 12)


@pytest.mark.parametrize("anchor", ["calendar_year", "fixed", "hired", "certified"])
def test_any_first_day_of_service_and_of_certification_has_cycles_or_none(anchor):
    start = D.max if anchor == "fixed" else None
    months = 12 if anchor == "calendar_year" else 120
    jurisdiction = place(rule(months, anchor, start, since=EARLIEST))
    for hired in (D.min, D(2020, 1, 1), D.max):
        for certified in (D.min, D(2021, 1, 1), D.max):
            found = cycles(jurisdiction, Member("a", hired, certified), D(2024, 6, 1))
            later = hired == D.max or (anchor == "certified" and certified == D.max)
            assert bool(found) is not later
