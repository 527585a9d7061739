from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from stepdown.problems import InputProblems
from stepdown.retention.held import Held
from stepdown.retention.plan import plan
from stepdown.retention.refresher import Month, Refresher, Wishes, months_from
from stepdown.retention.worth import worth

TODAY = date(2026, 1, 1)
T = ("listening", "options", "respect")
EACH = [Refresher(t, t.title(), 1.0, (t,)) for t in T]


def people(n, seed=1, since=(0, 700)):
    r = np.random.default_rng(seed)
    k = len(T)
    return Held(
        tuple(f"p{i}" for i in range(n)), T, np.repeat(np.arange(n), k), np.tile(np.arange(k), n),
        np.log(200) + r.normal(0, 0.7, n * k), np.full(n * k, 0.1), r.uniform(*since, n * k),
        np.full(k, 1.0), np.full(k, 0.5), 0.8,
    )  # fmt: skip


def rows_of(given, found, day=TODAY):
    """Return the rows of the skills that are refreshed on a day."""
    return [
        int(v.person[1:]) * len(T) + T.index(t)
        for v in found.visits if v.day == day for t in v.techniques
    ]  # fmt: skip


def months(n, hours):
    return [Month(TODAY + timedelta(days=30 * m), hours) for m in range(n)]


def test_no_month_uses_more_hours_than_there_are_and_what_is_left_over_is_kept():
    found = plan(people(60), EACH, months(6, 17.5), TODAY)
    assert np.cumsum(found.hours).tolist() <= (17.5 * np.arange(1, 7)).tolist()
    assert sum(found.hours) > 100
    for month in months(6, 17.5):
        visits = [v for v in found.visits if v.day == month.day]
        assert len({(v.person, v.refresher) for v in visits}) == len(visits)


def test_with_refreshers_of_one_technique_the_most_worth_is_chosen():
    given = people(50)
    found = plan(given, EACH, months(1, 20), TODAY)
    best = np.argsort(-worth(given))[:20]
    assert sorted(rows_of(given, found)) == sorted(best)
    assert found.price[0] == pytest.approx(worth(given)[best[-1]])


def test_refreshers_of_several_techniques_are_packed_as_well_as_can_be():
    given = people(40)
    packs = [
        Refresher("a", "A", 1.5, ("listening", "options")),
        Refresher("b", "B", 1.0, ("respect",)), Refresher("c", "C", 2.0, T),
    ]  # fmt: skip
    found = plan(given, packs, months(1, 25), TODAY, Wishes(most_hours=2.5))
    value = np.where(worth(given) >= 7, worth(given), 0).reshape(40, 3)
    gains = np.column_stack([value[:, :2].sum(1), value[:, 2], value.sum(1)]).ravel()
    hours = np.tile([1.5, 1.0, 2.0], 40)
    once = np.zeros((120, 120))
    for p in range(40):
        a, b, c = 3 * p, 3 * p + 1, 3 * p + 2
        once[3 * p, [a, c]] = 1
        once[3 * p + 1, [b, c]] = 1
        once[3 * p + 2, [a, b, c]] = np.array([1.5, 1.0, 2.0]) / 2.5
    exact = milp(
        -gains, integrality=np.ones(120), bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(hours[None], -np.inf, 25), LinearConstraint(once, -np.inf, 1),
        ],
    )  # fmt: skip
    assert value.ravel()[rows_of(given, found)].sum() >= 0.999 * -exact.fun
    assert sum(v.hours for v in found.visits) <= 25
    by_person = {}
    for v in found.visits:
        by_person.setdefault(v.person, []).append(v)
    for visits in by_person.values():
        assert sum(v.hours for v in visits) <= 2.5
        touched = [t for v in visits for t in v.techniques]
        assert len(touched) == len(set(touched))


def test_hours_that_nobody_needs_are_left_unspent():
    given = people(20, since=(0, 1))
    found = plan(given, EACH, months(1, 60), TODAY)
    assert found.visits == ()
    assert found.hours == (0.0,)


def test_a_plan_holds_more_than_no_plan_and_more_hours_hold_more():
    given = people(80)
    few, many = (plan(given, EACH, months(12, h), TODAY) for h in (10, 30))
    assert few.held[-1] > few.held_without[-1] + 0.02
    assert many.held[-1] > few.held[-1] + 0.02


