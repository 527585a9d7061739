"""The suppression, held against a reader who computes with all that is shown."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepdown.web.practice.suppression import FEWEST_PEOPLE, hidden


def units(*sizes):
    names = count()
    return [{next(names) for _ in range(size)} for size in sizes]


@pytest.mark.parametrize(("sizes", "parts", "total"), [
    ((12, 15), set(), False),
    ((10, 10), set(), False),
    ((9, 12, 30), {0, 1}, False),
    ((0, 12, 30), {0, 1}, False),
    ((3, 8, 30), {0, 1}, False),
    ((1, 2, 30, 11), {0, 1, 3}, False),
    ((9,), {0}, True),
    ((12,), set(), False),
    ((2, 3, 4), {0, 1, 2}, True),
    ((5, 6), {0, 1}, False),
    ((), set(), True),
])  # fmt: skip
def test_what_is_hidden(sizes, parts, total):
    made = hidden(units(*sizes))
    assert (made.parts, made.total) == (parts, total)


def test_people_of_two_units_are_counted_once():
    same = set(range(9))
    assert hidden([same, same, set(range(20, 40))]).parts == {0, 1, 2}
    assert hidden([same, same]).total


SIZES = st.lists(st.integers(0, 40), min_size=1, max_size=12)


@given(SIZES)
@settings(max_examples=300, deadline=None)
def test_nothing_that_few_people_stand_behind_is_shown(sizes):
    made = hidden(units(*sizes))
    assert all(n in made.parts for n, size in enumerate(sizes) if size < FEWEST_PEOPLE)
    assert made.total or sum(sizes) >= FEWEST_PEOPLE


@given(SIZES, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_no_hidden_number_can_be_computed_from_what_is_shown(sizes, chance):
    """Each hidden number could be anything from 0 to all that is hidden, which is many people's.

    A number is as large as its people or larger: encounters, say, of whom each had one or more.
    """
    values = [size + sum(chance.randrange(4) for _ in range(size)) for size in sizes]
    made = hidden(units(*sizes))
    shown = {n: v for n, v in enumerate(values) if n not in made.parts}
    if not made.parts or made.total:
        return
    together = sum(values) - sum(shown.values())
    assert len(made.parts) >= 2
    assert together >= FEWEST_PEOPLE
    for part in made.parts:
        lowest, highest = _possible(part, made.parts, together)
        assert highest - lowest >= FEWEST_PEOPLE


@given(SIZES)
@settings(max_examples=200, deadline=None)
def test_what_is_shown_determines_no_hidden_number_by_any_sum(sizes):
    """Rank: with the equation of the total, no hidden unknown is fixed."""
    import numpy as np

    made = hidden(units(*sizes))
    unknown = sorted(made.parts) + ([len(sizes)] if made.total else [])
    if not unknown:
        return
    row = [-1.0 if n == len(sizes) else 1.0 for n in unknown]
    for n in range(len(unknown)):
        alone = [float(n == k) for k in range(len(unknown))]
        assert np.linalg.matrix_rank(np.array([row, alone])) == 2 or (
            made.total and sum(sizes) < FEWEST_PEOPLE
        )


@given(SIZES)
@settings(deadline=None)
def test_no_more_is_hidden_than_is_needed(sizes):
    made = hidden(units(*sizes))
    small = {n for n, size in enumerate(sizes) if size < FEWEST_PEOPLE}
    if not small:
        assert not made.parts
    elif not made.total:
        more = sorted(made.parts - small, key=lambda n: sizes[n])
        without = made.parts - set(more[-1:]) if more else set()
        assert not more or len(without) < 2 or sum(sizes[n] for n in without) < FEWEST_PEOPLE


def _possible(part, parts, together):
    from scipy.optimize import linprog

    n = sorted(parts).index(part)
    wanted = [float(k == n) for k in range(len(parts))]
    equation = {"A_eq": [[1.0] * len(parts)], "b_eq": [together]}
    low = linprog(wanted, **equation).fun
    high = -linprog([-w for w in wanted], **equation).fun
    return low, high
