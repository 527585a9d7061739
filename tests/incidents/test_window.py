from __future__ import annotations

import numpy as np
import pytest

from stepdown.incidents.sources import RawData
from stepdown.incidents.tables import Table
from stepdown.incidents.window import find_window, read_days


def window_of(first: str, last: str, frequency: str = "month"):
    return find_window(
        RawData.model_validate(
            {
                "people": {"file": "p.csv", "unit": "u", "start": "s"},
                "incidents": [{"file": "i.csv", "unit": "u", "date": "d", "counts_as": "y"}],
                "frequency": frequency,
                "first": first,
                "last": last,
            }
        )
    )


@pytest.mark.parametrize(
    ("first", "last", "frequency", "labels"),
    [
        ("2021-01", "2021-03", "month", ("2021-01", "2021-02", "2021-03")),
        ("2021-01-01", "2021-02-28", "month", ("2021-01", "2021-02")),
        ("2021-01-02", "2021-03-30", "month", ("2021-02",)),
        ("2021-01", "2021-06", "quarter", ("2021-Q1", "2021-Q2")),
        ("2021-Q1", "2021-Q2", "quarter", ("2021-Q1", "2021-Q2")),
        ("2021-02", "2021-02", "week", ("2021-W05", "2021-W06", "2021-W07", "2021-W08")),
        ("2021-01-05", "2021-01-24", "week", ("2021-W02", "2021-W03")),
    ],
)
def test_only_whole_periods_are_in_the_window(first, last, frequency, labels):
    window, problems = window_of(first, last, frequency)
    assert problems == []
    assert window.period_labels == labels


def test_days_fall_into_positions_and_others_are_outside():
    window, _ = window_of("2021-01", "2021-02")
    days = np.array(["2020-12-31", "2021-01-01", "2021-02-28", "2021-03-01", "NaT"], "M8[D]")
    assert window.positions(days).tolist() == [-1, 0, 1, -1, -1]
    assert window.first_days.astype(str).tolist() == ["2021-01-01", "2021-02-01"]
    assert window.last_days.astype(str).tolist() == ["2021-01-31", "2021-02-28"]


@pytest.mark.parametrize(
    ("first", "last", "where", "given"),
    [
        ("soon", "2021-01", "data.first", "'soon'"),
        ("2021-01", "later", "data.last", "'later'"),
        ("2021-02", "2021-01", "data.first and data.last", "2021-02 to 2021-01"),
        ("2021-01-02", "2021-01-30", "data.first and data.last", "2021-01-02"),
    ],
)
def test_a_window_that_is_none_is_a_problem(first: str, last: str, where: str, given: str):
    window, problems = window_of(first, last)
    assert window is None
    assert where in problems[0].where
    assert given in problems[0].given


def test_both_ends_of_a_window_are_checked_at_once():
    assert len(window_of("soon", "later")[1]) == 2


def days_of(*cells: str | None, **how):
    column = np.empty(len(cells), dtype=object)
    column[:] = cells
    return read_days(Table("t.csv", "", len(cells), ("d",), {"d": column}, 2), "d", **how)


def test_days_are_read_from_text_beside_what_cannot_be_read():
    days, problems = days_of("2021-02-03", "2021-02-03T10:00", "03/04/2021", "2021-02-30", None)
    assert days.astype(str).tolist() == ["2021-02-03", "2021-02-03", "NaT", "NaT", "NaT"]
    assert ["blank in row 6" in p.given for p in problems] == [True, False]
    assert "'03/04/2021' in row 4, '2021-02-30' in row 5" in problems[1].given


def test_blank_days_may_mean_something_and_months_may_be_days():
    days, problems = days_of("2021-02", None, blank_is="still here", months=True)
    assert days.astype(str).tolist() == ["2021-02-01", "NaT"]
    assert problems == []
