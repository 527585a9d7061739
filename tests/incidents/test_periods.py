from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.incidents.panel import NEVER
from stepdown.incidents.periods import PeriodScale, infer_scale, position_of


def texts(*cells: str | None) -> np.ndarray:
    column = np.empty(len(cells), dtype=object)
    column[:] = cells
    return column


@pytest.mark.parametrize(
    ("kind", "label"),
    [("number", "37"), ("month", "2019-04"), ("quarter", "2019-Q2"), ("week", "2019-W07"),
     ("week", "2020-W53"), ("month", "1969-12"), ("number", "-3")],
)  # fmt: skip
def test_a_label_and_its_ordinal_are_two_names_of_one_period(kind, label: str):
    scale = PeriodScale(kind)
    assert scale.label(scale.ordinal(label)) == label


@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)))
def test_every_day_lies_within_its_period(day: dt.date):
    for kind in ("week", "month", "quarter"):
        scale = PeriodScale(kind)
        ordinal = scale.ordinal(day.isoformat())
        assert scale.first_day(ordinal) <= day <= scale.last_day(ordinal)
        assert scale.ordinal(scale.label(ordinal)) == ordinal


def test_weeks_are_iso_weeks():
    assert PeriodScale("week").label(PeriodScale("week").ordinal("2021-01-03")) == "2020-W53"
    assert PeriodScale("week").first_day(PeriodScale("week").ordinal("2019-W07")) == dt.date(
        2019, 2, 11
    )


def test_neighbouring_months_differ_by_one():
    days = np.array(["2019-12-31", "2020-01-01", "NaT"], dtype="datetime64[D]")
    ordinals, bad = PeriodScale("month").ordinals(days)
    assert ordinals[1] - ordinals[0] == 1
    assert np.isnan(ordinals[2])
    assert not bad.any()


def test_numbers_and_never_may_stand_in_one_text_column():
    ordinals, bad = PeriodScale("number").ordinals(texts("12", "never", "Inf", None, "13.0", "x"))
    np.testing.assert_array_equal(ordinals, [12, NEVER, NEVER, np.nan, 13, np.nan])
    assert bad.tolist() == [False, False, False, False, False, True]


def test_numeric_infinity_is_never_and_fractions_cannot_be_read():
    ordinals, bad = PeriodScale("number").ordinals(np.array([1.0, np.inf, np.nan, 1.5, -np.inf]))
    np.testing.assert_array_equal(ordinals, [1, NEVER, np.nan, np.nan, np.nan])
    assert bad.tolist() == [False, False, False, True, True]


def test_a_number_is_no_month_and_a_day_is_no_number():
    assert PeriodScale("month").ordinals(np.array([202104]))[1].tolist() == [True]
    day = np.array(["2021-04-01", "NaT"], dtype="datetime64[D]")
    assert PeriodScale("number").ordinals(day)[1].tolist() == [True, False]


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (np.array([1, 2, 3]), "number"),
        (texts("1", "2", "?"), "number"),
        (texts("2019-04", "2019-05", "never"), "month"),
        (texts("2019-Q1", "2019-Q2"), "quarter"),
        (texts("2019-W01"), "week"),
        (texts("2019-01-07", "2019-01-14", "x"), "week"),
        (texts("2019-01", "2019-04", "2019-07"), "quarter"),
        (np.array(["2019-01-01", "2019-02-01", "2019-03-01"], "M8[D]"), "month"),
        (np.array(["2019-02-01", "2019-03-01", "NaT"], "M8[D]"), "month"),
        (np.array(["2019-01-07", "2019-01-14", "2019-01-28"], "M8[D]"), "week"),
        (np.array(["2019-01-01", "2019-04-01", "2019-10-01"], "M8[D]"), "quarter"),
        (np.array(["2019-01-01"], "M8[D]"), "month"),
    ],
)
def test_the_scale_is_told_from_the_column(column: np.ndarray, kind: str):
    assert infer_scale(column).kind == kind


@pytest.mark.parametrize(
    ("label", "labels", "position"),
    [
        ("37", ("1", "2"), 37),
        ("2019-06", ("2019-04", "2019-05"), 3),
        ("2019-04-15", ("2019-04", "2019-05"), 1),
        ("2019-05-03", ("2019-Q1", "2019-Q2"), 2),
        ("2018-12-31", ("2019-W01", "2019-W02"), 1),
        ("2019-03", ("2019-04", "2019-05"), 0),
    ],
)
def test_a_label_finds_its_position_in_a_panel(label: str, labels: tuple[str, ...], position: int):
    assert position_of(label, labels) == position


@pytest.mark.parametrize(("label", "labels"), [("2019-04", ("1", "2")), ("x", ("2019-04",)),
                                               ("2019-13", ("2019-04",))])  # fmt: skip
def test_a_label_of_another_scale_cannot_be_read(label: str, labels: tuple[str, ...]):
    with pytest.raises(ValueError, match=r".+"):
        position_of(label, labels)
