from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.incidents.units import find_units, label_texts

ids = st.lists(st.integers(-50, 50) | st.integers(-(2**60), 2**60), min_size=1, max_size=40)


@given(ids)
def test_whole_number_ids_are_sorted_by_number_and_found_again(values: list[int]):
    units = find_units(np.array(values, dtype=np.int64))
    assert units.labels.tolist() == [str(v) for v in sorted(set(values))]
    assert units.labels[units.codes].tolist() == [str(v) for v in values]


@given(st.lists(st.text("abc7", min_size=1, max_size=3), min_size=1, max_size=40))
def test_text_ids_are_sorted_and_found_again(values: list[str]):
    column = np.empty(len(values), dtype=object)
    column[:] = values
    units = find_units(column)
    assert units.labels.tolist() == sorted(set(values))
    assert units.labels[units.codes].tolist() == values


def test_whole_floats_are_the_same_people_as_whole_numbers():
    assert find_units(np.array([12.0, 7.0, 12.0])).labels.tolist() == ["7", "12"]


@pytest.mark.parametrize(
    ("column", "labels"),
    [
        (np.array([1.0, np.nan, 2.5]), ["1", None, "2.5"]),
        (np.array(["2021-03-04", "NaT"], dtype="M8[D]"), ["2021-03-04", None]),
        (np.array([3], dtype=np.int64), ["3"]),
    ],
)
def test_labels_are_text_and_blank_stays_blank(column: np.ndarray, labels: list[str | None]):
    assert label_texts(column).tolist() == labels
