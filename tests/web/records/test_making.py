from datetime import UTC, date, datetime, timedelta

import pytest

from stepdown.retention.checked import checked
from stepdown.retention.held import held
from stepdown.retention.history import histories
from stepdown.retention.plan import plan as planned
from stepdown.retention.prior import prior_of, shipped
from stepdown.retention.refit import refit, unfitted
from stepdown.retention.refresher import Wishes, months_from
from stepdown.retention.words import workload
from stepdown.web import jobs
from stepdown.web.accounts.models import RoleGrant
from stepdown.web.accounts.suspending import suspend
from stepdown.web.policy import Role
from stepdown.web.practice.models import Skill
from stepdown.web.privacy.erase import erase
from stepdown.web.programs.models import Exemption
from stepdown.web.records import making, planning
from stepdown.web.records.making import away
from stepdown.web.records.models import Exam, Plan, PractiseCounts, Visit
from stepdown.web.records.planned import standing_plan, visits_in
from stepdown.web.records.rehearsed import rehearsals
from tests.web.conftest import NOW
from tests.web.records.refreshed import (
    RUBRIC,
    WANTED,
    examined,
    module,
    played,
    taught,
    trainees,
    wanted,
)

TAUGHT = date(2025, 1, 20)
TODAY = NOW.date()


@pytest.fixture
def coordinator(here):
    return here.people[Role.COORDINATOR].actor()


def asked_and_made(here, coordinator, now=NOW, seed=3):
    plan = planning.ask(coordinator, here.agency.id, now, seed=seed)
    jobs.run_ready()
    plan.refresh_from_db()
    return plan


