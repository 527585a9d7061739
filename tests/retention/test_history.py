from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from stepdown.problems import InputProblems
from stepdown.retention.history import Rehearsal, histories

T = ("listening", "options")


def day(n):
    return date(2026, 1, 1 + n)


def test_a_history_begins_with_its_first_teaching_and_says_how_many_came_before():
    given = histories([
        Rehearsal("ada", "listening", day(0), "tested", 0.4),
        Rehearsal("ada", "listening", day(3), "taught"),
        Rehearsal("ada", "listening", day(9), "tested", 0.8),
        Rehearsal("bo", "listening", day(2), "practised", 0.9),
    ], T)  # fmt: skip
    assert given.untaught == 2
    assert given.people == ("ada", "bo")
    assert given.days.tolist() == [[0.0, 6.0]]
    assert given.score[0, 1] == 0.8
    assert given.retests == 1
    assert given.last.astype(str).tolist() == ["2026-01-10"]


def test_a_score_on_the_day_of_the_first_teaching_is_no_retest():
    given = histories([
        Rehearsal("ada", "options", day(0), "tested", 0.3),
        Rehearsal("ada", "options", day(0), "taught"),
    ], T)  # fmt: skip
    assert given.retests == 0


def test_a_day_with_a_test_and_teaching_is_one_event_with_its_score():
    given = histories([
        Rehearsal("ada", "options", day(0), "taught"),
        Rehearsal("ada", "options", day(20), "taught"),
        Rehearsal("ada", "options", day(20), "tested", 0.4),
        Rehearsal("ada", "options", day(20), "tested", 0.8),
    ], T)  # fmt: skip
    assert given.days.tolist() == [[0.0, 20.0]]
    assert given.score[0, 1] == pytest.approx(0.6)
    assert given.recovered[0, 1] == 1.0


def test_the_order_of_what_is_handed_over_does_not_matter():
    listed = [
        Rehearsal(p, t, day(n), "taught" if n == 0 else "tested", None if n == 0 else 0.5)
        for p in "ab" for t in T for n in (0, 4, 8)
    ]  # fmt: skip
    one, other = histories(listed, T), histories(reversed(listed), T)
    assert np.array_equal(one.days, other.days)
    assert np.array_equal(one.score, other.score, equal_nan=True)


def test_before_a_day_nothing_of_that_day_or_later_is_known():
    given = histories([
        Rehearsal("ada", "options", day(0), "taught"),
        Rehearsal("ada", "options", day(20), "tested", 0.4),
        Rehearsal("bo", "options", day(20), "taught"),
    ], T).before(day(20))  # fmt: skip
    assert given.person.tolist() == [0]
    assert given.retests == 0


def test_everything_wrong_is_said_at_once():
    with pytest.raises(InputProblems) as refused:
        histories([
            Rehearsal("ada", "juggling", day(0), "taught"),
            Rehearsal("ada", "options", day(0), "dreamt"),
            Rehearsal("ada", "options", day(1), "tested", 1.2),
            Rehearsal("ada", "options", day(1), "tested", float("nan")),
        ], T)  # fmt: skip
    assert len(refused.value.problems) == 4


def test_of_many_problems_the_rest_are_counted():
    wrong = [Rehearsal("ada", "juggling", day(0), "taught")] * 80
    with pytest.raises(InputProblems) as refused:
        histories(wrong, T)
    assert len(refused.value.problems) == 51


def test_nobody_is_a_history_too():
    given = histories([], T)
    assert (len(given.person), given.retests) == (0, 0)