def test_who_is_away_is_not_asked_and_a_technique_of_no_weight_is_not_trained():
    given, month = people(30), months(1, 15)
    away = Wishes(away={month[0].day: frozenset({"p3", "p4"})}, weight={"options": 0.0})
    found = plan(given, EACH, month, TODAY, away)
    assert not {"p3", "p4"} & {v.person for v in found.visits}
    assert "options" not in {v.refresher for v in found.visits}


def test_a_technique_of_double_weight_comes_more_often():
    given = people(60)
    plain = plan(given, EACH, months(1, 30), TODAY)
    heavy = plan(given, EACH, months(1, 30), TODAY, Wishes(weight={"options": 3.0}))
    plain_count, heavy_count = (
        sum(v.refresher == "options" for v in found.visits) for found in (plain, heavy)
    )
    assert heavy_count > plain_count


def test_nobody_waits_longer_than_was_promised():
    given = people(40, since=(0, 200))
    found = plan(given, EACH, months(12, 12), TODAY, Wishes(within=365))
    assert found.late == (0,) * 12
    last = {p: -float(given.since[given.person == n].min()) for n, p in enumerate(given.people)}
    for visit in sorted(found.visits, key=lambda v: v.day):
        day = (visit.day - TODAY).days
        assert day - last[visit.person] <= 365
        last[visit.person] = day
    assert all(330 + 31 - at <= 365 for at in last.values())


def test_lots_are_drawn_by_the_seed_and_use_their_share_of_the_first_month():
    given = people(100)
    one = plan(given, EACH, months(2, 40), TODAY, Wishes(scouting=0.25, seed=5))
    again = plan(given, EACH, months(2, 40), TODAY, Wishes(scouting=0.25, seed=5))
    other = plan(given, EACH, months(2, 40), TODAY, Wishes(scouting=0.25, seed=6))
    drawn, others = (
        {(v.person, v.refresher) for v in found.visits if v.by_lot} for found in (one, other)
    )
    assert one.visits == again.visits
    assert drawn != others
    assert len(drawn) == 10
    assert {v.day for v in one.visits if v.by_lot} == {TODAY}


def test_a_person_whose_hours_are_few_is_not_asked_for_more():
    found = plan(people(10), EACH, months(1, 30), TODAY, Wishes(most_hours=2.0))
    hours = {}
    for v in found.visits:
        hours[v.person] = hours.get(v.person, 0) + v.hours
    assert max(hours.values()) <= 2.0


def test_what_people_did_already_this_month_they_are_not_asked_for_again():
    given = people(10)
    done = {"p1": 2.0, "p2": 1.0}
    found = plan(given, EACH, months(2, 12), TODAY, Wishes(most_hours=2.0, done=done))
    first = [v.person for v in found.visits if v.day == TODAY]
    assert len(first) == 12
    assert "p1" not in first
    assert first.count("p2") <= 1
    later = [v.person for v in found.visits if v.day != TODAY]
    assert len(later) == 12


def test_the_first_month_has_the_share_of_its_hours_that_its_days_are_of_the_month():
    january, february, march = months_from(date(2026, 1, 1), 3, 31.0)
    assert (january, february) == (Month(TODAY, 31.0), Month(date(2026, 2, 1), 31.0))
    assert march == Month(date(2026, 3, 1), 31.0)
    assert months_from(date(2026, 1, 11), 1, 31.0)[0].hours == pytest.approx(21.0)
    assert months_from(date(2026, 1, 31), 2, 31.0) == (
        Month(date(2026, 1, 31), 1.0), Month(date(2026, 2, 1), 31.0),
    )  # fmt: skip
    assert months_from(date(2028, 2, 29), 1, 29.0)[0].hours == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("day", "used", "left"), [(1, 10.0, 21.0), (11, 4.0, 21.0), (11, 25.0, 6.0), (11, 99.0, 0.0)]
)
def test_hours_that_were_used_are_not_offered_again_but_the_next_month_is_whole(day, used, left):
    first, second = months_from(date(2026, 1, day), 2, 31.0, used)
    assert first.hours == pytest.approx(left)
    assert second.hours == 31.0


def test_calendar_months_have_hours_of_their_own_and_the_others_the_usual_ones():
    found = months_from(date(2026, 6, 1), 9, 31.0, other={7: 0.0, 12: 40.5, 1: 5.0})
    assert [m.hours for m in found] == [31.0, 0.0, 31.0, 31.0, 31.0, 31.0, 40.5, 5.0, 31.0]
    assert [m.day.month for m in found] == [6, 7, 8, 9, 10, 11, 12, 1, 2]
    assert months_from(date(2026, 6, 1), 9, 31.0, other={}) == months_from(
        date(2026, 6, 1), 9, 31.0
    )


