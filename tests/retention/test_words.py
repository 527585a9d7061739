from datetime import date

from stepdown.retention.refresher import Planned, Visit
from stepdown.retention.words import why, workload

NAMES = {"listening": "Listening", "options": "Options and limits"}


def visit(person="p1", month=3, **changed):
    given = {
        "person": person, "day": date(2026, month, 1), "refresher": "bridge", "hours": 1.5,
        "techniques": ("listening", "options"), "since_days": 400.0, "chance": 0.28,
        "worth_days": 152.0,
    }  # fmt: skip
    return Visit(**{**given, **changed})


def test_a_sentence_says_what_since_when_how_sure_and_what_for():
    assert why(visit(), NAMES) == (
        "Listening, options and limits: 13 months since the last refresher, by now below the "
        "standard with a chance of 72 %; a refresher should bring about 5 months of held skill."
    )


def test_who_was_drawn_by_lot_is_told_so():
    told = why(visit(by_lot=True, techniques=("listening",), since_days=100), NAMES)
    assert told == (
        "Drawn by lot, to find out how long listening lasts here; 3 months since the last."
    )


def test_a_short_time_is_told_in_weeks():
    assert "a week of held skill" in why(visit(worth_days=8.0), NAMES)
    assert "2 weeks of held skill" in why(visit(worth_days=13.0), NAMES)


def test_workload_counts_people_once_and_shows_months_without_any():
    days = (date(2026, 3, 1), date(2026, 4, 1))
    visits = (visit(), visit(hours=1.0), visit("p2"))
    march, april = workload(Planned(visits, days, (4.0, 0.0), (0.6, 0.5), (0.5, 0.4), (9.0, 0.0)))
    assert (march.day, march.visits, march.people, march.hours) == (days[0], 3, 2, 4.0)
    assert (march.held, march.held_without) == (0.6, 0.5)
    assert (april.visits, april.people, april.hours) == (0, 0, 0)