def agency_of(here, n=40, retests=0):
    """Have people taught everything, and so many of them tested again, a year later."""
    people = trainees(here.unit, n)
    taught(people, module(here.agency, "all", RUBRIC), TAUGHT)
    for k in range(retests):
        day = TAUGHT + timedelta(days=150 + 7 * (k // n))
        examined(people[k % n], here.unit, day, listening=2 + k % 3)
    wanted(here.agency)
    return people


def test_a_plan_is_that_of_the_library_seed_for_seed(here, coordinator):
    people = agency_of(here)
    plan = asked_and_made(here, coordinator)
    prior = prior_of(shipped())
    known = histories(rehearsals(here.agency), prior.techniques)
    assert len(known.people) == len(people)
    months = months_from(TODAY, 12, 20.0)
    wishes = Wishes(aim="skill", most_hours=4.0, scouting=0.1, seed=3)
    now = held(known, unfitted(prior), TODAY, 0.8)
    expected = planned(now, WANTED.refreshers, months, TODAY, wishes)
    rows = {
        (str(v.person_id), v.day, v.refresher, v.hours, tuple(v.techniques), v.since_days,
         v.chance, v.worth_days, v.by_lot)
        for v in plan.visits.all()
    }  # fmt: skip
    assert rows == {
        (v.person, v.day, v.refresher, v.hours, v.techniques, v.since_days, v.chance,
         v.gain_days, v.by_lot)
        for v in expected.visits
    }  # fmt: skip
    assert rows
    shown = [(m["day"], m["visits"], m["people"], m["held"]) for m in plan.result["workload"]]
    assert shown == [
        (m.day.isoformat(), m.visits, m.people, pytest.approx(m.held)) for m in workload(expected)
    ]
    assert {v.unit_id for v in plan.visits.all()} == {here.unit.id}
    assert {v.title for v in plan.visits.all()} <= {r.title for r in WANTED.refreshers}


def test_below_a_hundred_retests_nothing_is_estimated_and_it_says_how_many_there_are(
    here, coordinator
):
    agency_of(here, retests=99)
    result = asked_and_made(here, coordinator).result
    assert (result["retests"], result["needed"], result["fitted"]) == (99, 100, False)
    assert not any(one["estimated"] for one in result["moved"])
    assert result["calibration"]["tests"] > 0


def test_from_a_hundred_retests_on_it_is_estimated_how_fast_skills_fade(here, coordinator):
    agency_of(here, retests=100)
    plan = asked_and_made(here, coordinator)
    prior = prior_of(shipped())
    known = histories(rehearsals(here.agency), prior.techniques)
    fit = refit(known, prior)
    told = plan.result
    assert (told["retests"], told["fitted"]) == (100, True)
    assert told["fit"]["mean"] == pytest.approx(fit.mean.tolist())
    moved = {one["name"]: one for one in told["moved"]}
    assert moved["stability of listening"]["estimated"]
    assert not moved["stability of clarity"]["estimated"]
    predicted = checked(known, fit, TODAY)
    assert told["calibration"]["bias"] == pytest.approx(predicted.bias)
    assert len(told["calibration"]["bins"]) == len(predicted.bins)


def test_whoever_is_erased_or_leaves_while_a_plan_is_worked_out_is_not_in_it(
    here, coordinator, monkeypatch
):
    agency_of(here)
    gone = []

    def overtaken(plan):
        result, visits = worked_out(plan)
        people = list(dict.fromkeys(visit.person for visit in visits))
        if not gone:
            gone.extend(people[:2])
            erase(people[0].actor(), people[0].pk, NOW)
            suspend(people[1:2], here.agency, NOW)
        return result, visits

    worked_out = making.worked_out
    monkeypatch.setattr(making, "worked_out", overtaken)
    plan = asked_and_made(here, coordinator)
    assert plan.done_at
    assert not Visit.objects.filter(person__in=gone).exists()
    assert plan.result["people"] == 38
    assert sum(m["visits"] for m in plan.result["workload"]) == plan.visits.count() > 0


def test_a_visit_has_the_day_of_the_last_teaching_or_test_and_not_of_practice(here, coordinator):
    one, two, three = trainees(here.unit, 3)
    talk = module(here.agency, "talk", ["listening", "options"])
    taught([one, two, three], talk, TAUGHT)
    examined(two, here.unit, date(2025, 6, 2), listening=2)
    Exam.objects.filter(pk=examined(three, here.unit, TODAY, listening=2).pk).update(
        withdrawn_at=NOW
    )
    PractiseCounts.objects.create(
        agency=here.agency, person=one, since=NOW - timedelta(days=400)
    )  # fmt: skip
    played(one, here.unit, NOW - timedelta(days=5), 2)
    played(three, here.unit, datetime(2025, 7, 1, tzinfo=UTC), 2, assessed=True)
    wanted(here.agency, hours=500.0)
    plan = asked_and_made(here, coordinator)
    days = {one: TAUGHT, two: date(2025, 6, 2), three: date(2025, 7, 1)}
    found = {(v.person, v.last) for v in plan.visits.select_related("person")}
    assert found == set(days.items())
    assert plan.visits.filter(person=one).count() > 1


def test_hours_that_were_used_are_not_offered_again_within_the_month(here, coordinator):
    agency_of(here)
    early = NOW.replace(day=1)
    before = asked_and_made(here, coordinator, early)
    planned_first = list(before.visits.filter(day=early.date()))
    came = {v.person_id: v for v in planned_first[:10]}
    for visit in came.values():
        scores = dict.fromkeys(visit.techniques, 3)
        examined(visit.person, here.unit, early.date() + timedelta(days=2), **scores)
    later = early + timedelta(days=9)
    again = asked_and_made(here, coordinator, later)
    done = sum(v.hours for v in planned_first if v.person_id in came)
    offered = sum(v.hours for v in again.visits.filter(day=later.date()))
    left = min(20.0 - done, 20.0 * 22 / 31)
    assert done > 20.0 * 9 / 31
    assert left - 2.0 < offered <= left
    for person, visit in came.items():
        more = again.visits.filter(day=later.date(), person=person)
        assert sum(v.hours for v in more) <= 4.0 - visit.hours
    third = asked_and_made(here, coordinator, later + timedelta(days=1))
    assert sum(v.hours for v in third.visits.filter(day__month=NOW.month)) <= offered
    following = (NOW.replace(day=1) + timedelta(days=32)).replace(day=1)
    anew = asked_and_made(here, coordinator, following)
    assert sum(v.hours for v in anew.visits.filter(day=following.date())) > 19.0


def test_late_in_a_month_only_its_last_days_share_of_the_hours_is_offered(here, coordinator):
    agency_of(here)
    plan = asked_and_made(here, coordinator, NOW.replace(day=29))
    first, second = (sum(v.hours for v in plan.visits.filter(day__month=m)) for m in (3, 4))
    assert first <= 20.0 * 3 / 31 < second


def test_a_plan_has_the_hours_of_each_calendar_month(here, coordinator):
    agency_of(here)
    wanted(here.agency, other_hours={"3": 40.0, "5": 0.0, "6": 0.0})
    plan = asked_and_made(here, coordinator, NOW.replace(day=29))
    offered = [month["offered"] for month in plan.result["workload"]]
    assert offered == [pytest.approx(40.0 * 3 / 31), 20, 0, 0, *[20.0] * 8]
    assert plan.visits.filter(day__month=4).exists()
    assert not plan.visits.filter(day__month__in=(5, 6)).exists()
    assert sum(v.hours for v in plan.visits.all()) <= sum(offered)
    early = asked_and_made(here, coordinator, NOW.replace(month=5, day=11))
    assert not early.visits.filter(day__month__in=(5, 6)).exists()
    assert early.visits.filter(day__month=7).exists()


def test_what_is_noted_for_a_day_to_come_counts_nowhere_and_is_counted(here, coordinator):
    people = agency_of(here, n=3)
    before = asked_and_made(here, coordinator)
    for person in people[:2]:
        examined(person, here.unit, TODAY + timedelta(days=300), listening=4)
    after = asked_and_made(here, coordinator, NOW + timedelta(minutes=1))
    assert (before.result["later"], after.result["later"]) == (0, 2)
    assert after.result["retests"] == 0
    told = [
        list(plan.visits.order_by("id").values_list("person", "day", "refresher", "chance", "last"))
        for plan in (before, after)
    ]
    assert told[0] == told[1]


def test_how_many_wait_longer_than_was_promised_is_written_down(here, coordinator):
    agency_of(here)
    wanted(here.agency, within=365, hours=5.0)
    late = [month["late"] for month in asked_and_made(here, coordinator).result["workload"]]
    assert late[0] > late[3] > 0


def test_assessments_that_cannot_be_read_are_counted(here, coordinator):
    people = agency_of(here, n=3)
    for n in range(2):
        Skill.objects.filter(encounter=played(people[n], here.unit, NOW, 2, assessed=True)).delete()
    assert asked_and_made(here, coordinator).result["unread"] == 2


def test_whoever_was_not_taught_is_counted_and_not_planned(here, coordinator):
    agency_of(here, n=5)
    trainees(here.other_unit, 3)
    result = asked_and_made(here, coordinator).result
    untaught = 3 + 1  # three new ones, and the trainee of the place
    assert (result["people"], result["not_taught"]) == (5, untaught)


def test_erased_deactivated_and_suspended_people_are_not_planned(here, elsewhere, coordinator):
    people = agency_of(here, n=6)
    erased, closed, suspended, moved, *there = people
    erased.erased_at = NOW
    closed.is_active = False
    erased.save()
    closed.save()
    RoleGrant.objects.filter(person=suspended).update(suspended_at=NOW)
    RoleGrant.objects.filter(person=moved).update(agency=elsewhere.agency, unit=elsewhere.unit)
    plan = asked_and_made(here, coordinator)
    assert plan.result["people"] == len(there)
    assert {v.person for v in plan.visits.all()} <= set(there)


def test_whoever_is_away_for_most_of_a_month_is_not_asked_in_it(here):
    one, two, three, four = trainees(here.unit, 4)
    for person, start, until, back in (
        (one, date(2026, 4, 1), None, None), (two, date(2026, 4, 2), date(2026, 4, 16), None),
        (three, date(2026, 4, 2), date(2026, 4, 18), None), (four, date(2026, 4, 1), None, NOW),
        (two, date(2026, 4, 10), date(2026, 4, 15), None),
    ):  # fmt: skip
        Exemption.objects.create(
            agency=here.agency, person=person, reason="leave", start=start, until=until,
            withdrawn_at=back,
        )  # fmt: skip
    months = months_from(TODAY, 3, 10.0)
    gone = away(here.agency.id, [p.id for p in (one, two, three, four)], months)
    assert gone == {
        TODAY: frozenset(), date(2026, 4, 1): frozenset({str(one.id), str(three.id)}),
        date(2026, 5, 1): frozenset({str(one.id)}),
    }  # fmt: skip


def test_whoever_is_exempt_until_the_end_of_the_calendar_is_away_in_every_month(here):
    one, two = trainees(here.unit, 2)
    for person, start in ((one, date.min), (two, date.max)):
        Exemption.objects.create(
            agency=here.agency, person=person, reason="leave", start=start, until=date.max
        )
    gone = away(here.agency.id, [one.id, two.id], months_from(TODAY, 3, 10.0))
    assert set(gone.values()) == {frozenset({str(one.id)})}


def test_whoever_is_away_is_not_planned(here, coordinator):
    people = agency_of(here, n=3)
    Exemption.objects.create(
        agency=here.agency, person=people[0], reason="injury", start=date(2025, 6, 1)
    )
    plan = asked_and_made(here, coordinator)
    assert {v.person for v in plan.visits.all()} == set(people[1:])


def test_a_plan_for_nobody_fails_in_words_and_the_one_before_stands(here, coordinator):
    agency_of(here, n=3)
    first = asked_and_made(here, coordinator)
    RoleGrant.objects.filter(role=Role.TRAINEE, agency=here.agency).update(suspended_at=NOW)
    failed = asked_and_made(here, coordinator, NOW + timedelta(days=1))
    assert "at least one" in failed.failed
    assert not failed.visits.exists()
    assert planning.state_of(failed, NOW) == "failed"
    assert standing_plan(here.agency.id) == first


def test_what_nobody_foresaw_is_said_without_what_it_was(here, coordinator, monkeypatch):
    agency_of(here, n=3)

    def broken(*_given, **_named):
        raise RuntimeError("secret words")

    monkeypatch.setattr(making, "planned", broken)
    plan = asked_and_made(here, coordinator)
    assert "on our side" in plan.failed
    assert "secret" not in plan.failed
    assert standing_plan(here.agency.id) is None


def test_a_failure_while_it_is_written_leaves_nothing_half_written(here, coordinator, monkeypatch):
    agency_of(here, n=3)
    monkeypatch.setattr(Plan, "save", lambda *_given, **_named: 1 / 0)
    plan = Plan(agency=here.agency, setting=planning.setting_of(here.agency.id), today=TODAY)
    Plan.objects.bulk_create([plan])
    with pytest.raises(ZeroDivisionError):
        making.make_plan.func(str(plan.id))
    assert not Visit.objects.exists()
    plan.refresh_from_db()
    assert plan.done_at is None
    assert "on our side" in plan.failed


def test_a_plan_is_made_once_and_one_that_was_given_up_not_at_all(here, coordinator):
    agency_of(here, n=3)
    plan = asked_and_made(here, coordinator)
    visits = plan.visits.count()
    making.make_plan.func(str(plan.id))
    assert plan.visits.count() == visits
    late = Plan.objects.create(
        agency=here.agency, setting=plan.setting, today=TODAY, failed="It was interrupted."
    )
    making.make_plan.func(str(late.id))
    late.refresh_from_db()
    assert late.done_at is None
    assert not late.visits.exists()


def test_the_latest_plan_that_was_made_stands(here, coordinator):
    agency_of(here, n=3)
    assert standing_plan(here.agency.id) is None
    asked_and_made(here, coordinator)
    second = asked_and_made(here, coordinator, NOW + timedelta(days=30))
    planning.ask(coordinator, here.agency.id, NOW + timedelta(days=60))
    assert standing_plan(here.agency.id) == second
    assert {v.plan for v in visits_in(second)} == {second}


def test_who_has_two_units_is_counted_in_the_first(here):
    person = trainees(here.unit, 1)[0]
    RoleGrant.objects.filter(person=person).update(since=datetime(2025, 1, 1, tzinfo=UTC))
    RoleGrant.objects.create(
        person=person, role=Role.TRAINEE, agency=here.agency, unit=here.other_unit, since=NOW
    )
    assert making.units_of(here.agency.id)[person.id] == here.unit.id