@pytest.mark.parametrize(
    ("day", "used", "left"), [(1, 0.0, 62.0), (11, 0.0, 42.0), (11, 50.0, 12.0), (31, 62.0, 0.0)]
)
def test_the_first_month_has_the_share_of_its_own_hours(day, used, left):
    first, second = months_from(date(2026, 1, day), 2, 31.0, used, {1: 62.0})
    assert first.hours == pytest.approx(left)
    assert second.hours == 31.0
    assert months_from(date(2026, 1, day), 1, 31.0, used, {1: 0.0})[0].hours == 0


def test_every_month_that_is_none_and_all_hours_that_are_none_are_refused_at_once():
    wrong = {0: 1.0, 13: 1.0, 3: -1.0, 4: float("nan"), 5: float("inf"), 6: 0.0}
    with pytest.raises(InputProblems) as refused:
        months_from(TODAY, 12, 31.0, other=wrong)
    assert [p.given for p in refused.value.problems] == ["month 0", "month 13", "-1", "nan", "inf"]


def test_everything_wrong_is_said_at_once():
    wrong = [Refresher("a", "A", 0.0, ("juggling",)), Refresher("a", "A", 1.0, T)]
    late = [Month(TODAY, 5.0), Month(TODAY - timedelta(days=40), float("nan"))]
    weight = {"options": -1.0, "juggling": 2.0}
    wishes = Wishes(weight=weight, scouting=0.9, done={"p1": -1.0}, saved=-1.0)
    with pytest.raises(InputProblems) as refused:
        plan(people(2), wrong, late, TODAY, wishes)
    assert len(refused.value.problems) == 10
    with pytest.raises(InputProblems) as refused:
        plan(people(2), [], [], TODAY)
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize("day", [date.max, date(9999, 11, 1)])
def test_months_after_the_last_year_of_the_calendar_are_refused(day):
    assert [month.day for month in months_from(day, 1, 10.0)] == [day]
    with pytest.raises(InputProblems, match="9999"):
        months_from(day, 3, 10.0)


def test_nobody_to_plan_for_is_an_empty_plan():
    found = plan(people(0), EACH, months(2, 10), TODAY)
    assert found.visits == ()
    assert found.held == (0.0, 0.0)


def test_nobody_is_asked_for_what_does_not_refresh_anything_of_theirs():
    given = people(4, since=(400, 700))
    only = Held(
        given.people, T, given.person[::3], given.technique[::3], given.log_mean[::3],
        given.log_var[::3], given.since[::3], given.growth, given.decay, 0.8,
    )  # fmt: skip
    wishes = Wishes(within=365, scouting=0.5, weight={"listening": 0.0})
    there = [Refresher("r", "R", 1.0, ("respect",)), *EACH[:2]]
    found = plan(only, there, months(2, 8), TODAY, wishes)
    assert {v.refresher for v in found.visits} == {"listening"}
    assert all(v.techniques for v in found.visits)


def test_a_promise_and_a_lot_together_ask_nobody_for_more_than_they_may_be_asked():
    given = people(30, since=(400, 700))
    wishes = Wishes(within=365, scouting=0.4, most_hours=1.0)
    found = plan(given, EACH, months(1, 60), TODAY, wishes)
    assert {v.person for v in found.visits} == set(given.people)
    assert len(found.visits) == 30


def test_nobody_is_drawn_who_was_taught_just_now():
    found = plan(people(50, since=(0, 59)), EACH, months(1, 40), TODAY, Wishes(scouting=0.5))
    assert not [v for v in found.visits if v.by_lot]


def test_the_price_is_that_of_the_last_hour_that_was_free_to_choose():
    given = people(40, since=(366, 700))
    found = plan(given, EACH, months(1, 50), TODAY, Wishes(within=365, weight={"options": 0.0}))
    assert found.price[0] >= 7


def test_who_would_wait_too_long_before_the_next_month_comes_in_this_one():
    given = people(50, since=(361, 361))
    unwanted = dict.fromkeys(T, 0.0)
    found = plan(given, EACH, months(4, 200), TODAY, Wishes(within=365, weight=unwanted))
    assert {v.person for v in found.visits if v.day == TODAY} == set(given.people)
    assert len(found.visits) == 50
    none = plan(given, EACH, months(4, 200), TODAY, Wishes(within=460, weight=unwanted))
    assert {v.day for v in none.visits} == {TODAY + timedelta(days=90)}


