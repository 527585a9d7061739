from __future__ import annotations

import numpy as np
import pytest

from stepdown.incidents.cells import blank_cells, canonical, text_columns


def typed(*cells: str | None) -> np.ndarray:
    column = np.empty(len(cells), dtype=object)
    column[:] = cells
    return text_columns([column])[0]


def test_whole_numbers_become_int64_even_when_written_as_floats():
    found = typed(" 1", "2.0", "-3")
    assert found.dtype == np.int64
    assert found.tolist() == [1, 2, -3]


def test_whole_numbers_with_blanks_become_floats_with_nan():
    found = typed("1", None, "NA", "")
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, [1, np.nan, np.nan, np.nan])


def test_long_ids_beside_blanks_stay_text_because_floats_would_round_them():
    assert typed("12345678901234567", None).tolist() == ["12345678901234567", None]


def test_a_leading_zero_keeps_the_column_text():
    assert typed("007", "12").tolist() == ["007", "12"]


def test_days_become_datetime64_with_nat():
    found = typed("2021-02-03", None, "2021-02-04 10:30")
    assert found.dtype == np.dtype("datetime64[D]")
    assert found.astype(str).tolist() == ["2021-02-03", "NaT", "2021-02-04"]


@pytest.mark.parametrize("cell", ["2021-02", "2021-02-31", "03/04/2021", "never", "x"])
def test_what_is_no_number_and_no_day_keeps_the_column_text(cell: str):
    assert typed(cell, "2021-02-03").dtype == object


def test_text_is_stripped_of_every_kind_of_space():
    assert typed("\u00a0 a\t", "b", "  ").tolist() == ["a", "b", None]


def test_infinity_is_a_number():
    np.testing.assert_array_equal(typed("Inf", "3", "inf"), [np.inf, 3, np.inf])


def test_a_blank_column_is_floats():
    assert np.isnan(typed(None, None)).all()


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (np.array([True, False]), "i"),
        (np.array([1, 2], dtype=np.uint8), "i"),
        (np.array([1.0, 2.0]), "i"),
        (np.array([1.5, 2.0]), "f"),
        (np.array([1.0, np.nan]), "f"),
        (np.array(["a", "b"]), "O"),
        (["1", "2"], "i"),
        (np.ma.array([1, 2], mask=[False, True]), "f"),
        (np.array(["2021-01-01"], dtype="datetime64[ns]"), "M"),
    ],
)
def test_arrays_in_memory_are_typed_like_files(given: object, kind: str):
    assert canonical(given).dtype.kind == kind


@pytest.mark.parametrize(
    "column",
    [
        np.array([1.0, np.nan]),
        np.array(["2021-01-01", "NaT"], dtype="datetime64[D]"),
        np.array(["a", None], dtype=object),
    ],
)
def test_blank_is_found_in_every_kind_of_column(column: np.ndarray):
    assert blank_cells(column).tolist() == [False, True]
