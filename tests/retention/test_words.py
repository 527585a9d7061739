from datetime import date, timedelta

from stepdown.retention.history import Rehearsal
from stepdown.retention.refresher import Planned, Visit
from stepdown.retention.words import Reason, last_days, why, workload

NAMES = {"listening": "Listening", "options": "Options and limits"}
DAY, LAST = date(2026, 3, 1), date(2025, 2, 3)


def visit(person="p1", month=3, **changed):
    given = {
        "person": person, "day": date(2026, month, 1), "refresher": "bridge", "hours": 1.5,
        "techniques": ("listening", "options"), "since_days": 400.0, "chance": 0.28,
        "gain_days": 152.0,
    }  # fmt: skip
    return Visit(**{**given, **changed})


def told(*visits, own=False, last=LAST):
    days = {(v.person, t): last for v in visits for t in v.techniques} if last else {}
    return why([Reason.of(v, days) for v in visits], NAMES, own=own)


def test_a_sentence_says_what_since_when_how_sure_and_what_for():
    assert told(visit()) == (
        "Listening, options and limits: 13 months since they were last taught or tested in any of "
        "it (3 Feb 2025); below the standard by then with a chance of 72 %, as estimated; a "
        "refresher should bring about 5 months of held skill, in all of them together, in the next "
        "12 months."
    )
    assert told(visit(techniques=("listening",)), own=True) == (
        "Listening: 13 months since you were last taught or tested in it (3 Feb 2025); below the "
        "standard by then with a chance of 72 %, as estimated; a refresher should bring about 5 "
        "months of held skill in the next 12 months."
    )


def test_several_visits_of_a_month_are_one_sentence_that_names_each_technique_once():
    one = visit(techniques=("listening",), gain_days=60.0, chance=0.5)
    two = visit(techniques=("options",), gain_days=92.0)
    assert told(one, two) == told(visit())
    assert told(visit(), one).count("istening") == 1


def test_the_time_is_that_of_the_record_and_not_what_the_model_reckons():
    lately = DAY - timedelta(days=12)
    assert "2 weeks since they were last taught" in told(visit(since_days=600.0), last=lately)
    assert "since" not in told(visit(since_days=600.0), last=None)


def test_who_was_drawn_by_lot_is_told_so():
    by_lot = visit(by_lot=True, techniques=("listening",))
    assert told(by_lot) == (
        "Drawn by lot, to find out how long listening lasts here; 13 months since they were last "
        "taught or tested in it (3 Feb 2025)."
    )
    assert told(by_lot, last=None) == "Drawn by lot, to find out how long listening lasts here."
    both = told(by_lot, visit(techniques=("options",)))
    assert both.startswith("Listening, options and limits: 13 months since")
    assert both.endswith("in the next 12 months; drawn by lot for listening.")


def test_a_short_time_is_told_in_weeks():
    assert "a week of held skill" in told(visit(gain_days=8.0))
    assert "2 weeks of held skill" in told(visit(gain_days=13.0))


def test_the_last_day_is_that_of_a_technique_of_the_visit():
    days = last_days(
        [
            Rehearsal("p", technique, day, kind)
            for technique, day, kind in (
                ("listening", date(2025, 1, 1), "taught"),
                ("listening", date(2025, 3, 1), "tested"),
                ("listening", date(2025, 5, 1), "practised"),
                ("options", date(2025, 2, 1), "taught"), ("options", date(2026, 9, 1), "tested"),
            )
        ],
        DAY,
    )  # fmt: skip
    assert days == {("p", "listening"): date(2025, 3, 1), ("p", "options"): date(2025, 2, 1)}
    assert Reason.of(visit("p"), days).last == date(2025, 3, 1)
    assert Reason.of(visit("other"), days).last is None


def test_workload_counts_people_once_and_shows_months_without_any():
    days = (date(2026, 3, 1), date(2026, 4, 1))
    visits = (visit(), visit(hours=1.0), visit("p2"))
    planned = Planned(
        visits, days, (4.0, 0.0), (0.6, 0.5), (0.5, 0.4), (9.0, 0.0), (2, 5), (5.0, 0.0)
    )
    march, april = workload(planned)
    assert (march.day, march.visits, march.people, march.hours) == (days[0], 3, 2, 4.0)
    assert (march.held, march.held_without, march.late) == (0.6, 0.5, 2)
    assert (march.offered, april.offered) == (5.0, 0.0)
    assert (april.visits, april.people, april.hours, april.late) == (0, 0, 0, 5)