def test_where_hours_are_short_those_come_first_who_waited_longest_and_the_others_are_counted():
    given = people(40)
    waiting = np.arange(40.0)[::-1] * 5 + 400
    given = replace(given, since=np.repeat(waiting, 3)[np.random.default_rng(2).permutation(120)])
    waited = {p: given.since[given.person == n].min() for n, p in enumerate(given.people)}
    found = plan(given, EACH, months(3, 10), TODAY, Wishes(within=365))
    longest = sorted(waited, key=waited.get, reverse=True)
    assert {v.person for v in found.visits if v.day == TODAY} == set(longest[:10])
    assert {v.person for v in found.visits} == set(longest[:30])
    assert found.late == (30, 20, 10)
    assert plan(given, EACH, months(3, 10), TODAY).late == (0, 0, 0)


def test_who_was_promised_a_refresher_comes_for_the_shortest_where_hours_are_short():
    given = people(20, since=(400, 700))
    long = [Refresher("day", "A whole day", 4.0, T), *EACH]
    found = plan(given, long, months(1, 20), TODAY, Wishes(within=365))
    assert {v.person for v in found.visits} == set(given.people)
    assert found.late == (0,)


def test_weights_are_relative_and_no_threshold():
    given = people(40)
    plain = plan(given, EACH, months(1, 20), TODAY)
    for factor in (0.05, 5.0):
        found = plan(given, EACH, months(1, 20), TODAY, Wishes(weight=dict.fromkeys(T, factor)))
        assert rows_of(given, found) == rows_of(given, plain)


@pytest.mark.parametrize("aim", ["skill", "standard"])
def test_a_visit_tells_the_gain_of_its_techniques_within_a_year_whatever_their_weight(aim):
    given = people(30, since=(200, 700))
    pack = [Refresher("a", "A", 1.5, ("listening", "options")), EACH[2]]
    wishes = Wishes(aim=aim, weight={"listening": 1.5, "respect": 1.2})
    found = plan(given, pack, months(2, 25), TODAY, wishes)
    visits = [v for v in found.visits if v.day == TODAY]
    assert {v.refresher for v in visits} == {"a", "respect"}
    refreshed = given.refreshed(np.ones(90, bool), 0.0)
    days = np.arange(365) + 0.5
    held = "expected" if aim == "skill" else "chance"
    for visit in visits:
        rows = [int(visit.person[1:]) * 3 + T.index(t) for t in visit.techniques]
        gained = sum(
            getattr(refreshed, held)(t)[rows].sum() - getattr(given, held)(t)[rows].sum()
            for t in days
        )
        assert visit.gain_days == pytest.approx(gained, rel=1e-3)
        assert 0 < visit.gain_days < 365 * len(rows)


def test_hours_are_saved_up_only_as_far_as_was_said():
    given = replace(people(100, since=(0, 1)), log_mean=np.full(300, np.log(200)))
    for saved in (0.0, 1.0, 2.5):
        found = plan(given, EACH, months(12, 20), TODAY, Wishes(saved=saved))
        assert found.hours[:3] == (0.0, 0.0, 0.0)
        assert max(found.hours) == 20 * (1 + saved)
    assert max(plan(given, EACH, months(12, 20), TODAY).hours) == 40


def of_hours(*hours):
    """Return months of these hours, thirty days apart."""
    return [Month(TODAY + timedelta(days=30 * n), float(h)) for n, h in enumerate(hours)]


def fresh(n):
    """Return people whose skills need nothing for some months."""
    return replace(people(n, since=(0, 1)), log_mean=np.full(3 * n, np.log(900)))


def spent_at_last(*hours, saved=1.0):
    """Return the hours that are spent in a last month, where nothing is needed before."""
    *early, last = of_hours(*hours)
    given = [*early, replace(last, day=early[-1].day + timedelta(days=700))]
    found = plan(fresh(100), EACH, given, TODAY, Wishes(saved=saved))
    assert found.hours[:-1] == (0.0,) * len(early)
    return found.hours[-1]


def test_in_a_month_without_hours_nobody_comes_although_hours_were_saved_and_none_is_lost():
    given = of_hours(20, 20, 20, 0, 0, 20, 20)
    found = plan(people(200, since=(400, 700)), EACH, given, TODAY)
    assert found.hours == (20, 20, 20, 0, 0, 20, 20)
    assert found.offered == (20, 20, 20, 0, 0, 20, 20)
    assert spent_at_last(20, 20) == 40
    assert spent_at_last(20, 0, 20) == 40
    assert spent_at_last(20, 0, 0, 0, 20) == 40
    assert spent_at_last(0, 20, 0, 0) == 0


@pytest.mark.parametrize("saved", [0.0, 0.5, 1.0, 2.5])
def test_no_month_spends_more_than_was_given_so_far_and_not_spent(saved):
    given = of_hours(5, 0, 60, 10, 0, 30, 3, 0, 80, 20, 20, 20)
    for crowd in (people(60), people(200, since=(400, 700))):
        found = plan(crowd, EACH, given, TODAY, Wishes(saved=saved))
        spent = np.cumsum(found.hours)
        assert (spent <= np.cumsum([m.hours for m in given])).all()
        for month, used in zip(given, found.hours, strict=True):
            assert used == 0 if month.hours == 0 else used <= month.hours + saved * 80


def test_a_month_saves_up_to_its_own_hours_and_a_smaller_one_takes_nothing_away():
    assert spent_at_last(10, 40, 20, 5) == 45  # 10 and 40 make 40; 20 adds nothing
    assert spent_at_last(40, 10, 10, 5) == 45
    assert spent_at_last(10, 10, 40, 5) == 45
    assert spent_at_last(10, 10, 0, 100) == 110
    assert spent_at_last(10, 10, 10, 5, saved=2.0) == 25
    assert spent_at_last(10, 30, 10, 5, saved=0.5) == 20
    assert spent_at_last(10, 30, 10, 5, saved=0.0) == 5
    assert spent_at_last(0, 0, 0, 5) == 5


def test_a_promise_is_kept_through_months_without_hours():
    given = people(40, since=(0, 200))
    hours = [30.0] * 12
    hours[6] = hours[7] = 0.0
    found = plan(given, EACH, of_hours(*hours), TODAY, Wishes(within=365))
    assert found.late == (0,) * 12
    last = {p: -float(given.since[given.person == n].min()) for n, p in enumerate(given.people)}
    for visit in sorted(found.visits, key=lambda v: v.day):
        day = (visit.day - TODAY).days
        assert day not in (180, 210)
        assert day - last[visit.person] <= 365
        last[visit.person] = day


def test_who_would_wait_too_long_in_a_month_without_hours_comes_before_or_is_counted_in_it():
    unwanted = dict.fromkeys(T, 0.0)
    wishes = Wishes(within=365, weight=unwanted)
    given = people(50, since=(320, 320))  # 365 days are over between the second month and the third
    usual = plan(given, EACH, of_hours(200, 200, 200, 200), TODAY, wishes)
    assert {v.day for v in usual.visits} == {TODAY + timedelta(days=30)}
    found = plan(given, EACH, of_hours(200, 0, 200, 200), TODAY, wishes)
    assert [v.day for v in found.visits] == [TODAY] * 50
    assert found.late == (0, 0, 0, 0)
    short = plan(given, EACH, of_hours(30, 0, 15, 200), TODAY, wishes)
    assert [len([v for v in short.visits if v.day == m.day]) for m in months(4, 0)] == [
        30, 0, 15, 5,
    ]  # fmt: skip
    assert short.late == (0, 20, 5, 0)
    closed = plan(given, EACH, of_hours(200, 0, 0), TODAY, wishes)
    assert len(closed.visits) == 50
    assert closed.late == (0, 0, 0)


def test_nobody_is_drawn_by_lot_in_a_first_month_without_hours():
    given = people(50, since=(100, 700))
    found = plan(given, EACH, of_hours(0, 20), TODAY, Wishes(scouting=0.5, within=365))
    assert {v.day for v in found.visits} == {TODAY + timedelta(days=30)}
    assert not any(v.by_lot for v in found.visits)


def test_a_refresher_longer_than_what_a_person_may_be_asked_for_is_refused_in_words():
    with pytest.raises(InputProblems) as refused:
        plan(people(2), [Refresher("x", "X", 16.0, T)], months(1, 20), TODAY)
    (problem,) = refused.value.problems
    assert problem.given == "16 hours"
    assert "8 that one person may be asked" in problem.expected
    assert "allow more hours" in problem.fix


def test_one_at_least_is_drawn_by_lot_where_there_are_hours_for_it():
    given = people(50, since=(100, 700))
    for hours, drawn in ((8, 1), (0.9, 0), (0, 0)):
        found = plan(given, EACH, months(1, hours), TODAY, Wishes(scouting=0.1))
        assert sum(v.by_lot for v in found.visits) == drawn
    assert not any(v.by_lot for v in plan(given, EACH, months(1, 8), TODAY).visits)
